package dev.ringway.service;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.Icmp;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Sctp;
import dev.ringway.wire.Tcp;
import dev.ringway.wire.Udp;

/**
 * Changes the source or the destination of a packet in place, and keeps its checksums as they were: right ones right
 * (RFC 1624), wrong ones wrong, unfinished ones unfinished, and a UDP checksum of zero zero. A packet that the kernel
 * left unfinished (VIRTIO_NET_HDR_F_NEEDS_CSUM, all super-packets) has the plain sum of its pseudo header there, in
 * which ports do not count.
 *
 * <p>Addresses are 128 bits with IPv4 in the top 32, those of the packet's version. An ICMP query has its identifier in
 * the place of the port of who asks. Later fragments have no ports to change. Stateless.
 */
public final class NatRewriter {
    private NatRewriter() {
    }

    /** Makes the packet come from another address and port. */
    public static void source(Packet p, long hi, long lo, int port) {
        final long delta = address(p.ip, p.version, p.version == 4 ? Ipv4.SOURCE : Ipv6.SOURCE, hi, lo);
        p.sourceHi = hi;
        p.sourceLo = lo;
        transport(p, Tcp.SOURCE_PORT, port, delta);
    }

    /** Makes the packet go to another address and port. */
    public static void destination(Packet p, long hi, long lo, int port) {
        final long delta = address(p.ip, p.version, p.version == 4 ? Ipv4.DESTINATION : Ipv6.DESTINATION, hi, lo);
        p.destinationHi = hi;
        p.destinationLo = lo;
        transport(p, Tcp.DESTINATION_PORT, port, delta);
    }

    /** Writes an address, and keeps an IPv4 header's checksum; returns what a checksum that covers it changes by. */
    static long address(long ip, int version, int offset, long hi, long lo) {
        final long at = ip + offset;
        long delta;
        if (version == 4) {
            delta = ~Memory.getInt(at) & 0xFFFF_FFFFL;
            Memory.putIntBe(at, (int) (hi >>> 32));
            delta += Memory.getInt(at) & 0xFFFF_FFFFL;
            Memory.putShort(ip + Ipv4.CHECKSUM, updated(Memory.getShort(ip + Ipv4.CHECKSUM), delta));
            return delta;
        }
        delta = complement(at) + complement(at + 8);
        Memory.putLongBe(at, hi);
        Memory.putLongBe(at + 8, lo);
        return delta + plain(at) + plain(at + 8);
    }

    /** Writes a port at an address; returns what a checksum that covers it changes by. */
    static long port(long at, int port) {
        final int before = Memory.getShort(at);
        Memory.putShortBe(at, port);
        return (~before & 0xFFFF) + Memory.getShort(at);
    }

    /** A finished checksum after what it covers changed (RFC 1624 eqn. 3). */
    static int updated(int checksum, long delta) {
        return ~Checksum.fold((~checksum & 0xFFFF) + delta) & 0xFFFF;
    }

    /** The same for UDP, where zero means that there is none and a sum of zero is sent as 0xFFFF (RFC 768). */
    static int updatedUdp(int checksum, long delta) {
        if (checksum == 0) {
            return 0;
        }
        final int now = updated(checksum, delta);
        return now == 0 ? 0xFFFF : now;
    }

    /** Writes the port that is at an offset, and brings the checksum to that and to addresses' change of it. */
    private static void transport(Packet p, int offset, int port, long ofAddress) {
        final long l4 = p.ip + p.l4;
        if (p.hasPorts()) {
            final boolean same = Memory.getShortBe(l4 + offset) == port;
            final long ofPort = port(l4 + offset, port);
            switch (p.protocol) {
                case IpProtocol.TCP -> checksum(p, l4 + Tcp.CHECKSUM, ofAddress, ofPort);
                case IpProtocol.UDP -> checksum(p, l4 + Udp.CHECKSUM, ofAddress, ofPort);
                default -> {
                    if (!same) {
                        finishSctp(p);
                    }
                }
            }
        } else if (p.l4Present && Icmp.isProtocol(p.version, p.protocol)) {
            final long ofPort = offset == askerOffset(p.version, l4) ? port(l4 + Icmp.IDENTIFIER, port) : 0;
            // Only ICMPv6 has a pseudo header.
            checksum(p, l4 + Icmp.CHECKSUM, p.version == 6 ? ofAddress : 0, ofPort);
        }
    }

    /** The offset that the port of who asks would have, in an ICMP query or its answer. */
    static int askerOffset(int version, long icmp) {
        return Icmp.isQuery(version, Memory.getByte(icmp)) ? Tcp.SOURCE_PORT : Tcp.DESTINATION_PORT;
    }

    private static void checksum(Packet p, long field, long ofAddress, long ofPort) {
        final int checksum = Memory.getShort(field);
        if (p.needsChecksum) {
            Memory.putShort(field, Checksum.fold(checksum + ofAddress));
        } else {
            Memory.putShort(field, p.protocol == IpProtocol.UDP ? updatedUdp(checksum, ofAddress + ofPort)
                    : updated(checksum, ofAddress + ofPort));
        }
    }

    /** Not a sum, and over the ports but no addresses (RFC 9260 sec. 6.8). */
    private static void finishSctp(Packet p) {
        final long at = p.ip + p.l4;
        Memory.putInt(at + Sctp.CHECKSUM, 0);
        Memory.putIntBe(at + Sctp.CHECKSUM, Integer.reverseBytes(Crc32c.of(at, p.length - p.l4)));
    }

    private static long plain(long at) {
        return (Memory.getInt(at) & 0xFFFF_FFFFL) + (Memory.getInt(at + 4) & 0xFFFF_FFFFL);
    }

    private static long complement(long at) {
        return (~Memory.getInt(at) & 0xFFFF_FFFFL) + (~Memory.getInt(at + 4) & 0xFFFF_FFFFL);
    }
}
