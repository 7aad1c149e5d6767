package dev.ringway.offload;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;
import dev.ringway.wire.Udp;

/**
 * Splits a super-packet (TSO4, TSO6, USO) into the segments that go on the wire: for each, its own headers with
 * lengths, IPv4 id, sequence number, flags and finished checksums; the payload stays where it is. The rules are those
 * of the kernel's tcp_gso_segment and __udp_gso_segment.
 *
 * <p>One a path, reused; call {@link #begin}, then {@link #writeHeaders} for each segment.
 */
public final class Segmenter {
    private Packet packet;
    private int payload;
    private int count;
    private int tcpFlags;
    private int sequence;
    private int id;

    /** Starts on a super-packet. */
    public void begin(Packet superPacket) {
        packet = superPacket;
        payload = superPacket.length - superPacket.headers;
        count = (payload + superPacket.gsoSize - 1) / superPacket.gsoSize;
        final long l4 = superPacket.ip + superPacket.l4;
        if (superPacket.protocol == IpProtocol.TCP) {
            tcpFlags = Tcp.flags(l4);
            sequence = Memory.getIntBe(l4 + Tcp.SEQUENCE);
        }
        if (superPacket.version == 4) {
            id = Memory.getShortBe(superPacket.ip + Ipv4.ID);
        }
    }

    /** Number of segments. */
    public int count() {
        return count;
    }

    /** Address of the payload of segment i. */
    public long payloadAddress(int i) {
        return packet.ip + packet.headers + (long) i * packet.gsoSize;
    }

    /** Length of the payload of segment i: gsoSize, less for the last. */
    public int payloadLength(int i) {
        return Math.min(packet.gsoSize, payload - i * packet.gsoSize);
    }

    /** Writes the headers of segment i, {@code packet.headers} bytes. */
    public void writeHeaders(long at, int i) {
        final Packet p = packet;
        Memory.copySmall(p.ip, at, p.headers);
        final int data = payloadLength(i);
        if (p.version == 4) {
            Memory.putShortBe(at + Ipv4.TOTAL_LENGTH, p.headers + data);
            Memory.putShortBe(at + Ipv4.ID, id + i);
            Ipv4.writeChecksum(at, Ipv4.headerLength(at));
        } else {
            Memory.putShortBe(at + Ipv6.PAYLOAD_LENGTH, p.headers - Ipv6.LENGTH + data);
        }
        final long l4 = at + p.l4;
        final int l4Length = p.headers - p.l4 + data;
        final int checksumAt;
        if (p.protocol == IpProtocol.TCP) {
            int flags = tcpFlags;
            if (i > 0) {
                flags &= ~Tcp.CWR;
            }
            if (i < count - 1) {
                flags &= ~(Tcp.FIN | Tcp.PSH);
            }
            Memory.putByte(l4 + Tcp.FLAGS, flags);
            Memory.putIntBe(l4 + Tcp.SEQUENCE, sequence + i * p.gsoSize);
            checksumAt = Tcp.CHECKSUM;
        } else {
            Memory.putShortBe(l4 + Udp.DATAGRAM_LENGTH, l4Length);
            checksumAt = Udp.CHECKSUM;
        }
        Memory.putShort(l4 + checksumAt, 0);
        long sum = Checksum.pseudo(at, p.version, p.protocol, l4Length);
        sum = Checksum.sum(l4, p.headers - p.l4, sum);
        sum = Checksum.sum(payloadAddress(i), data, sum);
        Memory.putShort(l4 + checksumAt,
                p.protocol == IpProtocol.UDP ? Checksum.finishUdp(sum) : Checksum.finish(sum));
    }
}
