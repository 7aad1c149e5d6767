package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.gateway6;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.shard.Topology.service4;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.RST;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.conntrack.Flow;
import dev.ringway.packet.DropReason;
import dev.ringway.service.ServiceCounters;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets to and from Services on one node: where they go, what of them changes, and that all of it is undone. */
class ServicePathTest {
    private static final String VIP = "10.96.0.10";
    private static final String VIP6 = "fd00:96::10";
    private static final String OUTSIDE = "192.0.2.7";
    private static final String SERVICE_ADDRESS = "10.244.1.0";
    private static final int TOKEN = 30_080;

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

    private Sent only(List<Sent> sent) {
        assertEquals(1, sent.size(), sent::toString);
        return sent.getFirst();
    }

    /** A connection of pod A's port 4000, with its handshake so far that data may follow. */
    private void connectToPodOfThisNode() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).bytes());
        rig.run();
        rig.fromPort(POD_B, segment(pod4(1, POD_B), pod4(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).bytes());
        rig.run();
    }

    private void connectToPodElsewhere() {
        serve(new TestService(VIP, 80).backend(pod4(2, POD_B), 8080, false));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).bytes());
        rig.run();
        rig.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                segment(pod4(2, POD_B), pod4(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).bytes()));
        rig.run();
    }

    /** The answer to a segment that acknowledges 4711. */
    private static void assertReset(Sent sent) {
        final PacketView reset = new PacketView(sent.bytes());
        assertEquals(RST, reset.tcpFlags());
        assertEquals(4711, reset.sequence());
    }

    private static PacketBuilder syn(String source, String destination, int from, int to) {
        return Packets.syn(source, destination, 1400).ports(from, to);
    }

    private static PacketBuilder segment(String source, String destination, int from, int to, int length) {
        return Packets.tcp(source, destination, length).ports(from, to).flags(ACK);
    }

    @Test
    void localBackend() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).bytes());
        final Sent there = only(rig.run());
        assertEquals(POD_B, there.port());
        assertArrayEquals(syn(pod4(1, POD_A), pod4(1, POD_B), 4000, 8080).ttl(63).bytes(), there.bytes());

        rig.fromPort(POD_B, segment(pod4(1, POD_B), pod4(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).bytes());
        final Sent back = only(rig.run());
        assertEquals(POD_A, back.port());
        assertArrayEquals(segment(VIP, pod4(1, POD_A), 80, 4000, 0).flags(SYN | ACK).ttl(63).bytes(), back.bytes());
        assertEquals(1, rig.shard.flows().size());
    }

    @Test
    void remoteBackend() {
        serve(new TestService(VIP, 80).backend(pod4(2, POD_B), 8080, false));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).bytes());
        assertArrayEquals(syn(pod4(1, POD_A), pod4(2, POD_B), 4000, 8080).ttl(63).bytes(),
                Inspect.inner(rig.run()).getFirst());
        rig.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                segment(pod4(2, POD_B), pod4(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).bytes()));
        assertArrayEquals(segment(VIP, pod4(1, POD_A), 80, 4000, 0).flags(SYN | ACK).ttl(63).bytes(),
                only(rig.run()).bytes());
    }

    /** A whole train is translated, and joined as it would be without. */
    @Test
    void trainOfAnswers() {
        connectToPodElsewhere();
        rig.fromPort(POD_A, segment(pod4(1, POD_A), VIP, 4000, 80, 10).bytes());
        rig.run();
        final byte[][] train = new byte[10][];
        for (int i = 0; i < train.length; i++) {
            train[i] = Tunnels.vxlan(mac(1), mac(2),
                    segment(pod4(2, POD_B), pod4(1, POD_A), 8080, 4000, 1000).sequence(1 + i * 1000).bytes());
        }
        rig.fromNode(2, 0, train[0].length, Bytes.concat(train));
        final Sent sent = only(rig.run());
        assertEquals(1000, Inspect.gsoSize(sent));
        final List<byte[]> packets = Inspect.packets(sent);
        assertEquals(10, packets.size());
        for (byte[] packet : packets) {
            assertNull(Inspect.refusal(packet));
            assertEquals(new PacketView(segment(VIP, pod4(1, POD_A), 80, 4000, 0).bytes()).flow(),
                    new PacketView(packet).flow());
        }
    }

    @Test
    void superPacketsStayUnfinished() {
        connectToPodOfThisNode();
        final PacketBuilder out = segment(pod4(1, POD_A), VIP, 4000, 80, 20_000);
        rig.fromPort(POD_A, out.superHeader(1400), out.unfinished());
        assertArrayEquals(segment(pod4(1, POD_A), pod4(1, POD_B), 4000, 8080, 20_000).ttl(63).unfinished(),
                only(rig.run()).bytes());
        assertEquals(1 + (20_000 + 1399) / 1400, Flow.packets(rig.shard.flows().entry(0), false), "as on a wire");
    }

    @Test
    void ipv6() {
        serve(new TestService(VIP6, 80).backend(pod6(1, POD_B), 8080, true));
        rig.fromPort(POD_A, syn(pod6(1, POD_A), VIP6, 4000, 80).bytes());
        assertArrayEquals(syn(pod6(1, POD_A), pod6(1, POD_B), 4000, 8080).ttl(63).bytes(), only(rig.run()).bytes());
        rig.fromPort(POD_B, segment(pod6(1, POD_B), pod6(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).bytes());
        assertArrayEquals(segment(VIP6, pod6(1, POD_A), 80, 4000, 0).flags(SYN | ACK).ttl(63).bytes(),
                only(rig.run()).bytes());
    }

    /** A pod that is its own backend must see another address than its own. */
    @Test
    void hairpin() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_A), 8080, true));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).bytes());
        final Sent there = only(rig.run());
        assertEquals(POD_A, there.port());
        assertArrayEquals(new byte[] {10, (byte) 244, 1, 0}, new PacketView(there.bytes()).source());
        final int port = new PacketView(there.bytes()).u16(20);
        rig.fromPort(POD_A, segment(pod4(1, POD_A), service4(1), 8080, port, 0).flags(SYN | ACK).bytes());
        final Sent back = only(rig.run());
        assertEquals(POD_A, back.port());
        assertArrayEquals(segment(VIP, pod4(1, POD_A), 80, 4000, 0).flags(SYN | ACK).ttl(63).bytes(), back.bytes());
    }

    /** What the kernel steers in from outside: the client is hidden under policy Cluster. */
    @Test
    void nodePortFromOutside() {
        serve(new TestService(VIP, 80).backend(pod4(2, POD_B), 8080, false)
                .token(SERVICE_ADDRESS, TOKEN, "172.30.0.1", 30_080));
        rig.fromPort(HOST, syn(OUTSIDE, SERVICE_ADDRESS, 5000, TOKEN).bytes());
        final byte[] there = Inspect.inner(rig.run()).getFirst();
        assertNull(Inspect.refusal(there));
        final int port = new PacketView(there).u16(20);
        assertArrayEquals(syn(service4(1), pod4(2, POD_B), port, 8080).ttl(64).bytes(), there);
        rig.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                segment(pod4(2, POD_B), service4(1), 8080, port, 0).flags(SYN | ACK).bytes()));
        final Sent back = only(rig.run());
        assertEquals(HOST, back.port());
        assertArrayEquals(segment(SERVICE_ADDRESS, OUTSIDE, TOKEN, 5000, 0).flags(SYN | ACK).ttl(64).bytes(),
                back.bytes());
    }

    /** Policy Local keeps the client's address. */
    @Test
    void nodePortFromOutsideLocal() {
        serve(new TestService(VIP, 80).externalLocal().backend(pod4(1, POD_B), 8080, true)
                .backend(pod4(2, POD_B), 8080, false).token(SERVICE_ADDRESS, TOKEN, "172.30.0.1", 30_080));
        for (int i = 0; i < 20; i++) {
            rig.fromPort(HOST, syn(OUTSIDE, SERVICE_ADDRESS, 5000 + i, TOKEN).bytes());
            assertArrayEquals(syn(OUTSIDE, pod4(1, POD_B), 5000 + i, 8080).ttl(64).bytes(), only(rig.run()).bytes());
        }
        rig.fromPort(POD_B, segment(pod4(1, POD_B), OUTSIDE, 8080, 5000, 0).flags(SYN | ACK).bytes());
        final Sent back = only(rig.run());
        assertEquals(HOST, back.port());
        assertArrayEquals(segment(SERVICE_ADDRESS, OUTSIDE, TOKEN, 5000, 0).flags(SYN | ACK).bytes(), back.bytes());
    }

    @Test
    void noEndpoints() {
        serve(new TestService(VIP, 80));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).sequence(77).bytes());
        final PacketView reset = new PacketView(only(rig.run()).bytes());
        assertNull(reset.refusal());
        assertEquals(RST | ACK, reset.tcpFlags());
        assertEquals(78, reset.i32(28));
        assertEquals(new PacketView(segment(VIP, pod4(1, POD_A), 80, 4000, 0).bytes()).flow(), reset.flow());
        assertEquals(1, rig.drops(DropReason.SERVICE_REFUSED));
    }

    @Test
    void noEndpointsUdp() {
        serve(new TestService(VIP, 53).udp());
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 30).ports(4000, 53).bytes());
        final PacketView answer = new PacketView(only(rig.run()).bytes());
        assertNull(answer.refusal());
        assertEquals(PacketBuilder.ICMP, answer.protocol());
        assertEquals(3 << 8 | 3, answer.u16(20));
    }

    /** A cluster IP has nothing on ports that are no Service's. */
    @Test
    void portWithoutService() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 81).bytes());
        assertEquals(RST | ACK, new PacketView(only(rig.run()).bytes()).tcpFlags());
    }

    /** A segment of a connection that nobody here knows must not go to just any backend. */
    @Test
    void midstreamIsReset() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, segment(pod4(1, POD_A), VIP, 4000, 80, 100).acknowledgment(4711).bytes());
        assertReset(only(rig.run()));
    }

    /** An ICMP error about a translated packet must tell its sender about the packet that it sent. */
    @Test
    void errorsAreTranslated() {
        serve(new TestService(VIP, 53).udp().backend(pod4(2, POD_B), 5353, false));
        final byte[] question = Packets.udp(pod4(1, POD_A), VIP, 60).ports(4000, 53).ttl(63).bytes();
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 60).ports(4000, 53).bytes());
        final byte[] there = Inspect.inner(rig.run()).getFirst();
        rig.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                Packets.icmp(pod4(2, POD_B), pod4(1, POD_A), 3, 3, 0, there).bytes()));
        final byte[] error = only(rig.run()).bytes();
        assertNull(Inspect.refusal(error));
        assertArrayEquals(Packets.icmp(VIP, pod4(1, POD_A), 3, 3, 0, question).ttl(63).bytes(), error);
    }

    /** And one that the switch sends itself: of the packet as it was sent. */
    @Test
    void ownErrorsQuoteWhatWasSent() {
        serve(new TestService(VIP, 53).udp().backend(pod4(2, POD_B), 5353, false));
        final byte[] big = Packets.udp(pod4(1, Topology.POD_JUMBO), VIP, 3000).ports(4000, 53)
                .fragment(PacketBuilder.DF).bytes();
        rig.fromPort(Topology.POD_JUMBO, big);
        final PacketView error = new PacketView(only(rig.run()).bytes());
        assertNull(error.refusal());
        assertEquals(3 << 8 | 4, error.u16(20));
        assertArrayEquals(Arrays.copyOf(big, 100), Arrays.copyOfRange(error.bytes(), 28, 128));
    }

    /** Later fragments have no ports and go where the first went. */
    @Test
    void fragments() {
        serve(new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 5353, true)
                .backend(pod4(1, Topology.POD_TCP), 5353, true));
        for (int i = 0; i < 30; i++) {
            rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 800).ports(4000 + i, 53).id(i)
                    .fragment(PacketBuilder.MF).bytes());
            final Sent first = only(rig.run());
            rig.fromPort(POD_A, Packets.other(pod4(1, POD_A), VIP, PacketBuilder.UDP, Bytes.pattern(100)).id(i)
                    .fragment(101).bytes());
            final Sent later = only(rig.run());
            assertEquals(first.port(), later.port());
            assertArrayEquals(Packets.other(pod4(1, POD_A), pod4(1, first.port()), PacketBuilder.UDP,
                    Bytes.pattern(100)).id(i).fragment(101).ttl(63).bytes(), later.bytes());
        }
        rig.shard.flows().expire((int) (System.nanoTime() / 1_000_000_000) + 1000, 64);
        assertEquals(60, rig.shard.serviceCounters().ofService(1, ServiceCounters.FORWARD_PACKETS));
        assertEquals(30 * (828 + 120), rig.shard.serviceCounters().ofService(1, ServiceCounters.FORWARD_BYTES));
    }

    /** TCP stays with a backend that is listed no more; if the pod is gone as well, the client is told by a reset. */
    @Test
    void connectionsOfBackendsThatAreGone() {
        connectToPodOfThisNode();
        serve(new TestService(VIP, 80));
        final byte[] data = segment(pod4(1, POD_A), VIP, 4000, 80, 10).acknowledgment(4711).bytes();
        rig.fromPort(POD_A, data);
        assertEquals(POD_B, only(rig.run()).port());
        rig.topology.removePod(POD_B);
        rig.publish();
        rig.fromPort(POD_A, data);
        assertReset(only(rig.run()));
        assertEquals(1, rig.drops(DropReason.SERVICE_BACKEND_GONE));
        assertEquals(0, rig.shard.flows().size());
    }

    /** The same where the pod was another node's, which only that node knows. */
    @Test
    void connectionsOfBackendsThatAreGoneElsewhere() {
        connectToPodElsewhere();
        rig.fromPort(POD_A, segment(pod4(1, POD_A), VIP, 4000, 80, 10).acknowledgment(4711).bytes());
        final byte[] error = Tunnels.vxlan(mac(1), mac(2), Packets.icmp(gateway4(2), pod4(1, POD_A), 3, 1, 0,
                Inspect.inner(rig.run()).getFirst()).bytes());
        rig.fromNode(2, error);
        assertEquals(PacketBuilder.ICMP, new PacketView(only(rig.run()).bytes()).protocol(),
                "still listed: it may come back");
        serve(new TestService(VIP, 80).first(2).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, segment(pod4(1, POD_A), VIP, 4000, 80, 10).acknowledgment(4711).bytes());
        assertEquals(1, Inspect.inner(rig.run()).size(), "it drains");
        rig.fromNode(2, error);
        assertEquals(List.of(), rig.run());
        assertEquals(1, rig.drops(DropReason.SERVICE_BACKEND_GONE));
        rig.fromPort(POD_A, segment(pod4(1, POD_A), VIP, 4000, 80, 10).acknowledgment(4711).bytes());
        assertReset(only(rig.run()));
    }

    /** UDP goes to another backend with the packet after its own has gone. */
    @Test
    void udpBackendsThatStopServing() {
        final TestService both = new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 53, true);
        serve(both);
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(4000, 53).bytes());
        assertEquals(POD_B, only(rig.run()).port());
        serve(new TestService(VIP, 53).udp().first(2).backend(pod4(1, Topology.POD_TCP), 53, true));
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(4000, 53).bytes());
        assertEquals(Topology.POD_TCP, only(rig.run()).port());
        assertEquals(1, rig.shard.flows().size());
    }

    /** Unless there is no other: what is there but not ready may still answer, as with kube-proxy. */
    @Test
    void udpBackendsThatStopServingLast() {
        serve(new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 53, true));
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(4000, 53).bytes());
        assertEquals(POD_B, only(rig.run()).port());
        serve(new TestService(VIP, 53).udp().listed(pod4(1, POD_B), 53, true));
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(4000, 53).bytes());
        assertEquals(POD_B, only(rig.run()).port());
        serve(new TestService(VIP, 53).udp());
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(4000, 53).bytes());
        assertEquals(PacketBuilder.ICMP, new PacketView(only(rig.run()).bytes()).protocol(), "it is gone");
    }

    /** Of the node's other IP version, of a second interface, or a load balancer's that is bound here. */
    @Test
    void allOfTheNodesAddressesAreTheNodes() {
        rig.topology.nodeAddress("198.51.100.9");
        serve(new TestService(VIP, 80).externalLocal().backend(pod4(2, POD_B), 8080, false)
                .token(SERVICE_ADDRESS, TOKEN, "172.30.0.1", 30_080));
        rig.fromPort(HOST, syn("198.51.100.9", SERVICE_ADDRESS, 5000, TOKEN).bytes());
        assertEquals(1, Inspect.inner(rig.run()).size(), "policy Local is for clients outside");
        rig.fromPort(HOST, syn(OUTSIDE, SERVICE_ADDRESS, 5000, TOKEN).bytes());
        assertEquals(List.of(), rig.run());
        assertEquals(1, rig.drops(DropReason.SERVICE_NO_LOCAL));
    }

    /** A backend on the node's own network: its kernel must answer through the switch. */
    @Test
    void backendsOfTheHostNetwork() {
        serve(new TestService(VIP, 80).backend("172.30.0.1", 8080, true));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).bytes());
        final Sent there = only(rig.run());
        assertEquals(HOST, there.port());
        assertArrayEquals(syn(pod4(1, POD_A), "172.30.0.1", 4000, 8080).ttl(64).bytes(), there.bytes());
        rig.fromPort(HOST, segment("172.30.0.1", pod4(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).bytes());
        assertArrayEquals(segment(VIP, pod4(1, POD_A), 80, 4000, 0).flags(SYN | ACK).bytes(),
                only(rig.run()).bytes());
        rig.fromPort(HOST, syn(gateway4(1), VIP, 4000, 80).bytes());
        final byte[] own = only(rig.run()).bytes();
        final int port = new PacketView(own).u16(20);
        assertArrayEquals(syn(service4(1), "172.30.0.1", port, 8080).bytes(), own);
        rig.fromPort(HOST, segment("172.30.0.1", service4(1), 8080, port, 0).flags(SYN | ACK).bytes());
        assertArrayEquals(segment(VIP, gateway4(1), 80, 4000, 0).flags(SYN | ACK).bytes(), only(rig.run()).bytes());
    }

    /** Pods that use the same ports through a Service and past it must not get each other's answers. */
    @Test
    void directConnectionWithTheSamePorts() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).bytes());
        rig.run();
        rig.fromPort(POD_A, syn(pod4(1, POD_A), pod4(1, POD_B), 4000, 8080).bytes());
        final byte[] direct = only(rig.run()).bytes();
        final int port = new PacketView(direct).u16(20);
        assertTrue(port != 4000);
        rig.fromPort(POD_B, segment(pod4(1, POD_B), pod4(1, POD_A), 8080, port, 0).flags(SYN | ACK).bytes());
        assertArrayEquals(segment(pod4(1, POD_B), pod4(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).ttl(63).bytes(),
                only(rig.run()).bytes());
    }

    @Test
    void clientsOfTheNodeItself() {
        serve(new TestService(VIP6, 80).backend(pod6(2, POD_B), 8080, false));
        rig.fromPort(HOST, segment(gateway6(1), VIP6, 4000, 80, 0).flags(SYN).bytes());
        assertArrayEquals(segment(gateway6(1), pod6(2, POD_B), 4000, 8080, 0).flags(SYN).bytes(),
                Inspect.inner(rig.run()).getFirst());
    }

    /** Passive ejection: what is not answered is sent elsewhere, and a backend that fails again gets nothing new. */
    @Test
    void unansweredConnectionsGoElsewhere() {
        final FlowSettings settings = new FlowSettings(4096, null, 2, 600, false);
        try (PathRig ejecting = new PathRig(PathRig.Setup.DEFAULT, settings)) {
            ejecting.topology.services(new TestService(VIP, 80).backend(pod4(1, POD_B), 80, true)
                    .backend(pod4(1, Topology.POD_TCP), 80, true).table());
            ejecting.publish();
            int first = 0;
            for (int port = 4000; port < 4040; port++) {
                int to = connect(ejecting, port);
                if (to == POD_B) {
                    first++;
                    // No answer: the client sends again.
                    to = connect(ejecting, port);
                }
                assertEquals(Topology.POD_TCP, to);
                ejecting.fromPort(to, segment(pod4(1, to), pod4(1, POD_A), 80, port, 0).flags(SYN | ACK).bytes());
                ejecting.run();
            }
            assertEquals(2, first);
            assertEquals(1, ejecting.shard.ejections().size());
        }
    }

    private static int connect(PathRig rig, int port) {
        rig.fromPort(POD_A, syn(pod4(1, POD_A), VIP, port, 80).bytes());
        final List<Sent> sent = rig.run();
        assertEquals(1, sent.size());
        return sent.getFirst().port();
    }

    @Test
    void refusedConnectionsCountAgainstTheirBackend() {
        final FlowSettings settings = new FlowSettings(4096, null, 1, 600, false);
        try (PathRig ejecting = new PathRig(PathRig.Setup.DEFAULT, settings)) {
            ejecting.topology.services(new TestService(VIP, 80).backend(pod4(1, POD_B), 80, true)
                    .backend(pod4(1, Topology.POD_TCP), 80, true).table());
            ejecting.publish();
            int refused = 0;
            for (int port = 4000; port < 4040; port++) {
                final int to = connect(ejecting, port);
                if (to == POD_B) {
                    refused++;
                    ejecting.fromPort(to, segment(pod4(1, to), pod4(1, POD_A), 80, port, 0).flags(RST | ACK).bytes());
                    ejecting.run();
                }
            }
            assertEquals(1, refused);
            assertEquals(1, ejecting.shard.serviceCounters().ofService(1, ServiceCounters.REFUSED));
        }
    }

    /** Pods that come by a cluster IP are hidden, if that is wanted, and get their answers; others are as they were. */
    @Test
    void masqueradeAll() {
        try (PathRig hiding = new PathRig(PathRig.Setup.DEFAULT, new FlowSettings(4096, null, 0, 0, true))) {
            hiding.topology.services(new TestService(VIP, 80).backend(pod4(2, POD_B), 8080, false)
                    .external("198.51.100.7", 80).table());
            hiding.publish();
            hiding.fromPort(POD_A, syn(pod4(1, POD_A), VIP, 4000, 80).bytes());
            final byte[] there = Inspect.inner(hiding.run()).getFirst();
            assertNull(Inspect.refusal(there));
            final int port = new PacketView(there).u16(20);
            assertArrayEquals(syn(service4(1), pod4(2, POD_B), port, 8080).ttl(63).bytes(), there);
            hiding.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                    segment(pod4(2, POD_B), service4(1), 8080, port, 0).flags(SYN | ACK).bytes()));
            assertArrayEquals(segment(VIP, pod4(1, POD_A), 80, 4000, 0).flags(SYN | ACK).ttl(63).bytes(),
                    only(hiding.run()).bytes());
            hiding.fromPort(POD_A, syn(pod4(1, POD_A), "198.51.100.7", 4001, 80).bytes());
            assertArrayEquals(syn(pod4(1, POD_A), pod4(2, POD_B), 4001, 8080).ttl(63).bytes(),
                    Inspect.inner(hiding.run()).getFirst());
            hiding.fromPort(HOST, syn(gateway4(1), VIP, 4002, 80).bytes());
            assertArrayEquals(syn(gateway4(1), pod4(2, POD_B), 4002, 8080).bytes(),
                    Inspect.inner(hiding.run()).getFirst());
        }
    }

    /** A client keeps its backend as long as that serves, over connections; others have theirs. */
    @Test
    void sessionAffinity() {
        final int[] pods = {POD_B, Topology.POD_TCP, Topology.POD_HEADER, Topology.POD_PLAIN};
        final TestService all = new TestService(VIP, 80).affinity(3600);
        for (int pod : pods) {
            all.backend(pod4(1, pod), 80, true);
        }
        serve(all);
        final int mine = connect(rig, 4000);
        for (int port = 4001; port < 4040; port++) {
            assertEquals(mine, connect(rig, port));
        }
        final TestService rest = new TestService(VIP, 80).affinity(3600);
        for (int i = 0; i < pods.length; i++) {
            if (pods[i] != mine) {
                rest.first(1 + i).backend(pod4(1, pods[i]), 80, true);
            }
        }
        serve(rest);
        final int next = connect(rig, 4040);
        assertTrue(next != mine);
        serve(all);
        for (int port = 4041; port < 4080; port++) {
            assertEquals(next, connect(rig, port));
        }
    }

    @Test
    void leastFlows() {
        serve(new TestService(VIP, 80).leastFlows().backend(pod4(1, POD_B), 80, true)
                .backend(pod4(1, Topology.POD_TCP), 80, true).backend(pod4(1, Topology.POD_HEADER), 80, true));
        final int[] counts = new int[8];
        for (int port = 4000; port < 4030; port++) {
            counts[connect(rig, port)]++;
        }
        assertEquals(10, counts[POD_B]);
        assertEquals(10, counts[Topology.POD_TCP]);
        assertEquals(10, counts[Topology.POD_HEADER]);
    }

    /** The clock of microseconds comes round every 71 minutes, with its sign every 36. */
    @ParameterizedTest
    @ValueSource(longs = {1L << 32, 1L << 31, 5L << 31, 1000})
    void latencyWhileTheClockComesRound(long atUs) {
        final AtomicLong nowNs = new AtomicLong((atUs - 100) * 1000);
        try (PathRig rounded = new PathRig(PathRig.Setup.DEFAULT, PathRig.FLOWS, nowNs::get)) {
            rounded.topology.services(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true).table());
            rounded.publish();
            connect(rounded, 4000);
            nowNs.addAndGet(150_000);
            rounded.fromPort(POD_B,
                    segment(pod4(1, POD_B), pod4(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).bytes());
            rounded.run();
            assertEquals(150, rounded.shard.serviceCounters().latencySum(1));
            assertEquals(1, rounded.shard.serviceCounters().latencies(1, 2), "from 128 to 255");
        }
    }

    @Test
    void whatGoesThroughIsCounted() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_B), 8080, true));
        connect(rig, 4000);
        rig.fromPort(POD_B, segment(pod4(1, POD_B), pod4(1, POD_A), 8080, 4000, 0).flags(SYN | ACK).bytes());
        rig.run();
        rig.fromPort(POD_A, segment(pod4(1, POD_A), VIP, 4000, 80, 100).bytes());
        rig.run();
        rig.fromPort(POD_A, segment(pod4(1, POD_A), VIP, 4000, 80, 0).flags(RST).bytes());
        rig.run();
        final ServiceCounters counters = rig.shard.serviceCounters();
        assertEquals(1, counters.ofService(1, ServiceCounters.FLOWS));
        long answers = 0;
        for (int i = 0; i < ServiceCounters.BUCKETS; i++) {
            answers += counters.latencies(1, i);
        }
        assertEquals(1, answers);
        // Packets are added when the flow ends.
        rig.shard.flows().expire((int) (System.nanoTime() / 1_000_000_000) + 1000, 64);
        assertEquals(0, rig.shard.flows().size());
        assertEquals(3, counters.ofService(1, ServiceCounters.FORWARD_PACKETS));
        assertEquals(1, counters.ofService(1, ServiceCounters.REPLY_PACKETS));
        assertEquals(0, counters.ofService(1, ServiceCounters.UNANSWERED));
    }
}
