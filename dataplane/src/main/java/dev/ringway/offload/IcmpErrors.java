package dev.ringway.offload;

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
 * Builds ICMP and ICMPv6 error messages about a packet (RFC 792, 1191, 1812 sec. 4.3; RFC 4443), and knows when none
 * may be sent. The quoted packet must be as its sender sent it: call before the TTL is decremented.
 */
public final class IcmpErrors {
    /** RFC 1812 sec. 4.3.2.3: as much as fits into 576 bytes; RFC 4443 sec. 2.4: into the minimum MTU. */
    public static final int MAX_LENGTH4 = 576;
    public static final int MAX_LENGTH6 = 1280;

    private static final int TTL = 64;
    /** RFC 1812 sec. 4.3.2.5: precedence 6 (internetwork control). */
    private static final int TOS = 0xC0;

    private IcmpErrors() {
    }

    /** False where an error would be wrong or could loop (RFC 1122 sec. 3.2.2, RFC 4443 sec. 2.4e). */
    public static boolean mayAnswer(Packet p) {
        if (p.fragment == Packet.LATER) {
            return false;
        }
        final int type = p.l4Present ? Memory.getByte(p.ip + p.l4) : -1;
        if (p.version == 4) {
            return !(p.protocol == IpProtocol.ICMP && (type < 0 || Icmp.isError4(type)));
        }
        return !(p.protocol == IpProtocol.ICMPV6 && (type < 0 || Icmp.isError6(type)));
    }

    /**
     * Writes an error message about a packet to its source.
     *
     * @param at       room for {@link #MAX_LENGTH4} or {@link #MAX_LENGTH6} bytes
     * @param sourceHi the switch's own address, from which the error comes
     * @param rest     second word of the ICMP header: the next-hop MTU or 0
     * @return length of the IP packet written
     */
    public static int write(long at, Packet p, long sourceHi, long sourceLo, int type, int code, int rest) {
        return p.version == 4 ? write4(at, p, sourceHi, type, code, rest)
                : write6(at, p, sourceHi, sourceLo, type, code, rest);
    }

    private static int write4(long at, Packet p, long sourceHi, int type, int code, int rest) {
        final int quoted = Math.min(p.length, MAX_LENGTH4 - Ipv4.MIN_LENGTH - Icmp.LENGTH);
        final int length = Ipv4.MIN_LENGTH + Icmp.LENGTH + quoted;
        Memory.putShortBe(at, 0x4500 | TOS);
        Memory.putShortBe(at + Ipv4.TOTAL_LENGTH, length);
        Memory.putIntBe(at + Ipv4.ID, 0);
        Memory.putShortBe(at + Ipv4.TTL, TTL << 8 | IpProtocol.ICMP);
        Memory.putIntBe(at + Ipv4.SOURCE, (int) (sourceHi >>> 32));
        Memory.putInt(at + Ipv4.DESTINATION, Memory.getInt(p.ip + Ipv4.SOURCE));
        Ipv4.writeChecksum(at, Ipv4.MIN_LENGTH);
        final long icmp = at + Ipv4.MIN_LENGTH;
        header(icmp, type, code, rest);
        quote(icmp + Icmp.LENGTH, p, quoted);
        Memory.putShort(icmp + Icmp.CHECKSUM, Checksum.finish(Checksum.sum(icmp, Icmp.LENGTH + quoted, 0)));
        return length;
    }

    private static int write6(long at, Packet p, long sourceHi, long sourceLo, int type, int code, int rest) {
        final int quoted = Math.min(p.length, MAX_LENGTH6 - Ipv6.LENGTH - Icmp.LENGTH);
        Memory.putIntBe(at, 0x60000000);
        Memory.putShortBe(at + Ipv6.PAYLOAD_LENGTH, Icmp.LENGTH + quoted);
        Memory.putShortBe(at + Ipv6.NEXT_HEADER, IpProtocol.ICMPV6 << 8 | TTL);
        Memory.putLongBe(at + Ipv6.SOURCE, sourceHi);
        Memory.putLongBe(at + Ipv6.SOURCE + 8, sourceLo);
        Memory.copySmall(p.ip + Ipv6.SOURCE, at + Ipv6.DESTINATION, 16);
        final long icmp = at + Ipv6.LENGTH;
        header(icmp, type, code, rest);
        quote(icmp + Icmp.LENGTH, p, quoted);
        final long pseudo = Checksum.pseudo6(at, IpProtocol.ICMPV6, Icmp.LENGTH + quoted);
        Memory.putShort(icmp + Icmp.CHECKSUM, Checksum.finish(Checksum.sum(icmp, Icmp.LENGTH + quoted, pseudo)));
        return Ipv6.LENGTH + Icmp.LENGTH + quoted;
    }

    private static void header(long icmp, int type, int code, int rest) {
        Memory.putByte(icmp + Icmp.TYPE, type);
        Memory.putByte(icmp + Icmp.CODE, code);
        Memory.putShort(icmp + Icmp.CHECKSUM, 0);
        Memory.putIntBe(icmp + Icmp.REST, rest);
    }

    /** Quotes the packet; of a super-packet the length of the segment that would have been on the wire. */
    private static void quote(long at, Packet p, int quoted) {
        Memory.copy(p.ip, at, quoted);
        if (!p.isSuper()) {
            return;
        }
        final int segment = p.segmentLength();
        if (p.version == 4) {
            Memory.putShortBe(at + Ipv4.TOTAL_LENGTH, segment);
            Ipv4.writeChecksum(at, Ipv4.headerLength(at));
        } else {
            Memory.putShortBe(at + Ipv6.PAYLOAD_LENGTH, segment - Ipv6.LENGTH);
        }
        if (p.protocol == IpProtocol.UDP && p.l4 + Udp.LENGTH <= quoted) {
            Memory.putShortBe(at + p.l4 + Udp.DATAGRAM_LENGTH, segment - p.l4);
        } else if (p.protocol == IpProtocol.TCP && p.l4 + Tcp.MIN_LENGTH <= quoted) {
            Memory.putByte(at + p.l4 + Tcp.FLAGS, Tcp.flags(p.ip + p.l4) & ~(Tcp.FIN | Tcp.PSH));
        }
    }
}
