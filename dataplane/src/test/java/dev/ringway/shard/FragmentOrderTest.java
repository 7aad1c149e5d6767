package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fragments in any order, to and from Services and past them: all go where the first one goes, and none is lost. */
class FragmentOrderTest {
    private static final String VIP = "10.96.0.10";
    private static final String VIP6 = "fd00:96::10";
    private static final int LATER = 2;

    private final PathRig rig = new PathRig();

    @AfterEach
    void close() {
        assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
        assertEquals(0, rig.lentBuffers());
        rig.close();
    }

    private void serve(TestService service) {
        rig.topology.services(service.table());
        rig.publish();
    }

    private static PacketBuilder first(String source, String destination, int from, int to, int id) {
        return Packets.udp(source, destination, 792).ports(from, to).id(id).fragment(PacketBuilder.MF);
    }

    private static PacketBuilder later(String source, String destination, int id, int number) {
        return Packets.other(source, destination, PacketBuilder.UDP, Bytes.pattern(96)).id(id)
                .fragment(100 + 12 * number | (number == LATER ? 0 : PacketBuilder.MF));
    }

    private List<byte[]> packets() {
        final List<byte[]> packets = new ArrayList<>();
        for (Sent one : rig.run()) {
            packets.addAll(one.isTunnel() ? Inspect.inner(List.of(one)) : Inspect.packets(one));
        }
        return packets;
    }

    private static void assertPackets(List<byte[]> packets, PacketBuilder... wanted) {
        assertEquals(wanted.length, packets.size());
        for (int i = 0; i < wanted.length; i++) {
            assertArrayEquals(wanted[i].bytes(), packets.get(i), "packet " + i);
        }
    }

    @Test
    void toABackend() {
        serve(new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 5353, true));
        rig.fromPort(POD_A, later(pod4(1, POD_A), VIP, 7, LATER).bytes());
        rig.fromPort(POD_A, later(pod4(1, POD_A), VIP, 7, 1).bytes());
        assertEquals(List.of(), rig.run());
        final long before = rig.topology.port(POD_A).counters(0).rxPackets();
        rig.fromPort(POD_A, first(pod4(1, POD_A), VIP, 4000, 53, 7).bytes());
        assertPackets(packets(), first(pod4(1, POD_A), pod4(1, POD_B), 4000, 5353, 7).ttl(63),
                later(pod4(1, POD_A), pod4(1, POD_B), 7, LATER).ttl(63),
                later(pod4(1, POD_A), pod4(1, POD_B), 7, 1).ttl(63));
        assertEquals(before + 1, rig.topology.port(POD_A).counters(0).rxPackets(), "each is counted once");
        assertEquals(0, rig.drops(DropReason.FRAGMENT_UNKNOWN));
    }

    @Test
    void toABackendOfAnotherNode() {
        serve(new TestService(VIP, 53).udp().backend(pod4(2, POD_B), 5353, false));
        rig.fromPort(POD_A, later(pod4(1, POD_A), VIP, 7, 1).bytes());
        rig.fromPort(POD_A, first(pod4(1, POD_A), VIP, 4000, 53, 7).bytes());
        assertPackets(packets(), first(pod4(1, POD_A), pod4(2, POD_B), 4000, 5353, 7).ttl(63),
                later(pod4(1, POD_A), pod4(2, POD_B), 7, 1).ttl(63));
    }

    /** In one train from the tunnel, the first one last: the answer of a backend, and a datagram past Services. */
    @Test
    void fromAnotherNode() {
        serve(new TestService(VIP, 53).udp().backend(pod4(2, POD_B), 5353, false));
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(4000, 53).bytes());
        rig.run();
        for (String source : new String[] {pod4(2, POD_B), pod4(2, POD_A)}) {
            final byte[] one = Tunnels.vxlan(mac(1), mac(2), later(source, pod4(1, POD_A), 9, 1).bytes());
            rig.fromNode(2, 0, one.length, Bytes.concat(one,
                    Tunnels.vxlan(mac(1), mac(2), later(source, pod4(1, POD_A), 9, LATER).bytes())));
            assertEquals(List.of(), rig.run());
            rig.fromNode(2, Tunnels.vxlan(mac(1), mac(2), first(source, pod4(1, POD_A), 5353, 4000, 9).bytes()));
            final String seen = source.equals(pod4(2, POD_B)) ? VIP : source;
            assertPackets(packets(), first(seen, pod4(1, POD_A), seen.equals(VIP) ? 53 : 5353, 4000, 9).ttl(63),
                    later(seen, pod4(1, POD_A), 9, 1).ttl(63), later(seen, pod4(1, POD_A), 9, LATER).ttl(63));
        }
    }

    /** There the protocol is no part of what fragments are known by: the first one may begin with more extensions. */
    @Test
    void overIpv6() {
        serve(new TestService(VIP6, 53).udp().backend(pod6(1, POD_B), 5353, true));
        rig.fromPort(POD_A, later6(VIP6).bytes());
        assertEquals(List.of(), rig.run());
        rig.fromPort(POD_A, first6(VIP6, 53).bytes());
        assertPackets(packets(), first6(pod6(1, POD_B), 5353).ttl(63), later6(pod6(1, POD_B)).ttl(63));
    }

    private static PacketBuilder first6(String destination, int to) {
        return PacketBuilder.of(pod6(1, POD_A), destination).fragmentHeader(0, true, 77).destinationOptions()
                .udp(4000, to).payload(Bytes.pattern(792));
    }

    private static PacketBuilder later6(String destination) {
        return PacketBuilder.of(pod6(1, POD_A), destination).fragmentHeader(808, false, 77).raw(60)
                .payload(Bytes.pattern(64));
    }

    /** What became of the first one becomes of all: here it is refused, and the others are not answered once more. */
    @Test
    void ofWhatIsRefused() {
        serve(new TestService(VIP, 53).udp());
        rig.fromPort(POD_A, later(pod4(1, POD_A), VIP, 7, LATER).bytes());
        rig.fromPort(POD_A, first(pod4(1, POD_A), VIP, 4000, 53, 7).bytes());
        rig.fromPort(POD_A, later(pod4(1, POD_A), VIP, 7, 1).bytes());
        assertEquals(1, packets().size(), "one ICMP error");
        assertEquals(3, rig.drops(DropReason.SERVICE_REFUSED));
    }

    /** The entry that a noted fragment's flow lay in has become another flow's: that one's backend is not its own. */
    @Test
    void ofAFlowThatHasEnded() {
        serve(new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 5353, true));
        rig.fromPort(POD_A, first(pod4(1, POD_A), VIP, 4000, 53, 7).bytes());
        rig.run();
        rig.shard.flows().remove(rig.shard.flows().entry(0));
        serve(new TestService(VIP, 53).udp().first(2).backend(pod4(1, Topology.POD_TCP), 5353, true));
        rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), VIP, 8).ports(4001, 53).bytes());
        rig.run();
        rig.fromPort(POD_A, later(pod4(1, POD_A), VIP, 7, 1).bytes());
        assertEquals(List.of(), rig.run());
    }

    /** What the kernel still reads may not be written over: with more fragments than there is room, none is wrong. */
    @Test
    void memoryIsKeptUntilSendsComplete() {
        try (PathRig slow = new PathRig(PathRig.Setup.DEFAULT.held())) {
            slow.topology.services(new TestService(VIP, 53).udp().backend(pod4(1, POD_B), 5353, true).table());
            slow.publish();
            for (int id = 0; id < 2 * HeldFragments.SLOTS; id++) {
                slow.fromPort(POD_A, later(pod4(1, POD_A), VIP, id, LATER).bytes());
                slow.fromPort(POD_A, first(pod4(1, POD_A), VIP, 4000, 53, id).bytes());
            }
            int sent = 0;
            final List<Sent> all = new ArrayList<>(slow.run());
            while (slow.io.held() > 0) {
                // The last ones first, so that memory comes back late.
                slow.io.complete(slow.io.held() - 1);
                all.addAll(slow.run());
            }
            for (Sent one : all) {
                for (byte[] packet : Inspect.packets(one)) {
                    final int id = new PacketView(packet).u16(4);
                    assertArrayEquals((new PacketView(packet).flagsAndOffset() == PacketBuilder.MF
                            ? first(pod4(1, POD_A), pod4(1, POD_B), 4000, 5353, id)
                            : later(pod4(1, POD_A), pod4(1, POD_B), id, LATER)).ttl(63).bytes(), packet);
                    sent++;
                }
            }
            assertEquals(4 * HeldFragments.SLOTS - slow.drops(DropReason.FRAGMENT_UNKNOWN), sent);
        }
    }
}
