package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.FIN;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.fib.Adjacency;
import dev.ringway.service.ServiceCounters;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections whose directions pass different shards: the client's pod is read by one, the backend's by the other. */
class ShardsPathTest {
    private static final String VIP = "10.96.0.10";

    private final ShardPair shards = new ShardPair(PathRig.FLOWS);
    private final Topology topology = shards.topology;
    private final PathRig ofB = shards.even;
    private final PathRig ofA = shards.odd;

    @AfterEach
    void close() {
        shards.close();
    }

    private void serve(TestService service) {
        shards.serve(service);
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
        // The pod's IPv6 address is steered elsewhere than by its IPv4 address, which decides who reads it.
        final String pod = "fd00:244:1::ff";
        topology.route(pod + "/128", Adjacency.pod(POD_B));
        topology.keepers(1, 2, 3);
        serve(new TestService(VIP, 80));
        for (int node = 2; node <= 3; node++) {
            ofA.fromNode(node, Tunnels.vxlan(Topology.mac(1), Topology.mac(node),
                    Packets.syn("2001:db8::7", pod, 1400).ports(5000, 8080).bytes()));
            assertEquals(POD_B, only(ofA.run()).port());
            ofB.fromPort(POD_B, Packets.tcp(pod, "2001:db8::7", 0).ports(8080, 5000).flags(SYN | ACK).bytes());
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

    /** A shard takes note of what others tell also when no packet comes to it. */
    @Test
    void aShardThatReceivesNothing() {
        serve(new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 53, true));
        for (int i = 0; i < 12_000; i++) {
            ofA.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(1024 + i % 3000, 53).bytes());
            assertEquals(1, ofA.run().size());
            assertEquals(List.of(), ofB.run());
        }
    }

    /** The kernel steers a train by its first datagram: what follows may be another shard's. */
    @Test
    void trainsOfSeveralShards() {
        serve(new TestService(VIP, 80).backend(pod4(2, POD_A), 8080, false));
        ofA.fromPort(POD_A, Packets.syn(pod4(1, POD_A), VIP, 1400).ports(4000, 80).bytes());
        ofA.run();
        final byte[] toB = fromNode2(Packets.tcp(pod4(2, POD_A), pod4(1, POD_B), 0).ports(8080, 4000));
        final byte[] toA = fromNode2(Packets.tcp(pod4(2, POD_A), pod4(1, POD_A), 0).ports(8080, 4000)
                .flags(SYN | ACK));
        ofB.fromNode(2, 0, toB.length, Bytes.concat(toB, toA, toB));
        for (Sent sent : ofB.run()) {
            assertEquals(POD_B, sent.port());
        }
        final Sent answer = only(ofA.run());
        assertEquals(POD_A, answer.port());
        assertArrayEquals(Packets.tcp(VIP, pod4(1, POD_A), 0).ports(80, 4000).flags(SYN | ACK).ttl(63).bytes(),
                answer.bytes());
        assertEquals(1, topology.vtep(2).counters(1).rxPackets());
        assertEquals(2, topology.vtep(2).counters(0).rxPackets());
        assertEquals(0, ofA.lentBuffers());
    }

    private static byte[] fromNode2(PacketBuilder packet) {
        return Tunnels.vxlan(Topology.mac(1), Topology.mac(2), packet.bytes());
    }

    /** What the client's packets say of a flow reaches the half that its answers pass. */
    @Test
    void theAnswersHalfLearnsThatAConnectionIsEstablished() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        ofA.fromPort(POD_A, Packets.syn(pod4(1, POD_A), VIP, 1400).ports(4000, 80).bytes());
        ofA.run();
        ofB.fromPort(POD_B, Packets.tcp(pod4(1, POD_B), pod4(1, POD_A), 0).ports(8080, 4000).flags(SYN | ACK)
                .bytes());
        ofB.run();
        assertEquals(FlowState.SYN_RECV, Flow.state(ofB.shard.flows().entry(0)));
        ofA.fromPort(POD_A, Packets.tcp(pod4(1, POD_A), VIP, 0).ports(4000, 80).flags(ACK).bytes());
        ofA.run();
        ofB.run();
        assertEquals(FlowState.ESTABLISHED, Flow.state(ofB.shard.flows().entry(0)));
        assertEquals(1, ofB.shard.flows().size());
    }

    /** A client that has closed and begins anew from the same port is balanced anew, and both halves are. */
    @Test
    void aNewConnectionOfTheSamePorts() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        ofA.fromPort(POD_A, Packets.syn(pod4(1, POD_A), VIP, 1400).ports(4000, 80).bytes());
        ofA.run();
        ofA.fromPort(POD_A, Packets.tcp(pod4(1, POD_A), VIP, 0).ports(4000, 80).flags(ACK).bytes());
        ofA.fromPort(POD_A, Packets.tcp(pod4(1, POD_A), VIP, 0).ports(4000, 80).flags(FIN | ACK).bytes());
        ofA.run();
        assertEquals(FlowState.FIN_WAIT, Flow.state(ofA.shard.flows().entry(0)));
        serve(new TestService(VIP, 80).first(2).backend(pod4(1, 4), 8080, true));
        ofA.fromPort(POD_A, Packets.syn(pod4(1, POD_A), VIP, 1400).ports(4000, 80).bytes());
        assertEquals(4, only(ofA.run()).port());
        assertEquals(1, ofA.shard.flows().size());
    }
}
