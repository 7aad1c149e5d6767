package dev.ringway.offload;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;

/** Builds the reset that answers a TCP segment for which there is no connection (RFC 9293 sec. 3.10.7.1). */
public final class TcpReset {
    private static final int TTL = 64;
    private static final int DF = 0x4000;

    private TcpReset() {
    }

    /** False for what no reset may answer: another reset, a part of a segment, anything but TCP. */
    public static boolean mayAnswer(Packet p) {
        return p.protocol == IpProtocol.TCP && p.l4Present && p.fragment == Packet.WHOLE
                && (Tcp.flags(p.ip + p.l4) & Tcp.RST) == 0;
    }

    /** Length of the IP packet that {@link #write} makes. */
    public static int length(int version) {
        return (version == 4 ? Ipv4.MIN_LENGTH : Ipv6.LENGTH) + Tcp.MIN_LENGTH;
    }

    /** Writes the answer to a segment, from its destination to its source, to {@code at}. */
    public static void write(long at, Packet p) {
        final long tcp = at + (p.version == 4 ? ip4(at, p) : ip6(at, p));
        final long segment = p.ip + p.l4;
        final int flags = Tcp.flags(segment);
        Memory.putShort(tcp + Tcp.SOURCE_PORT, Memory.getShort(segment + Tcp.DESTINATION_PORT));
        Memory.putShort(tcp + Tcp.DESTINATION_PORT, Memory.getShort(segment + Tcp.SOURCE_PORT));
        final boolean acknowledges = (flags & Tcp.ACK) != 0;
        Memory.putIntBe(tcp + Tcp.SEQUENCE, acknowledges ? Memory.getIntBe(segment + Tcp.ACKNOWLEDGMENT) : 0);
        final int length = p.length - p.headers + ((flags & Tcp.SYN) != 0 ? 1 : 0) + ((flags & Tcp.FIN) != 0 ? 1 : 0);
        Memory.putIntBe(tcp + Tcp.ACKNOWLEDGMENT,
                acknowledges ? 0 : Memory.getIntBe(segment + Tcp.SEQUENCE) + length);
        Memory.putIntBe(tcp + Tcp.DATA_OFFSET,
                Tcp.MIN_LENGTH / 4 << 28 | (acknowledges ? Tcp.RST : Tcp.RST | Tcp.ACK) << 16);
        Memory.putInt(tcp + Tcp.CHECKSUM, 0);
        final long pseudo = Checksum.pseudo(at, p.version, IpProtocol.TCP, Tcp.MIN_LENGTH);
        Memory.putShort(tcp + Tcp.CHECKSUM, Checksum.finish(Checksum.sum(tcp, Tcp.MIN_LENGTH, pseudo)));
    }

    private static int ip4(long at, Packet p) {
        Memory.putShortBe(at, 0x4500);
        Memory.putShortBe(at + Ipv4.TOTAL_LENGTH, length(4));
        Memory.putIntBe(at + Ipv4.ID, DF);
        Memory.putShortBe(at + Ipv4.TTL, TTL << 8 | IpProtocol.TCP);
        Memory.putInt(at + Ipv4.SOURCE, Memory.getInt(p.ip + Ipv4.DESTINATION));
        Memory.putInt(at + Ipv4.DESTINATION, Memory.getInt(p.ip + Ipv4.SOURCE));
        Ipv4.writeChecksum(at, Ipv4.MIN_LENGTH);
        return Ipv4.MIN_LENGTH;
    }

    private static int ip6(long at, Packet p) {
        Memory.putIntBe(at, 0x60000000);
        Memory.putShortBe(at + Ipv6.PAYLOAD_LENGTH, Tcp.MIN_LENGTH);
        Memory.putShortBe(at + Ipv6.NEXT_HEADER, IpProtocol.TCP << 8 | TTL);
        Memory.copySmall(p.ip + Ipv6.DESTINATION, at + Ipv6.SOURCE, 16);
        Memory.copySmall(p.ip + Ipv6.SOURCE, at + Ipv6.DESTINATION, 16);
        return Ipv6.LENGTH;
    }
}
