package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.RST;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.conntrack.Flow;
import dev.ringway.fib.OutsideClients;
import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client outside that enters by node 1, to a backend on node 2 which answers it past node 1. */
class DirectReturnPathTest {
    private static final String CLIENT = "192.0.2.7";
    private static final String VIP = "198.51.100.5";
    private static final String VIP6 = "2001:db8:5::5";

    private final PathRig entry = new PathRig();
    private final PathRig there = new PathRig(PathRig.Setup.DEFAULT.node(2));

    @BeforeEach
    void start() {
        direct(1, 2);
        serve(new TestService("10.96.0.10", 80), "");
    }

    @AfterEach
    void close() {
        for (PathRig rig : List.of(entry, there)) {
            assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
            rig.close();
        }
    }

    private void direct(Integer... nodes) {
        entry.topology.outsideClients(OutsideClients.DIRECT, nodes);
        there.topology.outsideClients(OutsideClients.DIRECT, nodes);
        entry.publish();
        there.publish();
    }

    /** The same Service at both nodes, with the external address and one backend, on node 2. */
    private void serve(TestService service, String kind) {
        final boolean six = kind.equals("ipv6");
        service.external(six ? VIP6 : VIP, 80);
        entry.topology.services(service.first(1).backend(six ? pod6(2, POD_B) : pod4(2, POD_B), 8080, false).table());
        entry.publish();
        final TestService other = new TestService(six ? "fd00:96::10" : "10.96.0.10", 80)
                .external(six ? VIP6 : VIP, 80).backend(six ? pod6(2, POD_B) : pod4(2, POD_B), 8080, true);
        there.topology.services((kind.equals("udp") ? other.udp() : other).table());
        there.publish();
    }

    private static PacketBuilder tcp(String source, String destination, int from, int to, int flags) {
        return Packets.tcp(source, destination, 0).ports(from, to).flags(flags);
    }

    private static Sent only(List<Sent> sent) {
        assertEquals(1, sent.size(), sent::toString);
        return sent.getFirst();
    }

    private void pass(byte[] inner) {
        there.fromNode(1, Tunnels.vxlan(mac(2), mac(1), inner));
    }

    /** The client's packet on its way between the nodes. */
    private byte[] between(byte[] packet) {
        entry.fromPort(HOST, packet);
        final Sent sent = only(entry.run());
        assertEquals(2, sent.vtep(), sent::toString);
        return Inspect.inner(List.of(sent)).getFirst();
    }

    /** The client's packet to where it is delivered. */
    private Sent request(byte[] packet) {
        pass(between(packet));
        return only(there.run());
    }

    private Sent answer(byte[] packet) {
        there.fromPort(POD_B, packet);
        return only(there.run());
    }

    @Test
    void thereAndPastTheEntryNode() {
        final byte[] syn = tcp(CLIENT, VIP, 5000, 80, SYN).bytes();
        assertArrayEquals(syn, between(syn));
        pass(syn);
        final Sent request = only(there.run());
        assertEquals(POD_B, request.port());
        assertArrayEquals(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, SYN).ttl(63).bytes(), request.bytes());
        final Sent answer = answer(tcp(pod4(2, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes());
        assertEquals(HOST, answer.port());
        assertArrayEquals(tcp(VIP, CLIENT, 80, 5000, SYN | ACK).bytes(), answer.bytes());
        assertArrayEquals(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, ACK).ttl(63).bytes(),
                request(tcp(CLIENT, VIP, 5000, 80, ACK).bytes()).bytes());
        assertTrue(Flow.isHandedOn(entry.shard.flows().entry(0)));
    }

    @Test
    void ipv6() {
        serve(new TestService("fd00:96::10", 80), "ipv6");
        assertEquals(POD_B, request(tcp("2001:db8::7", VIP6, 5000, 80, SYN).bytes()).port());
        assertArrayEquals(tcp(VIP6, "2001:db8::7", 80, 5000, SYN | ACK).bytes(),
                answer(tcp(pod6(2, POD_B), "2001:db8::7", 8080, 5000, SYN | ACK).bytes()).bytes());
    }

    /** The other node's table has its own addresses with a NodePort, not the one that the client came to. */
    @Test
    void nodePortOfTheOtherNode() {
        entry.topology.services(new TestService("10.96.0.10", 80).backend(pod4(2, POD_B), 8080, false)
                .external("172.30.0.1", 30_080).table());
        entry.publish();
        there.topology.services(new TestService("10.96.0.10", 80).backend(pod4(2, POD_B), 8080, true)
                .token("10.244.2.0", 30_080, "172.30.0.2", 30_080).table());
        there.publish();
        assertArrayEquals(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, SYN).ttl(63).bytes(),
                request(tcp(CLIENT, "172.30.0.1", 5000, 30_080, SYN).bytes()).bytes());
        assertArrayEquals(tcp("172.30.0.1", CLIENT, 30_080, 5000, SYN | ACK).bytes(),
                answer(tcp(pod4(2, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes()).bytes());
    }

    /** Without connection tracking of the kernel, the switch itself gives answers the address that the client knows. */
    @Test
    void backendOfTheEntryNode() {
        entry.topology.services(new TestService("10.96.0.10", 80).external(VIP, 80)
                .backend(pod4(1, POD_B), 8080, true).table());
        entry.publish();
        entry.fromPort(HOST, tcp(CLIENT, VIP, 5000, 80, SYN).bytes());
        assertArrayEquals(tcp(CLIENT, pod4(1, POD_B), 5000, 8080, SYN).bytes(), only(entry.run()).bytes());
        entry.fromPort(POD_B, tcp(pod4(1, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes());
        assertArrayEquals(tcp(VIP, CLIENT, 80, 5000, SYN | ACK).bytes(), only(entry.run()).bytes());
    }

    /** Through a node that takes no part the answers come back, from this node's service address to the client's. */
    @Test
    void backendOfANodeThatTakesNoPart() {
        direct(1);
        entry.fromPort(HOST, tcp(CLIENT, VIP, 5000, 80, SYN).bytes());
        final byte[] inner = Inspect.inner(entry.run()).getFirst();
        assertArrayEquals(new byte[] {10, (byte) 244, 1, 0}, Arrays.copyOfRange(inner, 12, 16));
        final int port = (inner[20] & 0xFF) << 8 | inner[21] & 0xFF;
        entry.fromNode(2, Tunnels.vxlan(mac(1), mac(2),
                tcp(pod4(2, POD_B), "10.244.1.0", 8080, port, SYN | ACK).bytes()));
        final Sent answer = only(entry.run());
        assertEquals(HOST, answer.port());
        assertArrayEquals(tcp(VIP, CLIENT, 80, 5000, SYN | ACK).bytes(), answer.bytes());
    }

    /** A node would not take its own address out of a tunnel, and another node's is not outside. */
    @Test
    void clientsThatAreNodes() {
        entry.fromPort(HOST, tcp("172.30.0.2", VIP, 5000, 80, SYN).bytes());
        final byte[] inner = Inspect.inner(entry.run()).getFirst();
        assertArrayEquals(new byte[] {10, (byte) 244, 1, 0}, Arrays.copyOfRange(inner, 12, 16));
    }

    /** Only a node that says so takes what is addressed to no pod out of a tunnel. */
    @Test
    void withoutTheSettingItIsSpoofed() {
        final byte[] syn = tcp(CLIENT, VIP, 5000, 80, SYN).bytes();
        for (OutsideClients how : new OutsideClients[] {OutsideClients.KEEP, OutsideClients.MASQUERADE}) {
            there.topology.outsideClients(how, 1, 2);
            there.publish();
            pass(syn);
            assertEquals(List.of(), there.run());
        }
        direct(2);
        pass(syn);
        assertEquals(List.of(), there.run());
        assertEquals(3, there.drops(DropReason.SPOOFED_SOURCE), () -> there.drops().toString());
    }

    /** Out of a tunnel a packet goes to a backend here or nowhere. */
    @Test
    void noWayToAThirdNodeNorOutside() {
        there.topology.services(new TestService("10.96.0.10", 80).external(VIP, 80)
                .backend(pod4(3, POD_B), 8080, false).table());
        there.publish();
        pass(tcp(CLIENT, VIP, 5000, 80, SYN).bytes());
        pass(tcp(CLIENT, "198.51.100.99", 5000, 80, SYN).bytes());
        assertEquals(List.of(), there.run());
        assertEquals(1, there.drops(DropReason.SERVICE_NO_LOCAL), () -> there.drops().toString());
        assertEquals(1, there.drops(DropReason.NOT_LOCAL), () -> there.drops().toString());
    }

    /** The client learns from the address that it knows, past the entry node, that nobody serves it any more. */
    @Test
    void refusedWhereTheBackendWas() {
        there.topology.services(new TestService("10.96.0.10", 80).external(VIP, 80).table());
        there.publish();
        pass(tcp(CLIENT, VIP, 5000, 80, SYN).bytes());
        final Sent reset = only(there.run());
        assertEquals(HOST, reset.port());
        assertEquals(RST | ACK, reset.bytes()[33]);
        assertArrayEquals(new byte[] {(byte) 198, 51, 100, 5}, Arrays.copyOfRange(reset.bytes(), 12, 16));
    }

    /** A connection goes on as long as its pod is there, and is reset when that is gone, too. */
    @Test
    void backendGone() {
        request(tcp(CLIENT, VIP, 5000, 80, SYN).bytes());
        answer(tcp(pod4(2, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes());
        there.topology.services(new TestService("10.96.0.10", 80).external(VIP, 80).first(2)
                .backend(pod4(2, POD_A), 8080, true).table());
        there.publish();
        assertEquals(POD_B, request(tcp(CLIENT, VIP, 5000, 80, ACK).bytes()).port());
        there.topology.removePod(POD_B);
        there.topology.starting();
        there.publish();
        pass(between(tcp(CLIENT, VIP, 5000, 80, ACK).bytes()));
        assertEquals(List.of(), there.run(), "silent while pods are being taken over");
        there.topology.settled();
        there.publish();
        final Sent reset = request(tcp(CLIENT, VIP, 5000, 80, ACK).bytes());
        assertEquals(HOST, reset.port());
        assertEquals(RST, reset.bytes()[33] & RST);
        assertEquals(1, there.drops(DropReason.SERVICE_BACKEND_GONE));
    }

    /** The first node would send a client's repeated SYN to where nothing is any more, if it did not look. */
    @Test
    void repeatedSynOfABackendThatIsGone() {
        between(tcp(CLIENT, VIP, 5000, 80, SYN).bytes());
        entry.topology.services(new TestService("10.96.0.10", 80).external(VIP, 80).first(2)
                .backend(pod4(3, POD_B), 8080, false).table());
        entry.topology.outsideClients(OutsideClients.DIRECT, 1, 2, 3);
        entry.publish();
        entry.fromPort(HOST, tcp(CLIENT, VIP, 5000, 80, SYN).bytes());
        assertEquals(3, only(entry.run()).vtep());
    }

    /** The same client's ports to two addresses of one backend: the second looks to it like another port. */
    @Test
    void twoAddressesOfOneBackend() {
        for (PathRig rig : List.of(entry, there)) {
            rig.topology.services(new TestService("10.96.0.10", 80).external(VIP, 80).external(VIP, 81)
                    .backend(pod4(2, POD_B), 8080, rig == there).table());
            rig.publish();
        }
        final byte[] first = request(tcp(CLIENT, VIP, 5000, 80, SYN).bytes()).bytes();
        final byte[] second = request(tcp(CLIENT, VIP, 5000, 81, SYN).bytes()).bytes();
        assertArrayEquals(new byte[] {5000 >> 8, (byte) 5000}, Arrays.copyOfRange(first, 20, 22));
        final int seen = (second[20] & 0xFF) << 8 | second[21] & 0xFF;
        assertArrayEquals(tcp(VIP, CLIENT, 81, 5000, SYN | ACK).bytes(),
                answer(tcp(pod4(2, POD_B), CLIENT, 8080, seen, SYN | ACK).bytes()).bytes());
    }

    @Test
    void datagramsAndTheirFragments() {
        serve(new TestService("10.96.0.10", 80).udp(), "udp");
        assertEquals(POD_B, request(Packets.udp(CLIENT, VIP, 800).ports(5000, 80).id(7).fragment(PacketBuilder.MF)
                .bytes()).port());
        assertEquals(POD_B, request(Packets.other(CLIENT, VIP, PacketBuilder.UDP, Bytes.pattern(100)).id(7)
                .fragment(101).bytes()).port());
        assertEquals(HOST, answer(Packets.udp(pod4(2, POD_B), CLIENT, 60).ports(8080, 5000).bytes()).port());
    }

    /** What a router outside says about an answer comes to the address that this came from, so to the entry node. */
    @Test
    void errorsFromOutside() {
        request(tcp(CLIENT, VIP, 5000, 80, SYN).bytes());
        answer(tcp(pod4(2, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes());
        final byte[] quoted = tcp(VIP, CLIENT, 80, 5000, ACK).bytes();
        final byte[] error = request(Packets.icmp("203.0.113.1", VIP, 3, 4, 1200, quoted).bytes()).bytes();
        assertNull(Inspect.refusal(error));
        assertArrayEquals(tcp(pod4(2, POD_B), CLIENT, 8080, 5000, ACK).bytes(),
                Arrays.copyOfRange(error, 28, error.length));
        assertEquals(1200, (error[26] & 0xFF) << 8 | error[27] & 0xFF);
    }
}
