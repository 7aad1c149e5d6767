package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.shard.Topology.service4;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ICMP queries to a cluster IP (RFC 5508): one of its backends answers, and the asker sees the cluster IP answer. */
class ServicePingTest {
    private static final String VIP = "10.96.0.10";
    private static final String VIP6 = "fd00:96::10";
    private static final int ASK = 8;
    private static final int ASK6 = 128;
    private static final int ANSWER6 = 129;
    /** Identifier and sequence. */
    private static final int FIRST = 0x1234_0001;

    private final PathRig rig = new PathRig();

    @AfterEach
    void close() {
        assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
        rig.close();
    }

    private void serve(TestService service) {
        rig.topology.services(service.table());
        rig.publish();
    }

    private byte[] only() {
        final List<Sent> sent = rig.run();
        assertEquals(1, sent.size(), () -> sent + " " + rig.drops());
        return sent.getFirst().isTunnel() ? Inspect.inner(sent).getFirst() : sent.getFirst().bytes();
    }

    private static PacketBuilder echo(String source, String destination, int type, int rest) {
        return Packets.icmp(source, destination, type, 0, rest, Bytes.pattern(56));
    }

    @Test
    void aBackendAnswers() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        for (int sequence = 0; sequence < 3; sequence++) {
            rig.fromPort(POD_A, echo(pod4(1, POD_A), VIP, ASK, FIRST + sequence).bytes());
            assertArrayEquals(echo(pod4(1, POD_A), pod4(1, POD_B), ASK, FIRST + sequence).ttl(63).bytes(), only());
            rig.fromPort(POD_B, echo(pod4(1, POD_B), pod4(1, POD_A), 0, FIRST + sequence).bytes());
            assertArrayEquals(echo(VIP, pod4(1, POD_A), 0, FIRST + sequence).ttl(63).bytes(), only());
        }
        assertEquals(1, rig.shard.flows().size());
        assertEquals(FlowState.QUERY, Flow.state(rig.shard.flows().entry(0)));
    }

    @Test
    void ofAnotherNodeOverIpv6() {
        serve(new TestService(VIP6, 80).backend(pod6(2, POD_B), 8080, false));
        rig.fromPort(POD_A, echo(pod6(1, POD_A), VIP6, ASK6, FIRST).bytes());
        assertArrayEquals(echo(pod6(1, POD_A), pod6(2, POD_B), ASK6, FIRST).ttl(63).bytes(), only());
        rig.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                echo(pod6(2, POD_B), pod6(1, POD_A), ANSWER6, FIRST).bytes()));
        assertArrayEquals(echo(VIP6, pod6(1, POD_A), ANSWER6, FIRST).ttl(63).bytes(), only());
    }

    /** A masqueraded query gets another identifier, as a connection gets another port. */
    @Test
    void ofThePodItself() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_A), 8080, true));
        rig.fromPort(POD_A, echo(pod4(1, POD_A), VIP, ASK, FIRST).bytes());
        final byte[] there = only();
        final int rest = new PacketView(there).i32(24);
        assertTrue(rest >>> 16 != FIRST >>> 16);
        assertArrayEquals(echo(service4(1), pod4(1, POD_A), ASK, rest).ttl(63).bytes(), there);
        rig.fromPort(POD_A, echo(pod4(1, POD_A), service4(1), 0, rest).bytes());
        assertArrayEquals(echo(VIP, pod4(1, POD_A), 0, FIRST).ttl(63).bytes(), only());
    }

    @Test
    void timestamps() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, Packets.icmp(pod4(1, POD_A), VIP, 13, 0, FIRST, new byte[12]).bytes());
        assertArrayEquals(Packets.icmp(pod4(1, POD_A), pod4(1, POD_B), 13, 0, FIRST, new byte[12]).ttl(63).bytes(),
                only());
        rig.fromPort(POD_B, Packets.icmp(pod4(1, POD_B), pod4(1, POD_A), 14, 0, FIRST, new byte[12]).bytes());
        assertArrayEquals(Packets.icmp(VIP, pod4(1, POD_A), 14, 0, FIRST, new byte[12]).ttl(63).bytes(), only());
    }

    /** Traceroute: an error about a query quotes what its sender sent, with right checksums of all three headers. */
    @Test
    void errorsAboutQueries() {
        serve(new TestService(VIP, 80).backend(pod4(2, POD_B), 8080, false));
        rig.fromPort(POD_A, echo(pod4(1, POD_A), VIP, ASK, FIRST).ttl(2).bytes());
        final byte[] there = only();
        rig.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                Packets.icmp(gateway4(2), pod4(1, POD_A), 11, 0, 0, there).bytes()));
        final byte[] error = only();
        assertNull(Inspect.refusal(error));
        assertArrayEquals(Packets.icmp(gateway4(2), pod4(1, POD_A), 11, 0, 0,
                echo(pod4(1, POD_A), VIP, ASK, FIRST).ttl(1).bytes()).ttl(63).bytes(), error);
    }

    /** The backend of any port will do, since a query has none; one without backends will not. */
    @Test
    void aPortWithBackends() {
        rig.topology.services(new TestService(VIP, 443).backend(pod4(1, POD_B), 8443, true)
                .addTo(new TestService(VIP, 80).table()));
        rig.publish();
        rig.fromPort(POD_A, echo(pod4(1, POD_A), VIP, ASK, FIRST).bytes());
        assertArrayEquals(echo(pod4(1, POD_A), pod4(1, POD_B), ASK, FIRST).ttl(63).bytes(), only());
    }

    @Test
    void nobodyToAnswer() {
        serve(new TestService(VIP, 80));
        rig.fromPort(POD_A, echo(pod4(1, POD_A), VIP, ASK, FIRST).bytes());
        final PacketView error = new PacketView(only());
        assertEquals(3 << 8 | 3, error.u16(20));
        rig.fromPort(POD_A, echo(pod4(1, POD_A), VIP, 0, FIRST).bytes());
        rig.run();
        assertEquals(2, rig.drops(DropReason.SERVICE_REFUSED), "an answer that nobody has asked for is no query");
        assertEquals(0, rig.shard.flows().size());
    }

    /** As with UDP: the next query after the backend has gone asks another one. */
    @Test
    void backendsThatStopServing() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, echo(pod4(1, POD_A), VIP, ASK, FIRST).bytes());
        only();
        serve(new TestService(VIP, 80).first(2).backend(pod4(1, Topology.POD_TCP), 8080, true));
        rig.fromPort(POD_A, echo(pod4(1, POD_A), VIP, ASK, FIRST + 1).bytes());
        assertArrayEquals(echo(pod4(1, POD_A), pod4(1, Topology.POD_TCP), ASK, FIRST + 1).ttl(63).bytes(), only());
        assertEquals(1, rig.shard.flows().size());
    }

    /** Pings from pod to pod are nobody's business. */
    @Test
    void betweenPods() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, echo(pod4(1, POD_A), pod4(1, POD_B), ASK, FIRST).bytes());
        assertArrayEquals(echo(pod4(1, POD_A), pod4(1, POD_B), ASK, FIRST).ttl(63).bytes(), only());
        assertEquals(0, rig.shard.flows().size());
    }
}
