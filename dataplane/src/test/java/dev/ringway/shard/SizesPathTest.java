package dev.ringway.shard;

import static dev.ringway.shard.PathRig.Setup.DEFAULT;
import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_JUMBO;
import static dev.ringway.shard.Topology.POD_SMALL;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Tunnels;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Packets made to fit: fragments of what may be fragmented (RFC 791), smaller segments announced for TCP. */
class SizesPathTest {
    private static final int MF = 0x2000;

    private static byte[] there(byte[] packet) {
        return Tunnels.vxlan(mac(2), mac(1), packet);
    }

    private static byte[] back(byte[] packet) {
        return Tunnels.vxlan(mac(1), mac(2), packet);
    }

    /** Bytes {@code from} to {@code to} of the IP payload of a packet, as a fragment of it after one hop. */
    private static byte[] fragment(String source, String destination, byte[] whole, int from, int to, int more,
            int... options) {
        final byte[] payload = Arrays.copyOfRange(whole, Inspect.l4(whole), whole.length);
        return Packets.other(source, destination, PacketBuilder.UDP, Arrays.copyOfRange(payload, from, to)).ttl(63)
                .fragment(more | from / 8).options(options).bytes();
    }

    @TestFactory
    Stream<DynamicTest> fragments() {
        final String jumbo = pod4(1, POD_JUMBO);
        final String far = pod4(2, POD_A);
        final String small = pod4(1, POD_SMALL);
        final PacketBuilder big = Packets.udp(jumbo, far, 3000).fragment(0);
        final byte[] whole = big.bytes();
        final PacketBuilder local = Packets.udp(pod4(1, POD_A), small, 1400).fragment(0);
        final PacketBuilder in = Packets.udp(far, small, 1400).fragment(0);
        final PacketBuilder again = Packets.other(jumbo, far, PacketBuilder.UDP, Bytes.pattern(2000))
                .fragment(MF | 100);
        // A router alert is copied to all fragments, a record route is not (RFC 791 sec. 3.1).
        final int[] options = {148, 4, 0, 0, 7, 4, 4, 0};
        final PacketBuilder optional = Packets.udp(jumbo, far, 2000).fragment(0).options(options);
        final int[] kept = Arrays.copyOf(options, 4);
        return Stream.of(
                new PathCase("to another node").from(POD_JUMBO, whole)
                        .toNode(2, there(fragment(jumbo, far, whole, 0, 1424, MF)))
                        .toNode(2, there(fragment(jumbo, far, whole, 1424, 2848, MF)))
                        .toNode(2, there(fragment(jumbo, far, whole, 2848, 3008, 0))),
                new PathCase("an unfinished checksum is finished first")
                        .from(POD_JUMBO, big.unfinishedHeader(), big.unfinished())
                        .toNode(2, there(fragment(jumbo, far, whole, 0, 1424, MF)))
                        .toNode(2, there(fragment(jumbo, far, whole, 1424, 2848, MF)))
                        .toNode(2, there(fragment(jumbo, far, whole, 2848, 3008, 0))),
                new PathCase("to a pod of a smaller MTU").from(POD_A, local.bytes())
                        .toPort(POD_SMALL, fragment(pod4(1, POD_A), small, local.bytes(), 0, 1280, MF))
                        .toPort(POD_SMALL, fragment(pod4(1, POD_A), small, local.bytes(), 1280, 1408, 0)),
                new PathCase("from another node to a pod of a smaller MTU").fromNode(2, back(in.bytes()))
                        .toPort(POD_SMALL, fragment(far, small, in.bytes(), 0, 1280, MF))
                        .toPort(POD_SMALL, fragment(far, small, in.bytes(), 1280, 1408, 0)),
                new PathCase("a fragment in the middle of a datagram stays in the middle")
                        .from(POD_JUMBO, again.bytes())
                        .toNode(2, there(Packets.other(jumbo, far, PacketBuilder.UDP, Arrays.copyOf(Bytes.pattern(2000),
                                1424)).ttl(63).fragment(MF | 100).bytes()))
                        .toNode(2, there(Packets.other(jumbo, far, PacketBuilder.UDP, Arrays.copyOfRange(
                                Bytes.pattern(2000), 1424, 2000)).ttl(63).fragment(MF | 100 + 1424 / 8).bytes())),
                new PathCase("options by their copy flag").from(POD_JUMBO, optional.bytes())
                        .toNode(2, there(fragment(jumbo, far, optional.bytes(), 0, 1416, MF, options)))
                        .toNode(2, there(fragment(jumbo, far, optional.bytes(), 1416, 2008, 0, kept))))
                .map(PathCase::test);
    }

    @TestFactory
    Stream<DynamicTest> announcedSegments() {
        final String a = pod4(1, POD_A);
        final String a6 = pod6(1, POD_A);
        return Stream.of(
                clamped("IPv4", a, pod4(2, POD_A), 1460, 1410, 2),
                clamped("IPv6", a6, pod6(2, POD_A), 1440, 1390, 2),
                clamped("a smaller path", a, pod4(3, POD_A), 1410, 1310, 3),
                clamped("a smaller path, IPv6", a6, pod6(3, POD_A), 1390, 1290, 3),
                clamped("never raised", a, pod4(2, POD_A), 536, 536, 2),
                new PathCase("an unfinished checksum covers it later")
                        .from(POD_A, Packets.syn(a, pod4(2, POD_A), 1460).unfinishedHeader(),
                                Packets.syn(a, pod4(2, POD_A), 1460).unfinished())
                        .toNode(2, there(Packets.syn(a, pod4(2, POD_A), 1410).ttl(63).bytes())),
                new PathCase("from the node itself")
                        .from(HOST, Packets.syn(gateway4(1), pod4(2, POD_A), 1460).bytes())
                        .toNode(2, there(Packets.syn(gateway4(1), pod4(2, POD_A), 1410).bytes())),
                new PathCase("on arrival, for a pod of a smaller MTU")
                        .fromNode(2, back(Packets.syn(pod4(2, POD_A), pod4(1, POD_SMALL), 1410).bytes()))
                        .toPort(POD_SMALL, Packets.syn(pod4(2, POD_A), pod4(1, POD_SMALL), 1260).ttl(63).bytes()),
                new PathCase("an IPv6 underlay takes 20 bytes more", DEFAULT.underlay(6))
                        .from(POD_A, Packets.syn(a, pod4(2, POD_A), 1460).bytes())
                        .toNode(2, there(Packets.syn(a, pod4(2, POD_A), 1390).ttl(63).bytes())),
                new PathCase("data is left alone")
                        .from(POD_A, Packets.tcp(a, pod4(2, POD_A), 30).bytes())
                        .toNode(2, there(Packets.tcp(a, pod4(2, POD_A), 30).ttl(63).bytes())),
                new PathCase("options that end in the middle of one are left alone")
                        .from(POD_A, broken(Packets.syn(a, pod4(2, POD_A), 1460).bytes()))
                        .toNode(2, there(broken(Packets.syn(a, pod4(2, POD_A), 1460).ttl(63).bytes()))))
                .map(PathCase::test);
    }

    private static PathCase clamped(String what, String source, String destination, int announced, int expected,
            int node) {
        return new PathCase(what).from(POD_A, Packets.syn(source, destination, announced).bytes())
                .toNode(node, Tunnels.vxlan(mac(node), mac(1), Packets.syn(source, destination, expected).ttl(63)
                        .bytes()));
    }

    /** The first option claims more bytes than there are. */
    private static byte[] broken(byte[] syn) {
        syn[41] = 60;
        return syn;
    }
}
