package dev.ringway.packet;

import dev.ringway.wire.Icmp;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;
import dev.ringway.wire.Udp;
import dev.ringway.wire.VnetHdr;

/**
 * Fills a {@link Packet} from bytes and refuses what no router may forward (RFC 1812 sec. 5.2.2, RFC 8200). Every
 * read stays within the length given; trailing bytes beyond the IP length are cut off.
 */
public final class PacketParser {
    /** More extension headers than any honest packet has; beyond it the packet is forwarded by address alone. */
    private static final int MAX_EXTENSIONS = 8;
    private static final int OPTION_LSRR = 131;
    private static final int OPTION_SSRR = 137;

    private PacketParser() {
    }

    /**
     * Parses the packet at {@code ip}.
     *
     * @param available bytes received from {@code ip} on
     * @param fromWire  true if the IPv4 header checksum must be verified; a local TUN's is right by construction
     * @return null, or why the packet must be dropped
     */
    public static DropReason parse(Packet p, long ip, int available, boolean fromWire) {
        p.ip = ip;
        p.gsoType = 0;
        p.gsoSize = 0;
        p.needsChecksum = false;
        p.fragment = Packet.WHOLE;
        p.fragmentHeader = 0;
        if (available < Ipv4.MIN_LENGTH) {
            return DropReason.MALFORMED_IP;
        }
        p.version = Memory.getByte(ip) >> 4;
        final DropReason reason = switch (p.version) {
            case 4 -> parse4(p, available, fromWire);
            case 6 -> parse6(p, available);
            default -> DropReason.MALFORMED_IP;
        };
        if (reason == null) {
            locateL4(p);
        }
        return reason;
    }

    /**
     * Takes over what the virtio_net_hdr of a packet read from a TUN says. Its hdr_len is not trusted; everything else
     * must agree with the packet (linux/virtio_net.h).
     */
    public static DropReason offload(Packet p, long vnetHdr) {
        final int type = Memory.getByte(vnetHdr + VnetHdr.GSO_TYPE) & ~VnetHdr.GSO_ECN;
        p.needsChecksum = (Memory.getByte(vnetHdr + VnetHdr.FLAGS) & VnetHdr.F_NEEDS_CSUM) != 0;
        if (p.needsChecksum) {
            p.checksumStart = Memory.getShort(vnetHdr + VnetHdr.CSUM_START);
            p.checksumOffset = Memory.getShort(vnetHdr + VnetHdr.CSUM_OFFSET);
            if (p.checksumStart < Ipv4.MIN_LENGTH || p.checksumStart + p.checksumOffset + 2 > p.length) {
                return DropReason.MALFORMED_OFFLOAD;
            }
        }
        if (type == VnetHdr.GSO_NONE) {
            return null;
        }
        p.gsoType = type;
        p.gsoSize = Memory.getShort(vnetHdr + VnetHdr.GSO_SIZE);
        final boolean fits = switch (type) {
            case VnetHdr.GSO_TCPV4 -> p.version == 4 && p.protocol == IpProtocol.TCP;
            case VnetHdr.GSO_TCPV6 -> p.version == 6 && p.protocol == IpProtocol.TCP;
            case VnetHdr.GSO_UDP_L4 -> p.protocol == IpProtocol.UDP;
            default -> false;
        };
        if (!fits || p.gsoSize == 0 || !p.l4Present || p.fragment != Packet.WHOLE || !p.needsChecksum
                || p.checksumStart != p.l4) {
            return DropReason.MALFORMED_OFFLOAD;
        }
        if (p.length - p.headers <= p.gsoSize) {
            // One segment is no super-packet (virtio_net.h treats it so too).
            p.gsoType = 0;
        }
        return null;
    }

    private static DropReason parse4(Packet p, int available, boolean fromWire) {
        final long ip = p.ip;
        final int headerLength = Ipv4.headerLength(ip);
        final int total = Ipv4.totalLength(ip);
        if (headerLength < Ipv4.MIN_LENGTH || total < headerLength || total > available) {
            return DropReason.MALFORMED_IP;
        }
        if (fromWire && !Ipv4.checksumValid(ip, headerLength)) {
            return DropReason.BAD_IP_CHECKSUM;
        }
        if (headerLength > Ipv4.MIN_LENGTH && sourceRouted(ip, headerLength)) {
            return DropReason.SOURCE_ROUTE;
        }
        p.length = total;
        p.l4 = headerLength;
        p.protocol = Memory.getByte(ip + Ipv4.PROTOCOL);
        p.sourceHi = (long) Memory.getIntBe(ip + Ipv4.SOURCE) << 32;
        p.sourceLo = 0;
        p.destinationHi = (long) Memory.getIntBe(ip + Ipv4.DESTINATION) << 32;
        p.destinationLo = 0;
        final int fragment = Memory.getShortBe(ip + Ipv4.FLAGS_FRAGMENT) & (Ipv4.MF | Ipv4.OFFSET_MASK);
        if (fragment != 0) {
            final int offset = (fragment & Ipv4.OFFSET_MASK) << 3;
            if (offset + total - headerLength > 0xFFFF) {
                return DropReason.MALFORMED_IP;
            }
            p.fragment = offset == 0 ? Packet.FIRST : Packet.LATER;
        }
        return null;
    }

    private static boolean sourceRouted(long ip, int headerLength) {
        int at = Ipv4.OPTIONS;
        while (at < headerLength) {
            final int type = Memory.getByte(ip + at);
            if (type == 0) {
                return false;
            }
            if (type == 1) {
                at++;
                continue;
            }
            if (type == OPTION_LSRR || type == OPTION_SSRR) {
                return true;
            }
            final int length = at + 1 < headerLength ? Memory.getByte(ip + at + 1) : 0;
            if (length < 2) {
                return false;
            }
            at += length;
        }
        return false;
    }

    private static DropReason parse6(Packet p, int available) {
        final long ip = p.ip;
        if (available < Ipv6.LENGTH) {
            return DropReason.MALFORMED_IP;
        }
        final int length = Ipv6.LENGTH + Ipv6.payloadLength(ip);
        int next = Memory.getByte(ip + Ipv6.NEXT_HEADER);
        if (length > available || length == Ipv6.LENGTH && next == IpProtocol.HOP_BY_HOP) {
            return DropReason.MALFORMED_IP;
        }
        p.length = length;
        p.sourceHi = Memory.getLongBe(ip + Ipv6.SOURCE);
        p.sourceLo = Memory.getLongBe(ip + Ipv6.SOURCE + 8);
        p.destinationHi = Memory.getLongBe(ip + Ipv6.DESTINATION);
        p.destinationLo = Memory.getLongBe(ip + Ipv6.DESTINATION + 8);
        int at = Ipv6.LENGTH;
        for (int i = 0; i < MAX_EXTENSIONS && at + 8 <= length && p.fragment != Packet.LATER; i++) {
            final int header = next;
            if (header == IpProtocol.FRAGMENT) {
                final int word = Memory.getShortBe(ip + at + Ipv6.FRAGMENT_OFFSET_FLAGS);
                final int offset = word & Ipv6.FRAGMENT_OFFSET_MASK;
                p.fragmentHeader = at;
                if (offset != 0 || (word & Ipv6.FRAGMENT_MORE) != 0) {
                    p.fragment = offset == 0 ? Packet.FIRST : Packet.LATER;
                }
                // RFC 8200 sec. 4.5: what it is a part of would have a payload length above 65535.
                if (offset + length - Ipv6.LENGTH - Ipv6.FRAGMENT_LENGTH > 0xFFFF) {
                    return DropReason.MALFORMED_IP;
                }
                next = Memory.getByte(ip + at);
                at += Ipv6.FRAGMENT_LENGTH;
            } else if (header == IpProtocol.HOP_BY_HOP || header == IpProtocol.DESTINATION_OPTIONS
                    || header == IpProtocol.ROUTING || header == IpProtocol.AH) {
                if (header == IpProtocol.ROUTING && Memory.getByte(ip + at + 2) == 0) {
                    return DropReason.ROUTING_HEADER_0;
                }
                final int units = Memory.getByte(ip + at + 1);
                next = Memory.getByte(ip + at);
                at += header == IpProtocol.AH ? (units + 2) * 4 : (units + 1) * 8;
            } else {
                break;
            }
            if (at > length) {
                return DropReason.MALFORMED_IP;
            }
        }
        p.protocol = next;
        p.l4 = at;
        return null;
    }

    private static void locateL4(Packet p) {
        final int left = p.length - p.l4;
        int need = 0;
        if (p.fragment != Packet.LATER) {
            need = switch (p.protocol) {
                case IpProtocol.TCP -> left < Tcp.MIN_LENGTH ? 0 : Tcp.headerLength(p.ip + p.l4);
                case IpProtocol.UDP -> Udp.LENGTH;
                case IpProtocol.ICMP, IpProtocol.ICMPV6 -> Icmp.LENGTH;
                default -> 0;
            };
        }
        final boolean short0 = p.protocol == IpProtocol.TCP && need < Tcp.MIN_LENGTH;
        p.l4Present = need > 0 && need <= left && !short0;
        p.headers = p.l4Present ? p.l4 + need : p.l4;
    }
}
