package dev.ringway.packet;

import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketView;
import java.util.Arrays;

/** What {@link PacketParser} must find, told once more on a byte array and without its shortcuts: the fuzz's oracle. */
final class NaiveParser {
    DropReason reason;
    int length;
    int protocol;
    int l4;
    int fragment = Packet.WHOLE;
    int fragmentHeader;
    boolean l4Present;
    int headers;

    private final PacketView bytes;
    private final int available;

    NaiveParser(byte[] packet, boolean fromWire) {
        bytes = new PacketView(packet);
        available = packet.length;
        if (available < 20 || bytes.version() != 4 && bytes.version() != 6) {
            reason = DropReason.MALFORMED_IP;
        } else if (bytes.version() == 4) {
            four(fromWire);
        } else {
            six();
        }
        if (reason == null) {
            upper();
        }
    }

    private void four(boolean fromWire) {
        l4 = (bytes.u8(0) & 15) * 4;
        length = bytes.u16(2);
        if (l4 < 20 || length < l4 || length > available) {
            reason = DropReason.MALFORMED_IP;
            return;
        }
        if (fromWire && InternetChecksum.of(Arrays.copyOf(bytes.bytes(), l4)) != 0) {
            reason = DropReason.BAD_IP_CHECKSUM;
            return;
        }
        for (int at = 20; at < l4 && bytes.u8(at) != 0;) {
            final int type = bytes.u8(at);
            if (type == 131 || type == 137) {
                reason = DropReason.SOURCE_ROUTE;
                return;
            }
            final int optionLength = type == 1 ? 1 : at + 1 == l4 ? 0 : bytes.u8(at + 1);
            if (type != 1 && optionLength < 2) {
                break;
            }
            at += optionLength;
        }
        protocol = bytes.u8(9);
        final boolean more = (bytes.u16(6) & 0x2000) != 0;
        final int offset = (bytes.u16(6) & 0x1FFF) * 8;
        if (offset > 0 || more) {
            fragment = offset > 0 ? Packet.LATER : Packet.FIRST;
            if (offset + length - l4 > 65535) {
                reason = DropReason.MALFORMED_IP;
            }
        }
    }

    private void six() {
        if (available < 40 || 40 + bytes.u16(4) > available || bytes.u16(4) == 0 && bytes.u8(6) == 0) {
            reason = DropReason.MALFORMED_IP;
            return;
        }
        length = 40 + bytes.u16(4);
        protocol = bytes.u8(6);
        l4 = 40;
        int seen = 0;
        while (seen < 8 && length - l4 >= 8 && fragment != Packet.LATER
                && (protocol == 0 || protocol == 43 || protocol == 44 || protocol == 51 || protocol == 60)) {
            seen++;
            final int size = switch (protocol) {
                case 44 -> 8;
                case 51 -> 8 + bytes.u8(l4 + 1) * 4;
                default -> 8 + bytes.u8(l4 + 1) * 8;
            };
            if (protocol == 43 && bytes.u8(l4 + 2) == 0) {
                reason = DropReason.ROUTING_HEADER_0;
                return;
            }
            if (protocol == 44) {
                fragmentHeader = l4;
                final int offset = bytes.u16(l4 + 2) / 8 * 8;
                final boolean more = (bytes.u16(l4 + 2) & 1) != 0;
                if (offset > 0 || more) {
                    fragment = offset > 0 ? Packet.LATER : Packet.FIRST;
                }
                // RFC 8200 sec. 4.5: the whole would have a payload length above 65535.
                if (l4 - 40 + offset + length - l4 - 8 > 65535) {
                    reason = DropReason.MALFORMED_IP;
                    return;
                }
            }
            protocol = bytes.u8(l4);
            l4 += size;
            if (l4 > length) {
                reason = DropReason.MALFORMED_IP;
                return;
            }
        }
    }

    private void upper() {
        final int left = length - l4;
        headers = l4;
        if (fragment == Packet.LATER) {
            return;
        }
        int size = 0;
        if (protocol == 17 || protocol == 1 || protocol == 58) {
            size = 8;
        } else if (protocol == 6 && left >= 20) {
            size = (bytes.u8(l4 + 12) >> 4) * 4;
            size = size < 20 ? 0 : size;
        }
        l4Present = size > 0 && size <= left;
        if (l4Present) {
            headers = l4 + size;
        }
    }

    /** In one line, to be compared with {@link #describe(Packet, DropReason)}. */
    String describe() {
        return reason != null ? reason.name() : "length " + length + " protocol " + protocol + " l4 " + l4
                + " present " + l4Present + " headers " + headers + " fragment " + fragment + " at " + fragmentHeader;
    }

    static String describe(Packet p, DropReason reason) {
        return reason != null ? reason.name() : "length " + p.length + " protocol " + p.protocol + " l4 " + p.l4
                + " present " + p.l4Present + " headers " + p.headers + " fragment " + p.fragment + " at "
                + p.fragmentHeader;
    }
}
