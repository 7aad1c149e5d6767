package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.RST;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.DropReason;
import dev.ringway.service.ServiceCounters;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How connections to Services begin where something is in the way. */
class OpeningPathTest {
    private static final String VIP = "10.96.0.10";
    private static final String OUTSIDE = "192.0.2.7";
    private static final String SERVICE_ADDRESS = "10.244.1.0";

    private PathRig rig = new PathRig();

    @AfterEach
    void close() {
        assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
        rig.close();
    }

    private void eject(int failures) {
        rig.close();
        rig = new PathRig(PathRig.Setup.DEFAULT, new FlowSettings(4096, null, failures, 600, false));
    }

    private void serve(TestService service) {
        rig.topology.services(service.table());
        rig.publish();
    }

    private static byte[] syn(int port) {
        return Packets.syn(pod4(1, POD_A), VIP, 1400).ports(port, 80).bytes();
    }

    private Sent answer(byte[] packet) {
        rig.fromPort(POD_A, packet);
        final List<Sent> sent = rig.run();
        assertEquals(1, sent.size(), sent::toString);
        return sent.getFirst();
    }

    /** The backend's pod goes between two tries of a client, who knows nothing of it. */
    @Test
    void repeatedWhereTheBackendIsGone() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 80, true));
        assertEquals(POD_B, answer(syn(4000)).port());
        serve(new TestService(VIP, 80).listed(pod4(1, POD_B), 80, true).backend(pod4(1, POD_TCP), 80, true));
        assertEquals(POD_B, answer(syn(4000)).port(), "it is still there");
        rig.topology.removePod(POD_B);
        serve(new TestService(VIP, 80).first(2).backend(pod4(1, POD_TCP), 80, true));
        assertEquals(POD_TCP, answer(syn(4000)).port());
        assertEquals(1, rig.shard.flows().size());
    }

    /** A client that is told so does not try again; one that does is one more. */
    @Test
    void unreachableBackendsRefuseOnce() {
        serve(new TestService(VIP, 80).backend(pod4(2, POD_B), 80, false));
        rig.fromPort(POD_A, syn(4000));
        final byte[] error = Tunnels.vxlan(mac(1), mac(2), Packets.icmp(gateway4(2), pod4(1, POD_A), 3, 1, 0,
                Inspect.inner(rig.run()).getFirst()).bytes());
        for (int i = 0; i < 3; i++) {
            rig.fromNode(2, error);
            assertEquals(POD_A, rig.run().getFirst().port());
        }
        rig.shard.flows().expire((int) (System.nanoTime() / 1_000_000_000) + 1000, 64);
        assertEquals(0, rig.shard.flows().size());
        assertEquals(1, rig.shard.serviceCounters().ofService(1, ServiceCounters.REFUSED));
        assertEquals(0, rig.shard.serviceCounters().ofService(1, ServiceCounters.UNANSWERED));
    }

    /** One connection that is refused and tried again is one failure, and goes elsewhere the second time. */
    @Test
    void refusedAndTriedAgain() {
        eject(2);
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 80, true).backend(pod4(1, POD_TCP), 80, true));
        int refused = 0;
        for (int port = 4000; port < 4040; port++) {
            if (answer(syn(port)).port() == POD_B) {
                refused++;
                rig.fromPort(POD_B, Packets.tcp(pod4(1, POD_B), pod4(1, POD_A), 0).ports(80, port).flags(RST | ACK)
                        .bytes());
                rig.run();
                assertEquals(POD_TCP, answer(syn(port)).port());
            }
        }
        assertEquals(2, refused);
    }

    /** A connection that the client has ended says nothing against the backend, which its clients stay with. */
    @Test
    void resetByTheClient() {
        eject(2);
        serve(new TestService(VIP, 80).affinity(600).backend(pod4(1, POD_B), 80, true).backend(pod4(1, POD_TCP), 80,
                true));
        for (int port = 4000; port < 4010; port++) {
            final int to = answer(syn(port)).port();
            rig.fromPort(to, Packets.tcp(pod4(1, to), pod4(1, POD_A), 0).ports(80, port).flags(SYN | ACK).bytes());
            rig.run();
            answer(Packets.tcp(pod4(1, POD_A), VIP, 0).ports(port, 80).flags(RST).sequence(1).bytes());
            assertEquals(to, answer(syn(port)).port());
        }
    }

    /** Who may not open a connection learns nothing from a segment of none. */
    @Test
    void sourceRangesHoldForAllSegments() {
        serve(new TestService(VIP, 80).sources("198.51.100.0/24").backend(pod4(1, POD_B), 80, true)
                .token(SERVICE_ADDRESS, 30_080, "172.30.0.1", 30_080));
        rig.fromPort(HOST, Packets.tcp(OUTSIDE, SERVICE_ADDRESS, 10).ports(4000, 30_080).flags(ACK).bytes());
        assertEquals(List.of(), rig.run());
        assertEquals(1, rig.drops(DropReason.SERVICE_SOURCE));
        rig.fromPort(HOST, Packets.tcp("198.51.100.7", SERVICE_ADDRESS, 10).ports(4000, 30_080).flags(ACK).bytes());
        assertEquals(RST, new PacketView(rig.run().getFirst().bytes()).tcpFlags());
    }

    /** A load balancer that sends a connection to a node without endpoints for a moment must not end it. */
    @Test
    void policyLocalDropsWhatItWouldNotOpen() {
        serve(new TestService(VIP, 80).externalLocal().backend(pod4(2, POD_B), 80, false)
                .token(SERVICE_ADDRESS, 30_080, "172.30.0.1", 30_080));
        rig.fromPort(HOST, Packets.tcp(OUTSIDE, SERVICE_ADDRESS, 10).ports(4000, 30_080).flags(ACK).bytes());
        assertEquals(List.of(), rig.run());
        assertEquals(0, rig.shard.serviceCounters().ofService(1, ServiceCounters.NO_BACKEND), "no new connection");
    }

    /** Weights that are all 0 count as equal, also where backends are chosen by more than chance. */
    @Test
    void weightsThatAreAllNothing() {
        eject(1);
        final TestService equal = new TestService(VIP, 80).weight(0).leastFlows().backend(pod4(1, POD_B), 80, true)
                .backend(pod4(1, POD_TCP), 80, true);
        serve(equal);
        int[] counts = new int[8];
        for (int port = 4000; port < 4020; port++) {
            counts[answer(syn(port)).port()]++;
        }
        assertEquals(10, counts[POD_B]);
        assertEquals(10, counts[POD_TCP]);
        int refused = 0;
        for (int port = 5000; port < 5040; port++) {
            if (answer(syn(port)).port() == POD_B) {
                refused++;
                rig.fromPort(POD_B, Packets.tcp(pod4(1, POD_B), pod4(1, POD_A), 0).ports(80, port).flags(RST | ACK)
                        .bytes());
                rig.run();
            }
        }
        assertTrue(refused <= 1, refused + " times to the ejected one");
    }
}
