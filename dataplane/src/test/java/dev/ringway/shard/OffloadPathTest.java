package dev.ringway.shard;

import static dev.ringway.shard.PathRig.GRE;
import static dev.ringway.shard.PathRig.KEYED_GRE;
import static dev.ringway.shard.PathRig.Setup.DEFAULT;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_HEADER;
import static dev.ringway.shard.Topology.POD_PLAIN;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.TxSlot;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Super-packets across the tunnel and trains of datagrams back: split, batched, joined, with every checksum right. */
class OffloadPathTest {
    private static byte[] back(byte[] packet) {
        return Tunnels.vxlan(mac(1), mac(2), packet);
    }

    /** What a pod sends as one super-packet arrives at the pod on the other node with the same bytes. */
    @TestFactory
    Stream<DynamicTest> roundTrips() {
        final List<DynamicTest> tests = new ArrayList<>();
        for (PathRig.Setup setup : List.of(DEFAULT, DEFAULT.tunnel(GRE), DEFAULT.tunnel(KEYED_GRE),
                DEFAULT.underlay(6), DEFAULT.withoutGso())) {
            for (int receiver : new int[] {POD_A, POD_PLAIN, POD_HEADER, POD_TCP}) {
                for (int payload : new int[] {1399, 1399 * 2, 1399 * 2 + 1, 30_001, 65_000}) {
                    final String what = setup.tunnel() + " IPv" + setup.underlayVersion()
                            + (setup.gso() ? "" : " without GSO") + " to pod " + receiver + ", " + payload + " bytes";
                    tests.add(DynamicTest.dynamicTest("TCP4 " + what, () -> roundTrip(setup, receiver, 1390,
                            Packets.tcp(pod4(1, POD_A), pod4(2, receiver), payload))));
                    tests.add(DynamicTest.dynamicTest("TCP6 " + what, () -> roundTrip(setup, receiver, 1370,
                            Packets.tcp(pod6(1, POD_A), pod6(2, receiver), payload))));
                    tests.add(DynamicTest.dynamicTest("UDP4 " + what, () -> roundTrip(setup, receiver, 1399,
                            Packets.udp(pod4(1, POD_A), pod4(2, receiver), payload))));
                    tests.add(DynamicTest.dynamicTest("UDP6 " + what, () -> roundTrip(setup, receiver, 1379,
                            Packets.udp(pod6(1, POD_A), pod6(2, receiver), payload))));
                }
            }
        }
        return tests.stream();
    }

    private static void roundTrip(PathRig.Setup setup, int receiver, int gsoSize, PacketBuilder packet) {
        final byte[] whole = packet.unfinished();
        try (PathRig one = new PathRig(setup); PathRig two = new PathRig(setup.node(2))) {
            one.fromPort(POD_A, packet.superHeader(gsoSize), whole);
            for (Sent send : one.run()) {
                assertTrue(setup.gso() || send.segments() == 1);
                assertTrue(send.segments() <= TxSlot.MAX_SEGMENTS && send.bytes().length <= TxSlot.MAX_BYTES);
                two.fromNode(1, send.tos(), send.segmentSize(), send.bytes());
            }
            final List<byte[]> arrived = new ArrayList<>();
            for (Sent write : two.run()) {
                assertEquals(receiver, write.port());
                assertNull(Inspect.refusal(write));
                assertTrue(Inspect.gsoSize(write) == 0 || Inspect.gsoSize(write) == gsoSize);
                arrived.add(write.bytes());
            }
            assertArrayEquals(Inspect.payloads(List.of(whole)), Inspect.payloads(arrived));
            assertEquals(Map.of(), one.drops());
            assertEquals(Map.of(), two.drops());
            assertEquals(0, one.lentBuffers() + two.lentBuffers());
        }
    }

    /** 40 segments, one send of equal lengths but the last, and one write at the other end. */
    @Test
    void aSuperPacketIsOneSendAndOneWrite() {
        final PacketBuilder packet = Packets.tcp(pod4(1, POD_A), pod4(2, POD_A), 40 * 1390 - 7);
        try (PathRig one = new PathRig(); PathRig two = new PathRig(DEFAULT.node(2))) {
            one.fromPort(POD_A, packet.superHeader(1390), packet.unfinished());
            final List<Sent> sends = one.run();
            assertEquals(1, sends.size());
            assertEquals(40, sends.getFirst().segments());
            assertEquals(22 + 40 + 1390, sends.getFirst().segmentSize());
            for (byte[] inner : Inspect.inner(sends)) {
                assertNull(Inspect.refusal(inner));
                assertEquals(63, inner[8]);
            }
            two.fromNode(1, 0, sends.getFirst().segmentSize(), sends.getFirst().bytes());
            final List<Sent> writes = two.run();
            assertEquals(1, writes.size());
            assertEquals(1390, Inspect.gsoSize(writes.getFirst()));
        }
    }

    /** The segments are to be those of the kernel's tcp_gso_segment: FIN and PSH last, CWR first, ids counted up. */
    @Test
    void flagsOfSegments() {
        final PacketBuilder packet = Packets.tcp(pod4(1, POD_A), pod4(2, POD_A), 250).id(0xFFFF)
                .flags(PacketBuilder.ACK | PacketBuilder.PSH | PacketBuilder.FIN | PacketBuilder.CWR);
        try (PathRig rig = new PathRig()) {
            rig.fromPort(POD_A, packet.superHeader(100), packet.unfinished());
            final List<byte[]> segments = Inspect.inner(rig.run());
            assertEquals(3, segments.size());
            assertEquals(List.of(PacketBuilder.ACK | PacketBuilder.CWR, PacketBuilder.ACK,
                    PacketBuilder.ACK | PacketBuilder.PSH | PacketBuilder.FIN),
                    segments.stream().map(segment -> segment[33] & 0xFF).toList());
            assertEquals(List.of(0xFFFF, 0, 1),
                    segments.stream().map(segment -> (segment[4] & 0xFF) << 8 | segment[5] & 0xFF).toList());
            assertEquals(List.of(1, 101, 201), segments.stream().map(Inspect::sequence).toList());
        }
    }

    /** A train may hold packets of any flows: each flow's are joined, and none is overtaken by a later one of it. */
    @Test
    void aTrainOfMixedFlows() {
        final List<byte[]> datagrams = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            for (int port : new int[] {4001, 4002, 4003}) {
                datagrams.add(back(Packets.tcp(pod4(2, POD_A), pod4(1, POD_A), 100).ports(port, 80)
                        .sequence(1000 + i * 100).bytes()));
            }
        }
        try (PathRig rig = new PathRig()) {
            rig.fromNode(2, 0, datagrams.getFirst().length, Bytes.concat(datagrams.toArray(new byte[0][])));
            final List<Sent> writes = rig.run();
            assertEquals(3, writes.size());
            for (Sent write : writes) {
                assertEquals(100, Inspect.gsoSize(write));
                assertNull(Inspect.refusal(write));
                assertEquals(40 + 1000, write.bytes().length);
            }
            assertEquals(Map.of(), rig.drops());
        }
    }

    /** What is joined has been verified, since the pod's kernel will not look again; the broken one goes by itself. */
    @Test
    void aBrokenSegmentIsNotJoined() {
        final List<byte[]> datagrams = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            datagrams.add(back(Packets.tcp(pod4(2, POD_A), pod4(1, POD_A), 100).sequence(1000 + i * 100).bytes()));
        }
        datagrams.get(2)[22 + 50] ^= 1;
        try (PathRig rig = new PathRig()) {
            rig.fromNode(2, 0, datagrams.getFirst().length, Bytes.concat(datagrams.toArray(new byte[0][])));
            final List<Sent> writes = rig.run();
            assertEquals(List.of(100, 0, 100), writes.stream().map(Inspect::gsoSize).toList());
            assertEquals(List.of(1000, 1200, 1300),
                    writes.stream().map(write -> Inspect.sequence(write.bytes())).toList());
            assertNotNull(Inspect.refusal(writes.get(1)));
        }
    }

    /** One bad datagram costs one packet of the train, not the train. */
    @Test
    void aTrainWithAStranger() {
        final byte[] good = back(Packets.udp(pod4(2, POD_A), pod4(1, POD_A), 100).bytes());
        final byte[] bad = Tunnels.vxlan(8, 9, mac(1), mac(2), 0x0800, Packets.udp(pod4(2, POD_A), pod4(1, POD_A),
                100).bytes());
        try (PathRig rig = new PathRig()) {
            rig.fromNode(2, 0, good.length, Bytes.concat(good, bad, good));
            assertEquals(1, rig.run().size());
            assertEquals("{UNKNOWN_VNI=1}", rig.drops().toString());
            assertEquals(2, rig.topology.vtep(2).counters(0).rxPackets());
            assertEquals(2, rig.topology.port(POD_A).counters(0).txPackets());
        }
    }

    /** Two namespaces of one machine: a kernel peer's packets arrive as they left it, their checksums unfinished. */
    @TestFactory
    Stream<DynamicTest> unfinishedFromAKernelPeer() {
        final PacketBuilder small = Packets.udp(pod4(2, POD_A), pod4(1, POD_A), 64);
        final PacketBuilder big = Packets.tcp(pod4(2, POD_A), pod4(1, POD_A), 20_000);
        return Stream.of(
                new PathCase("a small packet's checksum is finished").fromNode(2, back(small.ttl(64).unfinished()))
                        .toPort(POD_A, small.ttl(63).bytes()),
                new PathCase("a super-packet stays one").fromNode(2, back(big.ttl(64).unfinished()))
                        .toPort(POD_A, big.superHeader(1410), big.ttl(63).unfinished()))
                .map(PathCase::test);
    }

    /** Packets of many flows to one node share sends: by source socket, outer TOS and equal length. */
    @Test
    void smallPacketsShareSends() {
        try (PathRig rig = new PathRig()) {
            for (int i = 0; i < 60; i++) {
                rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), pod4(2, POD_A), 64).ports(5000 + i, 53).bytes());
            }
            final List<Sent> sends = rig.run();
            assertTrue(sends.size() <= PathRig.SOURCE_PORTS, sends.size() + " sends for 60 packets");
            assertEquals(60, Inspect.inner(sends).size());
            sends.forEach(OffloadPathTest::assertEqualLengths);
        }
    }

    /** UDP_SEGMENT cuts at equal lengths, so only the last datagram of a send may be shorter. */
    @Test
    void aShorterPacketEndsASendAndALongerOneBeginsOne() {
        final int[] lengths = {100, 100, 60, 100, 200, 200, 10, 10};
        try (PathRig rig = new PathRig()) {
            for (int length : lengths) {
                rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), pod4(2, POD_A), length).bytes());
            }
            final List<Sent> sends = rig.run();
            sends.forEach(OffloadPathTest::assertEqualLengths);
            assertEquals(List.of(3, 1, 3, 1), sends.stream().map(Sent::segments).toList());
            final List<Integer> arrived = Inspect.inner(sends).stream().map(packet -> packet.length - 28).toList();
            assertEquals(List.of(100, 100, 60, 100, 200, 200, 10, 10), arrived);
        }
    }

    private static void assertEqualLengths(Sent send) {
        final List<byte[]> datagrams = send.datagrams();
        assertEquals(send.segments(), datagrams.size());
        for (int i = 0; i < datagrams.size() - 1; i++) {
            assertEquals(send.segmentSize(), datagrams.get(i).length);
        }
    }

    /** Pure acknowledgements are not ECN-capable while data is: a flow's packets differ in TOS and keep their order. */
    @Test
    void aFlowOfChangingMarksKeepsItsOrder() {
        try (PathRig rig = new PathRig()) {
            for (int i = 0; i < 20; i++) {
                rig.fromPort(POD_A, Packets.tcp(pod4(1, POD_A), pod4(2, POD_A), 100).sequence(i).tos(i % 3 == 0 ? 0 : 2)
                        .bytes());
            }
            final List<Sent> sends = rig.run();
            final List<Integer> order = Inspect.inner(sends).stream().map(Inspect::sequence).toList();
            assertEquals(IntStream.range(0, 20).boxed().toList(), order);
            for (Sent send : sends) {
                for (byte[] inner : Inspect.inner(List.of(send))) {
                    assertEquals(send.tos(), inner[1] & 3);
                }
            }
        }
    }

    /** Without UDP_SEGMENT each datagram is a send of its own. */
    @Test
    void withoutGsoEachDatagramGoesByItself() {
        final PacketBuilder packet = Packets.tcp(pod4(1, POD_A), pod4(2, POD_A), 45 * 1390);
        try (PathRig rig = new PathRig(DEFAULT.withoutGso())) {
            rig.fromPort(POD_A, packet.superHeader(1390), packet.unfinished());
            final List<Sent> sends = rig.run();
            assertEquals(45, sends.size());
            sends.forEach(send -> assertEquals(1, send.segments()));
        }
    }

    /** The kernel may refuse to segment at any time: from then on each datagram goes by itself. */
    @Test
    void gsoTurnedOffWhileRunning() {
        final PacketBuilder packet = Packets.udp(pod4(1, POD_A), pod4(2, POD_A), 64);
        try (PathRig rig = new PathRig()) {
            rig.fromPort(POD_A, packet.bytes());
            rig.fromPort(POD_A, packet.bytes());
            assertEquals(1, rig.run().size());
            rig.offloads.turnGsoOff("the test says so");
            rig.fromPort(POD_A, packet.bytes());
            rig.fromPort(POD_A, packet.bytes());
            assertEquals(2, rig.run().size());
        }
    }

    /** A kernel that refuses super-packets it negotiated: the port gets plain ones. */
    @Test
    void aPortThatRefusesSuperPackets() {
        final PacketBuilder packet = Packets.tcp(pod4(1, POD_A), pod4(1, POD_B), 3000);
        try (PathRig rig = new PathRig()) {
            rig.fromPort(POD_A, packet.superHeader(1000), packet.unfinished());
            assertEquals(1, rig.run().size());
            rig.topology.port(POD_B).refuseSuperPackets();
            rig.fromPort(POD_A, packet.superHeader(1000), packet.unfinished());
            final List<Sent> writes = rig.run();
            assertEquals(3, writes.size());
            writes.forEach(write -> assertNull(Inspect.refusal(write)));
        }
    }
}
