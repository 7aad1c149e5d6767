package dev.ringway.shard;

import static dev.ringway.shard.PathRig.GRE;
import static dev.ringway.shard.PathRig.Setup.DEFAULT;
import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_JUMBO;
import static dev.ringway.shard.Topology.POD_SMALL;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.gateway6;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.shard.Topology.service4;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Tunnels;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What cannot be forwarded is answered as a router does, from the node's gateway address, and to the node itself from
 * one that its kernel does not take for its own: time exceeded, unreachable, too big; and where RFC 1122 and RFC 4443
 * forbid an answer there is none.
 */
class AnswersPathTest {
    private static final int ECHO = 8;
    private static final int ECHO6 = 128;
    private static final byte[] NOTHING = {};

    /** An ICMP error of node 1, quoting as much as fits into 576 bytes (RFC 1812 sec. 4.3.2.3). */
    private static byte[] error4(String to, int type, int code, int rest, byte[] about) {
        return error4(gateway4(1), to, type, code, rest, about);
    }

    private static byte[] error4(String from, String to, int type, int code, int rest, byte[] about) {
        final byte[] quoted = Arrays.copyOf(about, Math.min(about.length, 576 - 28));
        return Packets.icmp(from, to, type, code, rest, quoted).tos(0xC0).id(0).fragment(0).bytes();
    }

    /** An ICMPv6 error of node 1, quoting as much as fits into 1280 bytes (RFC 4443 sec. 2.4c). */
    private static byte[] error6(String to, int type, int code, int rest, byte[] about) {
        final byte[] quoted = Arrays.copyOf(about, Math.min(about.length, 1280 - 48));
        return Packets.icmp(gateway6(1), to, type, code, rest, quoted).bytes();
    }

    private static byte[] timeExceeded(String to, byte[] about) {
        return to.indexOf(':') >= 0 ? error6(to, 3, 0, 0, about) : error4(to, 11, 0, 0, about);
    }

    private static byte[] unreachable(String to, byte[] about) {
        return to.indexOf(':') >= 0 ? error6(to, 1, 3, 0, about) : error4(to, 3, 1, 0, about);
    }

    private static byte[] tooBig(String to, int mtu, byte[] about) {
        return to.indexOf(':') >= 0 ? error6(to, 2, 0, mtu, about) : error4(to, 3, 4, mtu, about);
    }

    private static byte[] there(byte[] packet) {
        return Tunnels.vxlan(mac(2), mac(1), packet);
    }

    private static byte[] back(byte[] packet) {
        return Tunnels.vxlan(mac(1), mac(2), packet);
    }

    /** Each hop of traceroute -n, -I and -T. */
    @TestFactory
    Stream<DynamicTest> traceroute() {
        final String a = pod4(1, POD_A);
        final String a6 = pod6(1, POD_A);
        final byte[] udp = Packets.udp(a, pod4(2, POD_A), 32).ports(40_000, 33_434).ttl(1).bytes();
        final byte[] local = Packets.udp(a, pod4(1, POD_SMALL), 32).ttl(1).bytes();
        final byte[] echo = Packets.icmp(a, pod4(2, POD_A), ECHO, 0, 1, Bytes.pattern(32)).ttl(1).bytes();
        final byte[] syn = Packets.syn(a, pod4(2, POD_A), 1410).ttl(1).bytes();
        final byte[] udp6 = Packets.udp(a6, pod6(2, POD_A), 32).ttl(1).bytes();
        final byte[] echo6 = Packets.icmp(a6, pod6(2, POD_A), ECHO6, 0, 1, Bytes.pattern(32)).ttl(1).bytes();
        final byte[] zero = Packets.udp(a, pod4(2, POD_A), 32).ttl(0).bytes();
        final byte[] in = Packets.udp(pod4(2, POD_A), a, 32).ttl(1).bytes();
        final byte[] in6 = Packets.udp(pod6(2, POD_A), a6, 32).ttl(1).bytes();
        return Stream.of(
                new PathCase("UDP").from(POD_A, udp).toPort(POD_A, timeExceeded(a, udp))
                        .dropped(DropReason.TTL_EXPIRED),
                new PathCase("to a pod on the same node").from(POD_A, local).toPort(POD_A, timeExceeded(a, local))
                        .dropped(DropReason.TTL_EXPIRED),
                new PathCase("ICMP echo").from(POD_A, echo).toPort(POD_A, timeExceeded(a, echo))
                        .dropped(DropReason.TTL_EXPIRED),
                new PathCase("TCP").from(POD_A, syn).toPort(POD_A, timeExceeded(a, syn))
                        .dropped(DropReason.TTL_EXPIRED),
                new PathCase("UDP over IPv6").from(POD_A, udp6).toPort(POD_A, timeExceeded(a6, udp6))
                        .dropped(DropReason.TTL_EXPIRED),
                new PathCase("ICMPv6 echo").from(POD_A, echo6).toPort(POD_A, timeExceeded(a6, echo6))
                        .dropped(DropReason.TTL_EXPIRED),
                new PathCase("a TTL of zero").from(POD_A, zero).toPort(POD_A, timeExceeded(a, zero))
                        .dropped(DropReason.TTL_EXPIRED),
                new PathCase("the second node").fromNode(2, back(in)).toNode(2, there(
                        timeExceeded(pod4(2, POD_A), in))).dropped(DropReason.TTL_EXPIRED),
                new PathCase("the second node over IPv6").fromNode(2, back(in6)).toNode(2, there(
                        timeExceeded(pod6(2, POD_A), in6))).dropped(DropReason.TTL_EXPIRED),
                new PathCase("the second node over GRE", DEFAULT.tunnel(GRE)).fromNode(2, Tunnels.gre(in))
                        .toNode(2, Tunnels.gre(timeExceeded(pod4(2, POD_A), in))).dropped(DropReason.TTL_EXPIRED))
                .map(PathCase::test);
    }

    @TestFactory
    Stream<DynamicTest> unreachable() {
        final String a = pod4(1, POD_A);
        final String a6 = pod6(1, POD_A);
        final byte[] here = Packets.udp(a, "10.244.1.200", 1000).bytes();
        final byte[] nobody = Packets.udp(a, "10.244.77.1", 10).bytes();
        final byte[] nobody6 = Packets.tcp(a6, "fd00:244:77::1", 1400).bytes();
        final byte[] hosts = Packets.udp(gateway4(1), "10.244.1.200", 10).bytes();
        final byte[] in = Packets.udp(pod4(2, POD_A), "10.244.1.200", 10).bytes();
        final byte[] loop = Packets.udp("192.0.2.1", "192.0.2.2", 10).bytes();
        return Stream.of(
                new PathCase("no such pod on this node").from(POD_A, here).toPort(POD_A, unreachable(a, here))
                        .dropped(DropReason.UNREACHABLE),
                new PathCase("no such node").from(POD_A, nobody).toPort(POD_A, unreachable(a, nobody))
                        .dropped(DropReason.UNREACHABLE),
                new PathCase("no such node over IPv6").from(POD_A, nobody6).toPort(POD_A, unreachable(a6, nobody6))
                        .dropped(DropReason.UNREACHABLE),
                new PathCase("the node asks for a pod that is not there").from(HOST, hosts)
                        .toPort(HOST, error4(service4(1), gateway4(1), 3, 1, 0, hosts)).dropped(DropReason.UNREACHABLE),
                new PathCase("another node asks for a pod that is not there").fromNode(2, back(in))
                        .toNode(2, there(unreachable(pod4(2, POD_A), in))).dropped(DropReason.UNREACHABLE),
                new PathCase("what the node sends in would go out to the node again").from(HOST, loop)
                        .toPort(HOST, error4(service4(1), "192.0.2.1", 3, 1, 0, loop)).dropped(DropReason.UNREACHABLE))
                .map(PathCase::test);
    }

    @TestFactory
    Stream<DynamicTest> tooBig() {
        final String jumbo = pod4(1, POD_JUMBO);
        final String jumbo6 = pod6(1, POD_JUMBO);
        final PacketBuilder fits = Packets.udp(jumbo, pod4(2, POD_A), 1450 - 28);
        final byte[] one = Packets.udp(jumbo, pod4(2, POD_A), 1451 - 28).bytes();
        final byte[] one6 = Packets.udp(jumbo6, pod6(2, POD_A), 1451 - 48).bytes();
        final byte[] far = Packets.udp(jumbo, pod4(3, POD_A), 1351 - 28).bytes();
        final byte[] far6 = Packets.udp(jumbo6, pod6(3, POD_A), 1351 - 48).bytes();
        final byte[] local = Packets.udp(pod4(1, POD_A), pod4(1, POD_SMALL), 1301 - 28).bytes();
        final byte[] local6 = Packets.udp(pod6(1, POD_A), pod6(1, POD_SMALL), 1301 - 48).bytes();
        final byte[] in = Packets.udp(pod4(2, POD_A), pod4(1, POD_SMALL), 1301 - 28).bytes();
        final byte[] in6 = Packets.udp(pod6(2, POD_A), pod6(1, POD_SMALL), 1301 - 48).bytes();
        final byte[] world = Packets.udp(jumbo, "192.0.2.7", 1451 - 28).bytes();
        return Stream.of(
                new PathCase("exactly the MTU passes").from(POD_JUMBO, fits.ttl(64).bytes())
                        .toNode(2, there(fits.ttl(63).bytes())),
                new PathCase("one more does not").from(POD_JUMBO, one).toPort(POD_JUMBO, tooBig(jumbo, 1450, one))
                        .dropped(DropReason.TOO_BIG),
                new PathCase("over IPv6").from(POD_JUMBO, one6).toPort(POD_JUMBO, tooBig(jumbo6, 1450, one6))
                        .dropped(DropReason.TOO_BIG),
                new PathCase("a smaller path to one node").from(POD_JUMBO, far)
                        .toPort(POD_JUMBO, tooBig(jumbo, 1350, far)).dropped(DropReason.TOO_BIG),
                new PathCase("over IPv6").from(POD_JUMBO, far6).toPort(POD_JUMBO, tooBig(jumbo6, 1350, far6))
                        .dropped(DropReason.TOO_BIG),
                new PathCase("IPv6 underlay: 20 bytes less", DEFAULT.underlay(6)).from(POD_JUMBO, far)
                        .toPort(POD_JUMBO, tooBig(jumbo, 1330, far)).dropped(DropReason.TOO_BIG),
                new PathCase("GRE: 18 bytes more", DEFAULT.tunnel(GRE))
                        .from(POD_JUMBO, fits.ttl(64).bytes()).toNode(2, Tunnels.gre(fits.ttl(63).bytes())),
                new PathCase("a pod of a smaller MTU").from(POD_A, local)
                        .toPort(POD_A, tooBig(pod4(1, POD_A), 1300, local)).dropped(DropReason.TOO_BIG),
                new PathCase("over IPv6").from(POD_A, local6)
                        .toPort(POD_A, tooBig(pod6(1, POD_A), 1300, local6)).dropped(DropReason.TOO_BIG),
                new PathCase("the world is behind the node's device").from(POD_JUMBO, world)
                        .toPort(POD_JUMBO, tooBig(jumbo, 1450, world)).dropped(DropReason.TOO_BIG),
                new PathCase("from another node").fromNode(2, back(in))
                        .toNode(2, there(tooBig(pod4(2, POD_A), 1300, in))).dropped(DropReason.TOO_BIG),
                new PathCase("from another node over IPv6").fromNode(2, back(in6))
                        .toNode(2, there(tooBig(pod6(2, POD_A), 1300, in6))).dropped(DropReason.TOO_BIG))
                .map(PathCase::test);
    }

    /** A super-packet is judged by its segments, not by its own length (RFC 1191 knows of no super-packets). */
    @TestFactory
    Stream<DynamicTest> superPacketsTooBig() {
        final String a = pod4(1, POD_A);
        final PacketBuilder tcp = Packets.tcp(a, pod4(3, POD_A), 20_000).flags(PacketBuilder.ACK | PacketBuilder.PSH);
        final PacketBuilder udp = Packets.udp(a, pod4(3, POD_A), 5_000);
        final PacketBuilder tcp6 = Packets.tcp(pod6(1, POD_A), pod6(3, POD_A), 20_000);
        return Stream.of(
                new PathCase("TCP").from(POD_A, tcp.superHeader(1311), tcp.unfinished())
                        .toPort(POD_A, tooBig(a, 1350, firstSegment4(tcp.unfinished(), 1351, false)))
                        .dropped(DropReason.TOO_BIG),
                new PathCase("UDP").from(POD_A, udp.superHeader(1323), udp.unfinished())
                        .toPort(POD_A, tooBig(a, 1350, firstSegment4(udp.unfinished(), 1351, true)))
                        .dropped(DropReason.TOO_BIG),
                new PathCase("TCP over IPv6").from(POD_A, tcp6.superHeader(1291), tcp6.unfinished())
                        .toPort(POD_A, tooBig(pod6(1, POD_A), 1350, firstSegment6(tcp6.unfinished(), 1351)))
                        .dropped(DropReason.TOO_BIG))
                .map(PathCase::test);
    }

    /** What the first segment of a super-packet would have looked like, its checksum still that of the whole. */
    private static byte[] firstSegment4(byte[] whole, int length, boolean udp) {
        final ByteBuffer packet = ByteBuffer.wrap(Arrays.copyOf(whole, length)).putShort(2, (short) length)
                .putShort(10, (short) 0);
        packet.putShort(10, (short) ~InternetChecksum.fold(InternetChecksum.sum(Arrays.copyOf(packet.array(), 20))));
        if (udp) {
            packet.putShort(24, (short) (length - 20));
        } else {
            packet.put(33, (byte) PacketBuilder.ACK);
        }
        return packet.array();
    }

    private static byte[] firstSegment6(byte[] whole, int length) {
        return ByteBuffer.wrap(Arrays.copyOf(whole, length)).putShort(4, (short) (length - 40)).array();
    }

    /** RFC 1122 sec. 3.2.2, RFC 4443 sec. 2.4e. */
    @TestFactory
    Stream<DynamicTest> noAnswerTo() {
        final String a = pod4(1, POD_A);
        final String a6 = pod6(1, POD_A);
        return Stream.of(
                new PathCase("an ICMP error").from(POD_A, Packets.icmp(a, pod4(2, POD_A), 3, 3, 0,
                        Packets.udp(pod4(2, POD_A), a, 0).bytes()).ttl(1).bytes()).dropped(DropReason.TTL_EXPIRED),
                new PathCase("an ICMPv6 error").from(POD_A, Packets.icmp(a6, pod6(2, POD_A), 1, 4, 0,
                        Packets.udp(pod6(2, POD_A), a6, 0).bytes()).ttl(1).bytes()).dropped(DropReason.TTL_EXPIRED),
                new PathCase("a later fragment").from(POD_A, Packets.other(a, pod4(2, POD_A), PacketBuilder.UDP,
                        Bytes.pattern(64)).fragment(0x0010).ttl(1).bytes()).dropped(DropReason.TTL_EXPIRED),
                new PathCase("ICMP that is too short to tell").from(POD_A,
                        Packets.other(a, "10.244.1.200", PacketBuilder.ICMP, NOTHING).bytes())
                        .dropped(DropReason.UNREACHABLE))
                .map(PathCase::test);
    }

    /** Linux allows bursts of 6 to one target; the 64 packets are one batch, so no time passes between them. */
    @Test
    void answersAreLimitedByTarget() {
        try (PathRig rig = new PathRig()) {
            for (int i = 0; i < 64; i++) {
                rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), pod4(2, POD_A), i).ttl(1).bytes());
            }
            assertEquals(6, rig.run().size());
            assertEquals(64, rig.drops(DropReason.TTL_EXPIRED));
        }
    }

    /** What path MTU discovery lives by is not limited by target, only by the burst of 50 for all. */
    @Test
    void tooBigIsLimitedInAll() {
        try (PathRig rig = new PathRig()) {
            for (int i = 0; i < 64; i++) {
                rig.fromPort(POD_JUMBO, Packets.udp(pod4(1, POD_JUMBO), pod4(2, POD_A), 2000 + i).bytes());
            }
            assertEquals(50, rig.run().size());
            assertEquals(64, rig.drops(DropReason.TOO_BIG));
        }
    }
}
