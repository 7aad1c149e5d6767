package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.service.ServiceCounters;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections whose directions pass different shards: the client's pod is read by one, the backend's by the other. */
class ShardsPathTest {
    private static final String VIP = "10.96.0.10";

    private final Topology topology = new Topology(1, 4, 4789, 2);
    private final FlowInboxes inboxes = new FlowInboxes(2);
    private final PathRig ofB = new PathRig(PathRig.Setup.DEFAULT, PathRig.FLOWS, topology, inboxes, 0);
    private final PathRig ofA = new PathRig(PathRig.Setup.DEFAULT, PathRig.FLOWS, topology, inboxes, 1);

    @AfterEach
    void close() {
        ofA.close();
        ofB.close();
    }

    private void serve(TestService service) {
        topology.services(service.table());
        ofA.publish();
        ofB.publish();
    }

    private static Sent only(List<Sent> sent) {
        assertEquals(1, sent.size(), sent::toString);
        return sent.getFirst();
    }

    @Test
    void answersAreTranslatedByTheShardThatReadsThem() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        for (int port = 4000; port < 4100; port++) {
            ofA.fromPort(POD_A, Packets.syn(pod4(1, POD_A), VIP, 1400).ports(port, 80).bytes());
            assertEquals(POD_B, only(ofA.run()).port());
            ofB.fromPort(POD_B,
                    Packets.tcp(pod4(1, POD_B), pod4(1, POD_A), 0).ports(8080, port).flags(SYN | ACK).bytes());
            final Sent back = only(ofB.run());
            assertEquals(POD_A, back.port());
            assertArrayEquals(Packets.tcp(VIP, pod4(1, POD_A), 0).ports(80, port).flags(SYN | ACK).ttl(63).bytes(),
                    back.bytes());
            ofA.fromPort(POD_A, Packets.tcp(pod4(1, POD_A), VIP, 10).ports(port, 80).flags(ACK).bytes());
            assertArrayEquals(
                    Packets.tcp(pod4(1, POD_A), pod4(1, POD_B), 10).ports(port, 8080).flags(ACK).ttl(63).bytes(),
                    only(ofA.run()).bytes());
        }
        assertEquals(100, ofA.shard.flows().size());
        assertEquals(100, ofB.shard.flows().size());
        assertEquals(100, ofA.shard.serviceCounters().ofService(1, ServiceCounters.FLOWS));
        assertEquals(0, ofB.shard.serviceCounters().ofService(1, ServiceCounters.FLOWS));
    }

    /** The shard that reads the backend's pod learns by which node the client came in, and when it comes by another. */
    @Test
    void answersToClientsThatOtherNodesHaveKept() {
        topology.keepers(1, 2, 3);
        serve(new TestService(VIP, 80));
        for (int node = 2; node <= 3; node++) {
            ofA.fromNode(node, Tunnels.vxlan(Topology.mac(1), Topology.mac(node),
                    Packets.syn("192.0.2.7", pod4(1, POD_B), 1400).ports(5000, 8080).bytes()));
            assertEquals(POD_B, only(ofA.run()).port());
            ofB.fromPort(POD_B,
                    Packets.tcp(pod4(1, POD_B), "192.0.2.7", 0).ports(8080, 5000).flags(SYN | ACK).bytes());
            assertEquals(node, only(ofB.run()).vtep());
        }
    }

    /** More flows than a shard that does not work can be told of: the rest are refused, not sent and lost. */
    @Test
    void aShardThatIsBehind() {
        serve(new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 53, true));
        int delivered = 0;
        for (int i = 0; i < 12_000; i++) {
            ofA.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(1024 + i, 53).bytes());
            delivered += ofA.run().size();
        }
        assertTrue(delivered < 12_000 && delivered > 1000, delivered + " delivered");
        ofB.fromPort(POD_B, Packets.udp(pod4(1, POD_B), pod4(1, POD_A), 8).ports(53, 1024 + delivered - 1).bytes());
        assertArrayEquals(Packets.udp(VIP, pod4(1, POD_A), 8).ports(53, 1024 + delivered - 1).ttl(63).bytes(),
                only(ofB.run()).bytes());
    }
}
