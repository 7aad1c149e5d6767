package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_PLAIN;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.FIN;
import static dev.ringway.testing.PacketBuilder.RST;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.OutsideClients;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.service.ServiceCounters;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import dev.ringway.wire.IpProtocol;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the shard of a client and the shard of its backend tell one another of a connection: each sees only one
 * direction, and both must know what the one shard would that saw both. Backends that do not answer are ejected.
 */
class HalvesPathTest {
    private static final String VIP = "10.96.0.10";
    private static final String OTHER_VIP = "10.96.0.11";
    private static final String CLIENT = pod4(1, POD_A);
    private static final int PORT = 4000;
    private static final String OUTSIDE = "192.0.2.7";
    /** Address of a Service outside the cluster. */
    private static final String EXTERNAL = "198.51.100.5";
    /** More than what is told may be old, less than any time-out. */
    private static final int WHILE_S = 25;

    private final ShardPair shards = new ShardPair(new FlowSettings(4096, null, 2, 600, false));
    private final Topology topology = shards.topology;
    private final PathRig ofBackend = shards.even;
    private final PathRig ofClient = shards.odd;

    @AfterEach
    void close() {
        shards.close();
    }

    private void serve(TestService service) {
        shards.serve(service);
    }

    private static TestService web() {
        return new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true);
    }

    private static Sent only(List<Sent> sent) {
        assertEquals(1, sent.size(), sent::toString);
        return sent.getFirst();
    }

    /** What becomes of the client's segment. */
    private List<Sent> ask(int flags) {
        ofClient.fromPort(POD_A, Packets.tcp(CLIENT, VIP, 0).ports(PORT, 80).flags(flags).bytes());
        return ofClient.run();
    }

    /** What the client gets of a segment of its backend. */
    private byte[] answer(int pod, int flags) {
        ofBackend.fromPort(pod, Packets.tcp(pod4(1, pod), CLIENT, 0).ports(8080, PORT).flags(flags).bytes());
        return only(ofBackend.run()).bytes();
    }

    private void connect() {
        assertEquals(POD_B, only(ask(SYN)).port());
        answer(POD_B, SYN | ACK);
        ask(ACK);
    }

    /** Both shards take note of what they were told; their only flow's states. */
    private void assertStates(int client, int backend) {
        ofClient.run();
        ofBackend.run();
        assertEquals(FlowState.name(client), FlowState.name(Flow.state(ofClient.shard.flows().entry(0))));
        assertEquals(FlowState.name(backend), FlowState.name(Flow.state(ofBackend.shard.flows().entry(0))));
    }

    private static int nowS() {
        return (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
    }

    @Test
    void resetByTheBackend() {
        serve(web());
        connect();
        answer(POD_B, RST);
        assertStates(FlowState.CLOSE, FlowState.CLOSE);
        serve(new TestService(VIP, 80).first(2).backend(pod4(1, POD_PLAIN), 8080, true));
        assertEquals(POD_PLAIN, only(ask(SYN)).port(), "chosen anew");
    }

    @Test
    void resetByTheClient() {
        serve(web());
        connect();
        ask(RST);
        assertStates(FlowState.CLOSE, FlowState.CLOSE);
        answer(POD_B, ACK);
        assertStates(FlowState.CLOSE, FlowState.CLOSE);
    }

    /** The client has sent all, the backend takes an hour: its acknowledgement is what the client's half waits by. */
    @Test
    void halfClosed() {
        serve(web());
        connect();
        ask(FIN | ACK);
        assertStates(FlowState.FIN_WAIT, FlowState.FIN_WAIT);
        answer(POD_B, ACK);
        assertStates(FlowState.CLOSE_WAIT, FlowState.CLOSE_WAIT);
        assertEquals(0, ofClient.shard.flows().expire(nowS() + 3000, 64));
        answer(POD_B, FIN | ACK);
        assertStates(FlowState.LAST_ACK, FlowState.LAST_ACK);
        assertEquals(POD_B, only(ask(ACK)).port());
        assertStates(FlowState.TIME_WAIT, FlowState.TIME_WAIT);
    }

    @Test
    void halfClosedByTheBackend() {
        serve(web());
        connect();
        answer(POD_B, FIN | ACK);
        assertStates(FlowState.FIN_WAIT, FlowState.FIN_WAIT);
        ask(ACK);
        assertStates(FlowState.CLOSE_WAIT, FlowState.CLOSE_WAIT);
        ask(FIN | ACK);
        assertStates(FlowState.LAST_ACK, FlowState.LAST_ACK);
        answer(POD_B, ACK);
        assertStates(FlowState.TIME_WAIT, FlowState.TIME_WAIT);
    }

    /** The client asks once, the backend goes on and on: its answers keep both halves. */
    @Test
    void aStreamOfAnswers() {
        serve(new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 53, true));
        ofClient.fromPort(POD_A, Packets.udp(CLIENT, VIP, 8).ports(PORT, 53).bytes());
        ofClient.run();
        ofBackend.run();
        final long client = ofClient.shard.flows().entry(0);
        final long backend = ofBackend.shard.flows().entry(0);
        seen(ofClient, client, false, nowS() - WHILE_S);
        seen(ofBackend, backend, true, nowS() - WHILE_S);
        final int before = nowS();
        ofBackend.fromPort(POD_B, Packets.udp(pod4(1, POD_B), CLIENT, 8).ports(53, PORT).bytes());
        only(ofBackend.run());
        ofClient.run();
        assertTrue(Flow.lastSeenS(client) >= before);
    }

    /** As if a packet had passed in that second. */
    private static void seen(PathRig rig, long flow, boolean reply, int second) {
        final Packet p = new Packet();
        p.protocol = IpProtocol.UDP;
        rig.shard.flows().track(flow, reply, p, second);
    }

    /** Not every packet is told of. */
    @Test
    void whatIsNotNews() {
        serve(web());
        connect();
        assertStates(FlowState.ESTABLISHED, FlowState.ESTABLISHED);
        for (int i = 0; i < 10; i++) {
            answer(POD_B, ACK);
            assertEquals(0, ofClient.step());
            only(ask(ACK));
            assertEquals(0, ofBackend.step());
        }
    }

    /** The node's port, where clients outside come in, is read by the other shard. */
    @Test
    void aMasqueradedClient() {
        serve(new TestService(VIP, 80).external(EXTERNAL, 80).backend(pod4(1, POD_A), 8080, true));
        ofBackend.fromPort(Topology.HOST, Packets.tcp(OUTSIDE, EXTERNAL, 0).ports(PORT, 80).flags(SYN).bytes());
        assertEquals(POD_A, only(ofBackend.run()).port());
        final long flow = ofBackend.shard.flows().entry(0);
        assertTrue(Flow.isMasqueraded(flow));
        ofClient.fromPort(POD_A, Packets.tcp(pod4(1, POD_A), Topology.service4(1), 0)
                .ports(8080, Flow.seenPort(flow)).flags(RST | ACK).bytes());
        assertEquals(Topology.HOST, only(ofClient.run()).port());
        assertStates(FlowState.CLOSE, FlowState.CLOSE);
    }

    @Test
    void anAnswerThatComesAfterTheConnectionHasMoved() {
        serve(web().backend(pod4(1, POD_TCP), 8080, true));
        final int first = only(ask(SYN)).port();
        final int second = only(ask(SYN)).port();
        assertNotEquals(first, second);
        assertArrayEquals(Packets.tcp(pod4(1, first), CLIENT, 0).ports(8080, PORT).flags(SYN | ACK).ttl(63).bytes(),
                answer(first, SYN | ACK), "no answer to what the client has asked");
        assertArrayEquals(Packets.tcp(VIP, CLIENT, 0).ports(80, PORT).flags(SYN | ACK).ttl(63).bytes(),
                answer(second, SYN | ACK));
        assertEquals(second, only(ask(SYN)).port(), "answered, though the client did not get it");
    }

    @Test
    void refusedIsCountedOnce() {
        serve(web());
        ask(SYN);
        answer(POD_B, RST | ACK);
        assertRefusedOnce();
    }

    @Test
    void unreachableIsCountedOnce() {
        serve(web());
        final byte[] asked = only(ask(SYN)).bytes();
        for (int i = 0; i < 2; i++) {
            ofBackend.fromPort(POD_B, Packets.icmp(pod4(1, POD_B), CLIENT, 3, 3, 0, asked).bytes());
            only(ofBackend.run());
        }
        assertRefusedOnce();
    }

    private void assertRefusedOnce() {
        assertStates(FlowState.CLOSE, FlowState.CLOSE);
        for (PathRig rig : List.of(ofClient, ofBackend)) {
            rig.shard.flows().expire(nowS() + 2000, 64);
            assertEquals(0, rig.shard.flows().size());
            assertEquals(0, rig.shard.serviceCounters().ofService(1, ServiceCounters.UNANSWERED));
        }
        assertEquals(1, ofBackend.shard.serviceCounters().ofService(1, ServiceCounters.REFUSED));
    }

    /** After a reset no packet may come: the backend's shard tells when the client's has caught up. */
    @Test
    void theClientsShardIsBehind() {
        serve(web());
        connect();
        ofClient.run();
        topology.services(new TestService(OTHER_VIP, 53).udp().first(5).backend(CLIENT, 53, true)
                .addTo(web().table()));
        shards.publish();
        fill(ofBackend, POD_B);
        answer(POD_B, RST);
        for (int batch = 0; batch < 100; batch++) {
            ofClient.run();
            ofBackend.fromPort(POD_B, Packets.udp(pod4(1, POD_B), pod4(2, POD_B), 8).bytes());
            ofBackend.run();
        }
        assertStates(FlowState.CLOSE, FlowState.CLOSE);
    }

    /** Opens flows from a pod until the other shard can be told of no more. */
    private static void fill(PathRig rig, int pod) {
        int port = 1024;
        do {
            assertTrue(port < 20_000);
            rig.fromPort(pod, Packets.udp(pod4(1, pod), OTHER_VIP, 8).ports(port++, 53).bytes());
        } while (!rig.run().isEmpty());
    }

    /** A connection moves when the shard of its old backend can be told, so that only one of two answers. */
    @Test
    void theBackendsShardIsBehind() {
        final TestService two = web().backend(pod4(1, POD_TCP), 8080, true);
        topology.services(new TestService(OTHER_VIP, 53).udp().first(5).backend(pod4(1, POD_B), 53, true)
                .addTo(two.table()));
        shards.publish();
        final int first = only(ask(SYN)).port();
        fill(ofClient, POD_A);
        final long full = ofClient.drops(DropReason.FLOW_TABLE_FULL);
        assertEquals(List.of(), ask(SYN));
        assertEquals(full + 1, ofClient.drops(DropReason.FLOW_TABLE_FULL));
        ofBackend.run();
        assertNotEquals(first, only(ask(SYN)).port());
    }

    /** The client's packets come from another node, which has kept its address. */
    @Test
    void aClientThatAnotherNodeHasKept() {
        // The pod's IPv6 address is steered elsewhere than by its IPv4 address, which decides who reads it.
        final String pod = "fd00:244:1::ff";
        topology.route(pod + "/128", Adjacency.pod(POD_B));
        topology.keepers(1, 2);
        serve(new TestService(VIP, 80));
        ofClient.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                Packets.syn("2001:db8::7", pod, 1400).ports(PORT, 8080).bytes()));
        assertEquals(POD_B, only(ofClient.run()).port());
        ofBackend.fromPort(POD_B, Packets.tcp(pod, "2001:db8::7", 0).ports(8080, PORT).flags(RST | ACK).bytes());
        assertEquals(2, only(ofBackend.run()).vtep());
        assertStates(FlowState.CLOSE, FlowState.CLOSE);
    }

    /** Another node has handed the client on as it came; answers go out past that node. */
    @Test
    void aClientWhoseAnswersGoOutDirectly() {
        topology.outsideClients(OutsideClients.DIRECT, 1, 2);
        serve(web().external(EXTERNAL, 80));
        ofClient.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                Packets.tcp(OUTSIDE, EXTERNAL, 0).ports(PORT, 80).flags(SYN).bytes()));
        assertEquals(POD_B, only(ofClient.run()).port());
        ofBackend.fromPort(POD_B,
                Packets.tcp(pod4(1, POD_B), OUTSIDE, 0).ports(8080, PORT).flags(RST | ACK).bytes());
        assertEquals(Topology.HOST, only(ofBackend.run()).port());
        assertStates(FlowState.CLOSE, FlowState.CLOSE);
    }
}
