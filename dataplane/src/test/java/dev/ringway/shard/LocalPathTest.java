package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_HEADER;
import static dev.ringway.shard.Topology.POD_PLAIN;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.gateway6;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Packets that stay on the node: pod to pod, node to pod, pod to node and to the world. */
class LocalPathTest {
    private static final String OUTSIDE4 = "192.0.2.7";
    private static final String OUTSIDE6 = "2001:db8::7";
    private static final byte[] NO_HEADER = {};

    private static String a4() {
        return pod4(1, POD_A);
    }

    private static String b4() {
        return pod4(1, POD_B);
    }

    @TestFactory
    Stream<DynamicTest> podToPod() {
        final PacketBuilder udp = Packets.udp(a4(), b4(), 64);
        final PacketBuilder udp6 = Packets.udp(pod6(1, POD_A), pod6(1, POD_B), 64);
        final PacketBuilder tso = Packets.tcp(a4(), b4(), 30_000);
        final PacketBuilder tso6 = Packets.tcp(pod6(1, POD_A), pod6(1, POD_B), 30_000);
        final PacketBuilder uso = Packets.udp(a4(), b4(), 5_000);
        return Stream.of(
                new PathCase("a plain packet loses one TTL").from(POD_A, udp.ttl(64).bytes())
                        .toPort(POD_B, udp.ttl(63).bytes()),
                new PathCase("IPv6").from(POD_A, udp6.ttl(64).bytes()).toPort(POD_B, udp6.ttl(63).bytes()),
                new PathCase("the last TTL that crosses").from(POD_A, udp.ttl(2).bytes())
                        .toPort(POD_B, udp.ttl(1).bytes()),
                new PathCase("an unfinished checksum stays unfinished")
                        .from(POD_A, udp.unfinishedHeader(), udp.ttl(64).unfinished())
                        .toPort(POD_B, udp.unfinishedHeader(), udp.ttl(63).unfinished()),
                new PathCase("a TCP super-packet stays one")
                        .from(POD_A, tso.superHeader(1410), tso.ttl(64).unfinished())
                        .toPort(POD_B, tso.superHeader(1410), tso.ttl(63).unfinished()),
                new PathCase("over IPv6").from(POD_A, tso6.superHeader(1390), tso6.ttl(64).unfinished())
                        .toPort(POD_B, tso6.superHeader(1390), tso6.ttl(63).unfinished()),
                new PathCase("a UDP super-packet stays one")
                        .from(POD_A, uso.superHeader(1000), uso.ttl(64).unfinished())
                        .toPort(POD_B, uso.superHeader(1000), uso.ttl(63).unfinished()),
                new PathCase("a pod reaches itself").from(POD_A, Packets.udp(a4(), a4(), 10).bytes())
                        .toPort(POD_A, Packets.udp(a4(), a4(), 10).ttl(63).bytes()),
                new PathCase("bytes behind the IP packet are cut off")
                        .from(POD_A, Bytes.concat(udp.ttl(64).bytes(), new byte[17]))
                        .toPort(POD_B, udp.ttl(63).bytes()),
                new PathCase("IP options travel on").from(POD_A, Packets.udp(a4(), b4(), 8).options(ROUTER_ALERT)
                        .bytes()).toPort(POD_B, Packets.udp(a4(), b4(), 8).options(ROUTER_ALERT).ttl(63).bytes()),
                new PathCase("a protocol that nobody here knows")
                        .from(POD_A, Packets.other(a4(), b4(), 132, Bytes.pattern(40)).bytes())
                        .toPort(POD_B, Packets.other(a4(), b4(), 132, Bytes.pattern(40)).ttl(63).bytes()))
                .map(PathCase::test);
    }

    private static final int[] ROUTER_ALERT = {148, 4, 0, 0};

    /** A receiver of less than the sender had: everything is finished in software. */
    @TestFactory
    Stream<DynamicTest> receiversOfLess() {
        final PacketBuilder toPlain = Packets.udp(a4(), pod4(1, POD_PLAIN), 64);
        final PacketBuilder toHeader = Packets.udp(a4(), pod4(1, POD_HEADER), 64);
        final PacketBuilder uso = Packets.udp(a4(), pod4(1, POD_TCP), 250);
        final PacketBuilder tso = Packets.tcp(a4(), pod4(1, POD_PLAIN), 250)
                .flags(PacketBuilder.ACK | PacketBuilder.PSH);
        final PacketBuilder fromPlain = Packets.udp(pod4(1, POD_PLAIN), a4(), 64);
        return Stream.of(
                new PathCase("without virtio_net_hdr: the checksum is finished")
                        .from(POD_A, toPlain.unfinishedHeader(), toPlain.ttl(64).unfinished())
                        .toPort(POD_PLAIN, NO_HEADER, toPlain.ttl(63).bytes()),
                new PathCase("without offloads: the checksum is finished, the header says nothing")
                        .from(POD_A, toHeader.unfinishedHeader(), toHeader.ttl(64).unfinished())
                        .toPort(POD_HEADER, toHeader.ttl(63).bytes()),
                new PathCase("without USO: a UDP super-packet is split")
                        .from(POD_A, uso.superHeader(100), uso.ttl(64).unfinished())
                        .toPort(POD_TCP, udpSegment(uso, 0, 100))
                        .toPort(POD_TCP, udpSegment(uso, 1, 100))
                        .toPort(POD_TCP, udpSegment(uso, 2, 50)),
                new PathCase("without TSO: a TCP super-packet is split, PSH on its last segment only")
                        .from(POD_A, tso.superHeader(100), tso.ttl(64).unfinished())
                        .toPort(POD_PLAIN, NO_HEADER, tcpSegment(0, 100, PacketBuilder.ACK))
                        .toPort(POD_PLAIN, NO_HEADER, tcpSegment(1, 100, PacketBuilder.ACK))
                        .toPort(POD_PLAIN, NO_HEADER, tcpSegment(2, 50, PacketBuilder.ACK | PacketBuilder.PSH)),
                new PathCase("from a device without virtio_net_hdr")
                        .from(POD_PLAIN, fromPlain.ttl(64).bytes()).toPort(POD_A, fromPlain.ttl(63).bytes()))
                .map(PathCase::test);
    }

    private static byte[] udpSegment(PacketBuilder whole, int i, int length) {
        return Packets.udp(a4(), pod4(1, POD_TCP), length).payload(part(i * 100, length)).id(0x1234 + i).ttl(63)
                .bytes();
    }

    private static byte[] tcpSegment(int i, int length, int flags) {
        return Packets.tcp(a4(), pod4(1, POD_PLAIN), length).payload(part(i * 100, length)).id(0x1234 + i)
                .sequence(1 + i * 100).flags(flags).ttl(63).bytes();
    }

    private static byte[] part(int from, int length) {
        return Arrays.copyOfRange(Bytes.pattern(250), from, from + length);
    }

    @TestFactory
    Stream<DynamicTest> nodeAndWorld() {
        final PacketBuilder probe = Packets.syn(gateway4(1), a4(), 1410);
        final PacketBuilder reply = Packets.tcp(a4(), gateway4(1), 0);
        final PacketBuilder out = Packets.udp(a4(), OUTSIDE4, 40);
        final PacketBuilder in = Packets.udp(OUTSIDE4, a4(), 40);
        return Stream.of(
                new PathCase("a probe from the node keeps its TTL: the node's kernel is no hop")
                        .from(HOST, probe.ttl(64).bytes()).toPort(POD_A, probe.ttl(64).bytes()),
                new PathCase("the answer to the node keeps it too")
                        .from(POD_A, reply.ttl(64).bytes()).toPort(HOST, reply.ttl(64).bytes()),
                new PathCase("over IPv6")
                        .from(HOST, Packets.udp(gateway6(1), pod6(1, POD_A), 9).bytes())
                        .toPort(POD_A, Packets.udp(gateway6(1), pod6(1, POD_A), 9).bytes()),
                new PathCase("a TTL of 1 reaches the node: it is the end of the way")
                        .from(POD_A, reply.ttl(1).bytes()).toPort(HOST, reply.ttl(1).bytes()),
                new PathCase("pod to the world goes to the node, which counts the TTL down itself")
                        .from(POD_A, out.ttl(64).bytes()).toPort(HOST, out.ttl(64).bytes()),
                new PathCase("IPv6 to the world")
                        .from(POD_A, Packets.udp(pod6(1, POD_A), OUTSIDE6, 40).bytes())
                        .toPort(HOST, Packets.udp(pod6(1, POD_A), OUTSIDE6, 40).bytes()),
                new PathCase("from the world through the node, which has counted it down")
                        .from(HOST, in.ttl(63).bytes()).toPort(POD_A, in.ttl(63).bytes()),
                new PathCase("to the node's DNS cache or the cloud's instance data, which are link-local")
                        .from(POD_A, Packets.udp(a4(), "169.254.20.10", 40).bytes())
                        .toPort(HOST, Packets.udp(a4(), "169.254.20.10", 40).bytes()),
                new PathCase("and back").from(HOST, Packets.udp("169.254.20.10", a4(), 40).bytes())
                        .toPort(POD_A, Packets.udp("169.254.20.10", a4(), 40).bytes()),
                new PathCase("a super-packet to the world stays one")
                        .from(POD_A, Packets.tcp(a4(), OUTSIDE4, 20_000).superHeader(1410),
                                Packets.tcp(a4(), OUTSIDE4, 20_000).unfinished())
                        .toPort(HOST, Packets.tcp(a4(), OUTSIDE4, 20_000).superHeader(1410),
                                Packets.tcp(a4(), OUTSIDE4, 20_000).unfinished()))
                .map(PathCase::test);
    }
}
