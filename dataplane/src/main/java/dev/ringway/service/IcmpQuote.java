package dev.ringway.service;

import dev.ringway.conntrack.FlowKey;
import dev.ringway.packet.Packet;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.Icmp;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;
import dev.ringway.wire.Udp;

/**
 * The packet that an ICMP error quotes (RFC 792, RFC 4443 sec. 2.4): its header and at least eight bytes more, if the
 * sender was correct. Its addresses are what the error's receiver finds the connection by, so they are translated with
 * the error's own. Stateless.
 */
public final class IcmpQuote {
    private static final int PORTS = 4;

    private IcmpQuote() {
    }

    /**
     * Fills a key with the direction that the error travels in, which is the opposite of the quoted packet's.
     *
     * @return false if it is no error, or quotes nothing with ports
     */
    public static boolean key(Packet p, FlowKey key) {
        if (!isError(p)) {
            return false;
        }
        final long quoted = quoted(p);
        final int l4 = l4(quoted, left(p), p.version);
        if (l4 < 0) {
            return false;
        }
        key.version = p.version;
        key.protocol = protocol(quoted, p.version);
        if (!key.ports(quoted + l4)) {
            return false;
        }
        final int port = key.sourcePort;
        key.sourcePort = key.destinationPort;
        key.destinationPort = port;
        if (p.version == 4) {
            key.sourceHi = (long) Memory.getIntBe(quoted + Ipv4.DESTINATION) << 32;
            key.sourceLo = 0;
            key.destinationHi = (long) Memory.getIntBe(quoted + Ipv4.SOURCE) << 32;
            key.destinationLo = 0;
        } else {
            key.sourceHi = Memory.getLongBe(quoted + Ipv6.DESTINATION);
            key.sourceLo = Memory.getLongBe(quoted + Ipv6.DESTINATION + 8);
            key.destinationHi = Memory.getLongBe(quoted + Ipv6.SOURCE);
            key.destinationLo = Memory.getLongBe(quoted + Ipv6.SOURCE + 8);
        }
        return true;
    }

    /** True if an error, which it must be, says that the quoted packet's destination is not to be had at all. */
    public static boolean isUnreachable(Packet p) {
        final long icmp = p.ip + p.l4;
        return p.version == 4 ? Memory.getByte(icmp) == Icmp.UNREACHABLE
                && Memory.getByte(icmp + Icmp.CODE) != Icmp.UNREACHABLE_FRAGMENTATION_NEEDED
                : Memory.getByte(icmp) == Icmp.V6_UNREACHABLE;
    }

    /** Gives the quoted packet another source; the error's own checksum follows. */
    public static void source(Packet p, long hi, long lo, int port) {
        change(p, p.version == 4 ? Ipv4.SOURCE : Ipv6.SOURCE, Tcp.SOURCE_PORT, hi, lo, port);
    }

    /** Gives the quoted packet another destination; the error's own checksum follows. */
    public static void destination(Packet p, long hi, long lo, int port) {
        change(p, p.version == 4 ? Ipv4.DESTINATION : Ipv6.DESTINATION, Tcp.DESTINATION_PORT, hi, lo, port);
    }

    /** Makes the error itself come from another address. */
    public static void outerSource(Packet p, long hi, long lo) {
        p.sourceHi = hi;
        p.sourceLo = lo;
        outer(p, p.version == 4 ? Ipv4.SOURCE : Ipv6.SOURCE, hi, lo);
    }

    /** Makes the error itself go to another address. */
    public static void outerDestination(Packet p, long hi, long lo) {
        p.destinationHi = hi;
        p.destinationLo = lo;
        outer(p, p.version == 4 ? Ipv4.DESTINATION : Ipv6.DESTINATION, hi, lo);
    }

    private static void outer(Packet p, int offset, long hi, long lo) {
        final long delta = NatRewriter.address(p.ip, p.version, offset, hi, lo);
        if (p.version == 6) {
            // Its pseudo header has the addresses; that of IPv4 has none.
            update(p, delta);
        }
    }

    private static void change(Packet p, int address, int port, long hi, long lo, int number) {
        final long quoted = quoted(p);
        final int left = left(p);
        final int l4 = l4(quoted, left, p.version);
        final int protocol = protocol(quoted, p.version);
        final int headerSum = p.version == 4 ? Memory.getShort(quoted + Ipv4.CHECKSUM) : 0;
        final long ofAddress = NatRewriter.address(quoted, p.version, address, hi, lo);
        long ofPort = 0;
        int field = -1;
        boolean pseudo = true;
        if (Icmp.isProtocol(p.version, protocol)) {
            if (port == NatRewriter.askerOffset(p.version, quoted + l4)) {
                ofPort = NatRewriter.port(quoted + l4 + Icmp.IDENTIFIER, number);
            }
            field = Icmp.CHECKSUM;
            pseudo = p.version == 6;
        } else {
            ofPort = NatRewriter.port(quoted + l4 + port, number);
            if (protocol == IpProtocol.TCP) {
                field = Tcp.CHECKSUM;
            } else if (protocol == IpProtocol.UDP) {
                field = Udp.CHECKSUM;
            }
        }
        long delta = ofAddress + ofPort;
        if (p.version == 4) {
            delta += (~headerSum & 0xFFFF) + Memory.getShort(quoted + Ipv4.CHECKSUM);
        }
        if (field >= 0 && left >= l4 + field + 2) {
            final long at = quoted + l4 + field;
            final int before = Memory.getShort(at);
            final long inside = pseudo ? ofAddress + ofPort : ofPort;
            final int now = protocol == IpProtocol.UDP ? NatRewriter.updatedUdp(before, inside)
                    : NatRewriter.updated(before, inside);
            Memory.putShort(at, now);
            delta += (~before & 0xFFFF) + now;
        }
        update(p, delta);
    }

    /** What is changed lies at even offsets of the message, since every header before it has an even length. */
    private static void update(Packet p, long delta) {
        final long field = p.ip + p.l4 + Icmp.CHECKSUM;
        final int checksum = Memory.getShort(field);
        Memory.putShort(field, p.needsChecksum ? Checksum.fold(checksum + delta)
                : NatRewriter.updated(checksum, delta));
    }

    private static boolean isError(Packet p) {
        if (!p.l4Present || p.fragment != Packet.WHOLE) {
            return false;
        }
        final int type = Memory.getByte(p.ip + p.l4);
        return p.version == 4 ? p.protocol == IpProtocol.ICMP && Icmp.isError4(type)
                : p.protocol == IpProtocol.ICMPV6 && Icmp.isError6(type);
    }

    private static long quoted(Packet p) {
        return p.ip + p.l4 + Icmp.LENGTH;
    }

    private static int left(Packet p) {
        return p.length - p.l4 - Icmp.LENGTH;
    }

    /** Of IPv6 packets with extension headers only those are known that were fragmented. */
    private static int protocol(long quoted, int version) {
        return Memory.getByte(quoted + (version == 4 ? Ipv4.PROTOCOL
                : isFragment6(quoted) ? Ipv6.LENGTH : Ipv6.NEXT_HEADER));
    }

    private static boolean isFragment6(long quoted) {
        return Memory.getByte(quoted + Ipv6.NEXT_HEADER) == IpProtocol.FRAGMENT;
    }

    /** Offset of the quoted packet's ports, or -1 if it is of another version, a later fragment, or without ports. */
    private static int l4(long quoted, int left, int version) {
        if (left < (version == 4 ? Ipv4.MIN_LENGTH : Ipv6.LENGTH) || Memory.getByte(quoted) >> 4 != version) {
            return -1;
        }
        final int l4;
        if (version == 4) {
            l4 = (Memory.getShortBe(quoted + Ipv4.FLAGS_FRAGMENT) & Ipv4.OFFSET_MASK) != 0 ? -1
                    : Math.max(Ipv4.MIN_LENGTH, Ipv4.headerLength(quoted));
        } else if (isFragment6(quoted)) {
            l4 = left < Ipv6.LENGTH + Ipv6.FRAGMENT_LENGTH || (Memory.getShortBe(quoted + Ipv6.LENGTH
                    + Ipv6.FRAGMENT_OFFSET_FLAGS) & Ipv6.FRAGMENT_OFFSET_MASK) != 0 ? -1
                    : Ipv6.LENGTH + Ipv6.FRAGMENT_LENGTH;
        } else {
            l4 = Ipv6.LENGTH;
        }
        if (l4 < 0) {
            return -1;
        }
        final int protocol = protocol(quoted, version);
        final boolean icmp = Icmp.isProtocol(version, protocol);
        if (!icmp && protocol != IpProtocol.TCP && protocol != IpProtocol.UDP && protocol != IpProtocol.SCTP) {
            return -1;
        }
        return left < l4 + (icmp ? Icmp.LENGTH : PORTS) ? -1 : l4;
    }
}
