package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.service4;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of packets when there is no room for another flow, or no port: those that are there go on. */
class FullTablePathTest {
    private static final String VIP = "10.96.0.10";
    private static final String OTHER_VIP = "10.96.0.11";
    private static final String OUTSIDE = "192.0.2.";
    private static final int ROOM = 8;
    private static final long SECOND_NS = 1_000_000_000L;

    private long nowNs = 1000 * SECOND_NS;

    private PathRig rig(int flows, TestService service) {
        final PathRig rig = new PathRig(PathRig.Setup.DEFAULT, new FlowSettings(flows), () -> nowNs);
        rig.topology.services(service.table());
        rig.publish();
        return rig;
    }

    private static PacketBuilder question(String from, int port, String to) {
        return Packets.udp(from, to, 8).ports(port, 53);
    }

    private static List<Sent> ask(PathRig rig, int port) {
        rig.fromPort(POD_A, question(pod4(1, POD_A), port, VIP).bytes());
        return rig.run();
    }

    private static void assertAnswered(PathRig rig, int port) {
        rig.fromPort(POD_B, Packets.udp(pod4(1, POD_B), pod4(1, POD_A), 8).ports(5353, port).bytes());
        final List<Sent> sent = rig.run();
        assertEquals(1, sent.size());
        assertArrayEquals(Packets.udp(VIP, pod4(1, POD_A), 8).ports(53, port).ttl(63).bytes(),
                sent.getFirst().bytes());
    }

    @Test
    void noRoom() {
        try (PathRig rig = rig(ROOM, new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 5353, true))) {
            for (int port = 4000; port < 4000 + ROOM; port++) {
                assertEquals(1, ask(rig, port).size());
            }
            nowNs += 3 * SECOND_NS;
            for (int port = 4000; port < 4000 + ROOM; port++) {
                assertAnswered(rig, port);
            }
            assertEquals(List.of(), ask(rig, 5000), "dropped, and nobody is told");
            assertEquals(1, rig.drops(DropReason.FLOW_TABLE_FULL));
            assertEquals(1, rig.shard.flows().refused());
            for (int port = 4000; port < 4000 + ROOM; port++) {
                assertEquals(1, ask(rig, port).size());
                assertAnswered(rig, port);
            }
            // All but one are silent for as long as a stream lasts.
            nowNs += 100 * SECOND_NS;
            assertEquals(1, ask(rig, 4003).size());
            nowNs += 20 * SECOND_NS;
            for (int port = 5000; port < 5000 + ROOM - 1; port++) {
                assertEquals(1, ask(rig, port).size());
                assertAnswered(rig, port);
            }
            assertAnswered(rig, 4003);
            assertEquals(ROOM, rig.shard.flows().size());
            assertEquals(1, rig.drops(DropReason.FLOW_TABLE_FULL));
            assertEquals(0, rig.lentBuffers());
        }
    }

    /** Questions without answers are the first to give way: a flood does not lock out who comes after it. */
    @Test
    void theUnansweredGiveWay() {
        try (PathRig rig = rig(ROOM, new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 5353, true))) {
            ask(rig, 4000);
            nowNs += 3 * SECOND_NS;
            assertAnswered(rig, 4000);
            for (int port = 5000; port < 5100; port++) {
                assertEquals(1, ask(rig, port).size());
            }
            assertAnswered(rig, 4000);
            assertEquals(100 - (ROOM - 1), rig.shard.flows().evictedUnreplied());
            assertEquals(0, rig.drops(DropReason.FLOW_TABLE_FULL));
            assertEquals(0, rig.lentBuffers());
        }
    }

    /** Open connections that have idled for two minutes give way, those that have not do not. */
    @Test
    void idleConnectionsGiveWay() {
        try (PathRig rig = rig(ROOM, new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true))) {
            for (int port = 4000; port < 4000 + ROOM; port++) {
                connect(rig, port);
            }
            nowNs += 119 * SECOND_NS;
            rig.fromPort(POD_A, Packets.syn(pod4(1, POD_A), VIP, 1400).ports(5000, 80).bytes());
            assertEquals(List.of(), rig.run());
            assertEquals(1, rig.drops(DropReason.FLOW_TABLE_FULL));
            rig.fromPort(POD_A, segment(4005).bytes());
            assertEquals(1, rig.run().size());
            nowNs += SECOND_NS;
            connect(rig, 5000);
            assertEquals(1, rig.shard.flows().evictedIdle());
            rig.fromPort(POD_A, segment(4005).bytes());
            assertEquals(POD_B, rig.run().getFirst().port());
            assertEquals(0, rig.lentBuffers());
        }
    }

    private static PacketBuilder segment(int port) {
        return Packets.tcp(pod4(1, POD_A), VIP, 10).ports(port, 80).flags(ACK);
    }

    private static void connect(PathRig rig, int port) {
        rig.fromPort(POD_A, Packets.syn(pod4(1, POD_A), VIP, 1400).ports(port, 80).bytes());
        rig.run();
        rig.fromPort(POD_B, Packets.tcp(pod4(1, POD_B), pod4(1, POD_A), 0).ports(8080, port).flags(SYN | ACK).bytes());
        rig.run();
        rig.fromPort(POD_A, segment(port).bytes());
        assertEquals(1, rig.run().size());
    }

    /** Clients outside share the ports of the node's service address, for each backend all of them. */
    @Test
    void noPort() {
        final TestService one = new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 5353, true);
        try (PathRig rig = rig(70_000, one)) {
            rig.topology.services(new TestService(OTHER_VIP, 53).udp().first(2).backend(pod4(1, POD_TCP), 5353, true)
                    .addTo(one.table()));
            rig.publish();
            final List<Integer> ports = new ArrayList<>();
            while (rig.drops(DropReason.FLOW_NO_PORT) == 0) {
                final int client = ports.size();
                rig.fromPort(HOST, fromOutside(client, VIP).bytes());
                rig.run().forEach(sent -> ports.add(new PacketView(sent.bytes()).u16(20)));
            }
            assertTrue(ports.size() > 60_000, ports.size() + " ports");
            assertEquals(ports.size(), ports.stream().distinct().count());
            assertEquals(ports.size(), rig.shard.flows().size(), "what was refused leaves nothing behind");
            // Who has a port keeps it, and another backend has all of them.
            for (int client = 0; client < ports.size(); client += 5000) {
                rig.fromPort(HOST, fromOutside(client, VIP).bytes());
                assertEquals(ports.get(client), new PacketView(rig.run().getFirst().bytes()).u16(20));
                rig.fromPort(POD_B,
                        Packets.udp(pod4(1, POD_B), service4(1), 8).ports(5353, ports.get(client)).bytes());
                assertArrayEquals(Packets.udp(VIP, outside(client), 8).ports(53, 1024 + client % 60_000).bytes(),
                        rig.run().getFirst().bytes());
            }
            rig.fromPort(HOST, fromOutside(ports.size(), OTHER_VIP).bytes());
            assertEquals(1, rig.run().size());
            nowNs += 200 * SECOND_NS;
            while (rig.shard.flows().expire((int) (nowNs / SECOND_NS), 1000) > 0) {
                assertEquals(0, rig.lentBuffers());
            }
            rig.fromPort(HOST, fromOutside(ports.size(), VIP).bytes());
            assertEquals(1, rig.run().size(), "ports are free again");
            assertEquals(1, rig.drops(DropReason.FLOW_NO_PORT));
            assertEquals(0, rig.lentBuffers());
        }
    }

    private static String outside(int client) {
        return OUTSIDE + (1 + client / 60_000);
    }

    private static PacketBuilder fromOutside(int client, String vip) {
        return question(outside(client), 1024 + client % 60_000, vip);
    }
}
