package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client outside that enters by node 1, to a backend on node 2 which sees its address: there and back. */
class KeptClientPathTest {
    private static final String CLIENT = "192.0.2.7";
    private static final String CLIENT6 = "2001:db8::7";
    private static final String SERVICE_ADDRESS = "10.244.1.0";
    private static final int TOKEN = 30_080;

    private final PathRig entry = new PathRig();
    private final PathRig there = new PathRig(PathRig.Setup.DEFAULT.node(2));

    @BeforeEach
    void serve() {
        entry.topology.keepers(1, 2);
        entry.topology.services(new TestService("10.96.0.10", 80).backend(pod4(2, POD_B), 8080, false)
                .token(SERVICE_ADDRESS, TOKEN, "172.30.0.1", 30_080).table());
        entry.publish();
        there.topology.keepers(1, 2, 3);
        there.publish();
    }

    @AfterEach
    void close() {
        for (PathRig rig : List.of(entry, there)) {
            assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
            rig.close();
        }
    }

    private static PacketBuilder tcp(String source, String destination, int from, int to, int flags) {
        return Packets.tcp(source, destination, 0).ports(from, to).flags(flags);
    }

    private static Sent only(List<Sent> sent) {
        assertEquals(1, sent.size(), sent::toString);
        return sent.getFirst();
    }

    private static void pass(byte[] inner, PathRig to, int from, int own) {
        to.fromNode(from, Tunnels.vxlan(mac(own), mac(from), inner));
    }

    /** The client's packet to where it is delivered. */
    private Sent request(byte[] packet) {
        entry.fromPort(HOST, packet);
        pass(Inspect.inner(entry.run()).getFirst(), there, 1, 2);
        return only(there.run());
    }

    /** The pod's packet to where it leaves the cluster. */
    private Sent answer(byte[] packet) {
        there.fromPort(POD_B, packet);
        pass(Inspect.inner(there.run()).getFirst(), entry, 2, 1);
        return only(entry.run());
    }

    private void connect(int port) {
        request(tcp(CLIENT, SERVICE_ADDRESS, port, TOKEN, SYN).bytes());
        answer(tcp(pod4(2, POD_B), CLIENT, 8080, port, SYN | ACK).bytes());
    }

    @Test
    void thereAndBack() {
        final Sent request = request(tcp(CLIENT, SERVICE_ADDRESS, 5000, TOKEN, SYN).bytes());
        assertEquals(POD_B, request.port());
        assertArrayEquals(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, SYN).ttl(63).bytes(), request.bytes());
        final Sent answer = answer(tcp(pod4(2, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes());
        assertEquals(HOST, answer.port());
        assertArrayEquals(tcp(SERVICE_ADDRESS, CLIENT, TOKEN, 5000, SYN | ACK).ttl(63).bytes(), answer.bytes());
        final Sent next = request(tcp(CLIENT, SERVICE_ADDRESS, 5000, TOKEN, ACK).bytes());
        assertArrayEquals(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, ACK).ttl(63).bytes(), next.bytes());
    }

    /** A backend of the entry node itself sees the client as well. */
    @Test
    void localBackend() {
        entry.topology.services(new TestService("10.96.0.10", 80).backend(pod4(1, POD_B), 8080, true)
                .token(SERVICE_ADDRESS, TOKEN, "172.30.0.1", 30_080).table());
        entry.publish();
        entry.fromPort(HOST, tcp(CLIENT, SERVICE_ADDRESS, 5000, TOKEN, SYN).bytes());
        assertArrayEquals(tcp(CLIENT, pod4(1, POD_B), 5000, 8080, SYN).bytes(), only(entry.run()).bytes());
        entry.fromPort(POD_B, tcp(pod4(1, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes());
        assertArrayEquals(tcp(SERVICE_ADDRESS, CLIENT, TOKEN, 5000, SYN | ACK).bytes(), only(entry.run()).bytes());
    }

    /** To a node that takes no part the client looks like the entry node, or its answers would go astray. */
    @Test
    void otherNodesSeeTheEntryNode() {
        entry.topology.keepers(1);
        entry.publish();
        entry.fromPort(HOST, tcp(CLIENT, SERVICE_ADDRESS, 5000, TOKEN, SYN).bytes());
        final byte[] inner = Inspect.inner(entry.run()).getFirst();
        assertArrayEquals(new byte[] {10, (byte) 244, 1, 0}, Arrays.copyOfRange(inner, 12, 16));
    }

    /** And such a node accepts no addresses from outside out of a tunnel. */
    @Test
    void withoutTheSettingItIsSpoofed() {
        there.topology.keepers(1);
        there.publish();
        pass(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, SYN).bytes(), there, 1, 2);
        assertEquals(List.of(), there.run());
        assertEquals(1, there.drops(DropReason.SPOOFED_SOURCE));
    }

    /** Only addresses outside the cluster are kept, and only for pods. */
    @Test
    void addressesOfTheClusterStayStrict() {
        for (String source : new String[] {pod4(3, 1), pod4(2, 1), "10.244.9.1", "10.244.2.1", "172.30.0.2"}) {
            pass(tcp(source, pod4(2, POD_B), 5000, 8080, SYN).bytes(), there, 1, 2);
        }
        assertEquals(List.of(), there.run());
        assertEquals(5, there.drops(DropReason.SPOOFED_SOURCE), () -> there.drops().toString());
        for (String destination : new String[] {"10.244.2.1", "198.51.100.1", pod4(3, 1)}) {
            pass(tcp(CLIENT, destination, 5000, 8080, SYN).bytes(), there, 1, 2);
        }
        assertEquals(List.of(), there.run());
        assertEquals(8, there.drops(DropReason.SPOOFED_SOURCE));
        assertEquals(0, there.shard.flows().size());
    }

    /** A tunnel leads to the outside for answers to clients that came that way, and for nothing else. */
    @Test
    void noWayOutForOthers() {
        connect(5000);
        pass(tcp(pod4(2, POD_B), CLIENT, 8080, 5001, ACK).bytes(), entry, 2, 1);
        assertEquals(List.of(), entry.run());
        assertEquals(1, entry.drops(DropReason.NOT_LOCAL));
    }

    /** What a pod itself sends outside leaves by its own node. */
    @Test
    void ownConnectionsLeaveHere() {
        connect(5000);
        there.fromPort(POD_B, tcp(pod4(2, POD_B), CLIENT, 40_000, 443, SYN).bytes());
        assertEquals(HOST, only(there.run()).port());
    }

    /** The network outside may change the node that a client enters by; answers follow. */
    @Test
    void answersFollowTheClient() {
        pass(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, SYN).bytes(), there, 1, 2);
        there.run();
        pass(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, SYN).bytes(), there, 3, 2);
        there.run();
        there.fromPort(POD_B, tcp(pod4(2, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes());
        assertEquals(3, only(there.run()).vtep());
    }

    @Test
    void theEntryNodeHasLeft() {
        pass(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, SYN).bytes(), there, 3, 2);
        there.run();
        there.topology.removeNode(3);
        there.publish();
        there.fromPort(POD_B, tcp(pod4(2, POD_B), CLIENT, 8080, 5000, SYN | ACK).bytes());
        assertEquals(POD_B, only(there.run()).port());
        assertEquals(1, there.drops(DropReason.NO_ROUTE));
    }

    /** Nobody here knows what a connection in its midst is: the client is told, by the way it came. */
    @Test
    void midstream() {
        pass(tcp(CLIENT, pod4(2, POD_B), 5000, 8080, ACK).bytes(), there, 1, 2);
        final byte[] reset = Inspect.inner(there.run()).getFirst();
        assertNull(Inspect.refusal(reset));
        assertEquals(PacketBuilder.RST, new PacketView(reset).tcpFlags());
        assertEquals(1, there.drops(DropReason.SERVICE_NO_FLOW));
    }

    @Test
    void datagramsAndTheirFragments() {
        final byte[] first = Packets.udp(CLIENT, pod4(2, POD_B), 800).ports(5000, 53).id(7)
                .fragment(PacketBuilder.MF).bytes();
        final byte[] later = Packets.other(CLIENT, pod4(2, POD_B), PacketBuilder.UDP, Bytes.pattern(100)).id(7)
                .fragment(101).bytes();
        pass(first, there, 1, 2);
        assertEquals(POD_B, only(there.run()).port());
        pass(later, there, 1, 2);
        assertEquals(POD_B, only(there.run()).port());
        there.fromPort(POD_B, Packets.udp(pod4(2, POD_B), CLIENT, 800).ports(53, 5000).id(8)
                .fragment(PacketBuilder.MF).bytes());
        there.run();
        there.fromPort(POD_B, Packets.other(pod4(2, POD_B), CLIENT, PacketBuilder.UDP, Bytes.pattern(100)).id(8)
                .fragment(101).bytes());
        assertEquals(1, only(there.run()).vtep());
    }

    /** What a pod says about a packet reaches the client from the address that it sent to. */
    @Test
    void errors() {
        final byte[] question = Packets.udp(CLIENT, SERVICE_ADDRESS, 60).ports(5000, TOKEN).bytes();
        entry.topology.services(new TestService("10.96.0.10", 53).udp().backend(pod4(2, POD_B), 53, false)
                .token(SERVICE_ADDRESS, TOKEN, "172.30.0.1", TOKEN).table());
        entry.publish();
        final byte[] delivered = request(question).bytes();
        final byte[] error = answer(Packets.icmp(pod4(2, POD_B), CLIENT, 3, 3, 0, delivered).bytes()).bytes();
        assertNull(Inspect.refusal(error));
        final byte[] quoted = Packets.udp(CLIENT, SERVICE_ADDRESS, 60).ports(5000, TOKEN).ttl(63).bytes();
        assertArrayEquals(Packets.icmp(SERVICE_ADDRESS, CLIENT, 3, 3, 0, quoted).ttl(63).bytes(), error);
    }

    @Test
    void ipv6() {
        entry.topology.services(new TestService("fd00:96::10", 80).backend(pod6(2, POD_B), 8080, false)
                .token("fd00:244:1::", TOKEN, "fd00:30::1", TOKEN).table());
        entry.publish();
        request(tcp(CLIENT6, "fd00:244:1::", 5000, TOKEN, SYN).bytes());
        final Sent answer = answer(tcp(pod6(2, POD_B), CLIENT6, 8080, 5000, SYN | ACK).bytes());
        assertArrayEquals(tcp("fd00:244:1::", CLIENT6, TOKEN, 5000, SYN | ACK).ttl(63).bytes(), answer.bytes());
    }
}
