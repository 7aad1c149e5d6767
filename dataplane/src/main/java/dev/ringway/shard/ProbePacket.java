package dev.ringway.shard;

import dev.ringway.fib.IpAddress;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.Icmp;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Sctp;
import dev.ringway.wire.Tcp;
import dev.ringway.wire.Udp;

/** A client's first packet, made up: a TCP SYN, a UDP datagram without data, an SCTP INIT, or a ping. */
final class ProbePacket {
    static final int TTL = 64;
    /** An INIT chunk without parameters (RFC 9260 sec. 3.3.2). */
    private static final int INIT_LENGTH = 20;

    private ProbePacket() {
    }

    /** Writes it to zeroed memory of at least 72 bytes and returns its length. */
    static int write(long at, Rehearsal.Question question) {
        final int version = question.source().version();
        final int protocol = question.protocol();
        final int l4 = switch (protocol) {
            case IpProtocol.TCP -> Tcp.MIN_LENGTH;
            case IpProtocol.UDP -> Udp.LENGTH;
            case IpProtocol.SCTP -> Sctp.LENGTH + INIT_LENGTH;
            default -> Icmp.LENGTH;
        };
        final long segment = at + (version == 4 ? ip4(at, question, l4) : ip6(at, question, l4));
        final long pseudo = Checksum.pseudo(at, version, protocol, l4);
        if (Icmp.isProtocol(version, protocol)) {
            Memory.putByte(segment, version == 4 ? Icmp.ECHO_REQUEST : Icmp.V6_ECHO_REQUEST);
            Memory.putShortBe(segment + Icmp.IDENTIFIER, question.sourcePort());
            Memory.putShort(segment + Icmp.CHECKSUM,
                    Checksum.finish(Checksum.sum(segment, l4, version == 4 ? 0 : pseudo)));
            return (int) (segment - at) + l4;
        }
        Memory.putShortBe(segment, question.sourcePort());
        Memory.putShortBe(segment + 2, question.destinationPort());
        if (protocol == IpProtocol.TCP) {
            Memory.putIntBe(segment + Tcp.DATA_OFFSET, Tcp.MIN_LENGTH / 4 << 28 | Tcp.SYN << 16 | 0xFFFF);
            Memory.putShort(segment + Tcp.CHECKSUM, Checksum.finish(Checksum.sum(segment, l4, pseudo)));
        } else if (protocol == IpProtocol.UDP) {
            Memory.putShortBe(segment + Udp.DATAGRAM_LENGTH, l4);
            Memory.putShort(segment + Udp.CHECKSUM, Checksum.finishUdp(Checksum.sum(segment, l4, pseudo)));
        } else {
            Memory.putIntBe(segment + Sctp.LENGTH, Sctp.INIT << 24 | INIT_LENGTH);
        }
        return (int) (segment - at) + l4;
    }

    private static int ip4(long at, Rehearsal.Question question, int l4) {
        Memory.putShortBe(at, 0x4500);
        Memory.putShortBe(at + Ipv4.TOTAL_LENGTH, Ipv4.MIN_LENGTH + l4);
        Memory.putShortBe(at + Ipv4.FLAGS_FRAGMENT, Ipv4.DF);
        Memory.putShortBe(at + Ipv4.TTL, TTL << 8 | question.protocol());
        Memory.putIntBe(at + Ipv4.SOURCE, (int) (question.source().hi() >>> 32));
        Memory.putIntBe(at + Ipv4.DESTINATION, (int) (question.destination().hi() >>> 32));
        Ipv4.writeChecksum(at, Ipv4.MIN_LENGTH);
        return Ipv4.MIN_LENGTH;
    }

    private static int ip6(long at, Rehearsal.Question question, int l4) {
        Memory.putIntBe(at, 0x60000000);
        Memory.putShortBe(at + Ipv6.PAYLOAD_LENGTH, l4);
        Memory.putShortBe(at + Ipv6.NEXT_HEADER, question.protocol() << 8 | TTL);
        address6(at + Ipv6.SOURCE, question.source());
        address6(at + Ipv6.DESTINATION, question.destination());
        return Ipv6.LENGTH;
    }

    private static void address6(long at, IpAddress address) {
        Memory.putLongBe(at, address.hi());
        Memory.putLongBe(at + 8, address.lo());
    }
}
