package dev.ringway.offload;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Memory;

/**
 * Fragments an IPv4 packet whose sender allows it (no DF): RFC 791 sec. 3.2. For each fragment it writes a header;
 * the payload stays where it is. Options are kept on the first fragment and, by their copy flag, on the others.
 *
 * <p>One a path, reused; call {@link #begin}, then {@link #writeHeader} for each fragment in order.
 */
public final class Fragmenter {
    private static final int COPY = 0x80;

    private Packet packet;
    private int firstHeader;
    private int laterHeader;
    private int firstData;
    private int laterData;
    private int payload;
    private int flagsAndOffset;

    /**
     * Starts on a packet with a finished checksum.
     *
     * @param mtu largest fragment in bytes, at least 68
     * @return the number of fragments
     */
    public int begin(Packet p, int mtu) {
        packet = p;
        firstHeader = Ipv4.headerLength(p.ip);
        laterHeader = Ipv4.MIN_LENGTH + copiedOptions(0);
        payload = p.length - firstHeader;
        firstData = mtu - firstHeader & ~7;
        laterData = mtu - laterHeader & ~7;
        flagsAndOffset = Memory.getShortBe(p.ip + Ipv4.FLAGS_FRAGMENT);
        return 1 + (payload - firstData + laterData - 1) / laterData;
    }

    /** Length of the header of fragment i; at most 60. */
    public int headerLength(int i) {
        return i == 0 ? firstHeader : laterHeader;
    }

    public long dataAddress(int i) {
        return packet.ip + firstHeader + offset(i);
    }

    public int dataLength(int i) {
        return i == 0 ? firstData : Math.min(laterData, payload - offset(i));
    }

    private int offset(int i) {
        return i == 0 ? 0 : firstData + (i - 1) * laterData;
    }

    public void writeHeader(long at, int i) {
        final int length = headerLength(i);
        Memory.copySmall(packet.ip, at, i == 0 ? firstHeader : Ipv4.MIN_LENGTH);
        if (i > 0) {
            copiedOptions(at);
            Memory.putByte(at, 0x40 | length >> 2);
        }
        final boolean last = offset(i) + dataLength(i) == payload;
        final int more = last ? flagsAndOffset & Ipv4.MF : Ipv4.MF;
        Memory.putShortBe(at + Ipv4.TOTAL_LENGTH, length + dataLength(i));
        Memory.putShortBe(at + Ipv4.FLAGS_FRAGMENT,
                more | (flagsAndOffset & Ipv4.OFFSET_MASK) + (offset(i) >> 3));
        Ipv4.writeChecksum(at, length);
    }

    /** Padded length of the options that later fragments keep; copies them behind the header at {@code to}, if any. */
    private int copiedOptions(long to) {
        int copied = 0;
        int at = Ipv4.OPTIONS;
        while (at < firstHeader) {
            final int type = Memory.getByte(packet.ip + at);
            if (type == 0) {
                break;
            }
            final int length = type == 1 ? 1 : at + 1 < firstHeader ? Memory.getByte(packet.ip + at + 1) : 0;
            if (length == 0 || type != 1 && length < 2 || at + length > firstHeader) {
                break;
            }
            if ((type & COPY) != 0) {
                if (to != 0) {
                    Memory.copySmall(packet.ip + at, to + Ipv4.MIN_LENGTH + copied, length);
                }
                copied += length;
            }
            at += length;
        }
        final int padded = copied + 3 & ~3;
        if (to != 0 && padded > copied) {
            Memory.zero(to + Ipv4.MIN_LENGTH + copied, padded - copied);
        }
        return padded;
    }
}
