package dev.ringway.shard;

import static dev.ringway.shard.PathRig.Setup.DEFAULT;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_PLAIN;
import static dev.ringway.shard.Topology.pod4;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.fib.Adjacency;
import dev.ringway.packet.DropReason;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import dev.ringway.tun.TunPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What happens around the path: new tables, ports that go, too much to send, late completions, defects. */
class ChangesPathTest {
    private static final byte[] TO_NODE_2 = Packets.udp(pod4(1, POD_A), pod4(2, POD_A), 64).bytes();
    private static final byte[] TO_POD_B = Packets.udp(pod4(1, POD_A), pod4(1, POD_B), 64).bytes();

    @Test
    void theNextBatchIsSwitchedByTheNewTables() {
        try (PathRig rig = new PathRig()) {
            rig.fromPort(POD_A, TO_NODE_2);
            assertEquals(List.of(2), rig.run().stream().map(Sent::vtep).toList());
            rig.topology.route("10.244.2.0/24", Adjacency.tunnel(rig.topology.vtep(3)));
            rig.fromPort(POD_A, TO_NODE_2);
            assertEquals(List.of(2), rig.run().stream().map(Sent::vtep).toList(), "not published yet");
            rig.publish();
            rig.fromPort(POD_A, TO_NODE_2);
            assertEquals(List.of(3), rig.run().stream().map(Sent::vtep).toList());
        }
    }

    /** A learned path MTU is no table: it holds at once, and for the node's end point alone. */
    @Test
    void aLearnedPathMtuHoldsAtOnce() {
        final byte[] full = Packets.udp(pod4(1, POD_A), pod4(2, POD_A), 1450 - 28).bytes();
        try (PathRig rig = new PathRig()) {
            rig.fromPort(POD_A, full);
            assertTrue(rig.run().getFirst().isTunnel());
            rig.topology.vtep(2).learnPathMtu(1300, System.nanoTime());
            rig.fromPort(POD_A, full);
            final List<Sent> sent = rig.run();
            assertEquals(POD_A, sent.getFirst().port());
            assertEquals(1250, (sent.getFirst().bytes()[26] & 0xFF) << 8 | sent.getFirst().bytes()[27] & 0xFF);
            assertEquals(1, rig.drops(DropReason.TOO_BIG));
        }
    }

    @Test
    void aPodThatHasGoneIsUnreachable() {
        try (PathRig rig = new PathRig()) {
            final TunPort b = rig.topology.port(POD_B);
            rig.topology.removePod(POD_B);
            rig.publish();
            rig.io.removePort(b, () -> { });
            rig.fromPort(POD_A, TO_POD_B);
            rig.fromPort(POD_B, Packets.udp(pod4(1, POD_B), pod4(1, POD_A), 64).bytes());
            final List<Sent> sent = rig.run();
            assertEquals(1, sent.size(), "the answer to pod a");
            assertEquals(POD_A, sent.getFirst().port());
            assertEquals(Map.of(DropReason.UNREACHABLE, 1L, DropReason.PORT_GONE, 1L), rig.drops());
            assertEquals(0, rig.lentBuffers());
        }
    }

    /** After a restart: a pod that has not been taken over yet is not told to be gone, or connections would fail. */
    @Test
    void aPodThatIsNotTakenOverYetIsWaitedFor() {
        try (PathRig rig = new PathRig()) {
            rig.topology.removePod(POD_B);
            rig.topology.starting();
            rig.publish();
            rig.fromPort(POD_A, TO_POD_B);
            rig.fromNode(2, Tunnels.vxlan(Topology.mac(1), Topology.mac(2),
                    Packets.udp(pod4(2, POD_A), pod4(1, POD_B), 64).bytes()));
            assertEquals(List.of(), rig.run());
            rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), "10.244.99.1", 64).bytes());
            assertEquals(List.of(), rig.run(), "this may be a Service that is not known yet");
            rig.topology.settled();
            rig.publish();
            rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), "10.244.99.1", 64).bytes());
            assertEquals(POD_A, rig.run().getFirst().port());
        }
    }

    /** Between the switch and the edge: what was queued for a port before it went is counted, not written. */
    @Test
    void aWriteOvertakenByTheRemovalIsCounted() {
        try (PathRig rig = new PathRig()) {
            rig.fromPort(POD_A, TO_POD_B);
            rig.step();
            rig.io.removePort(rig.topology.port(POD_B), () -> { });
            assertEquals(List.of(), rig.run());
            assertEquals(Map.of(DropReason.PORT_GONE, 1L), rig.drops());
            assertEquals(0, rig.lentBuffers());
        }
    }

    /** The control side closes a device when the removal says so: never while a write is under way. */
    @Test
    void aRemovalWaitsForWrites() {
        try (PathRig rig = new PathRig(DEFAULT.held())) {
            final AtomicBoolean removed = new AtomicBoolean();
            rig.fromPort(POD_A, TO_POD_B);
            rig.run();
            rig.io.removePort(rig.topology.port(POD_B), () -> removed.set(true));
            assertFalse(removed.get());
            rig.io.complete(0);
            assertTrue(removed.get());
        }
    }

    /** Far more segments than there are sends: what does not fit is counted, the rest goes, and then all is well. */
    @Test
    void moreSegmentsThanFit() {
        final PacketBuilder tiny = Packets.tcp(pod4(1, POD_A), pod4(1, POD_PLAIN), 60_000);
        try (PathRig rig = new PathRig()) {
            rig.fromPort(POD_A, tiny.superHeader(50), tiny.unfinished());
            final int written = rig.run().size();
            assertTrue(written > 100 && written < 1200, written + " written");
            assertEquals(Map.of(DropReason.TRANSMIT_FULL, 1200L - written), rig.drops());
            rig.fromPort(POD_A, TO_POD_B);
            assertEquals(1, rig.run().size());
            assertEquals(0, rig.lentBuffers());
        }
    }

    /** A defect costs the packet that met it, is counted and kept for the log; its batch goes on. */
    @Test
    void anExceptionCostsOnePacket() {
        try (PathRig rig = new PathRig()) {
            rig.topology.route("10.244.3.0/24", new Adjacency(Adjacency.Kind.TUNNEL, -1, null));
            rig.publish();
            rig.fromPort(POD_A, TO_NODE_2);
            rig.fromPort(POD_A, Packets.udp(pod4(1, POD_A), pod4(3, POD_A), 64).bytes());
            rig.fromPort(POD_A, TO_NODE_2);
            assertEquals(2, Inspect.inner(rig.run()).size());
            assertEquals(Map.of(DropReason.INTERNAL, 1L), rig.drops());
            assertInstanceOf(NullPointerException.class, rig.shard.stage().takeFailure());
            assertEquals(0, rig.lentBuffers());
        }
    }

    /** The kernel may finish sends late and in any order: a buffer is not read into before the last byte has gone. */
    @Test
    void lateCompletionsInAnyOrder() {
        final SplittableRandom random = new SplittableRandom(7);
        final List<byte[]> arrived = new ArrayList<>();
        final int packets = 5000;
        try (PathRig rig = new PathRig(DEFAULT.held())) {
            for (int i = 0; i < packets; i++) {
                final PacketBuilder packet = random.nextInt(8) == 0 ? Packets.tcp(pod4(1, POD_A), pod4(2, POD_A), 3000)
                        : Packets.tcp(pod4(1, POD_A), pod4(2, POD_A), random.nextInt(1, 1400));
                packet.sequence(i).ports(random.nextInt(1024, 60_000), 80);
                rig.fromPort(POD_A, packet.superHeader(1390), packet.unfinished());
                if (random.nextInt(10) == 0) {
                    rig.step();
                }
                while (rig.io.held() > 0 && random.nextInt(3) > 0) {
                    rig.io.complete(random.nextInt(rig.io.held()));
                }
                arrived.addAll(Inspect.inner(rig.outbox.take()));
            }
            do {
                while (rig.io.held() > 0) {
                    rig.io.complete(rig.io.held() - 1);
                }
                arrived.addAll(Inspect.inner(rig.run()));
            } while (rig.io.held() > 0);
            assertEquals(0, rig.lentBuffers());
            assertEquals(Map.of(), rig.drops());
        }
        arrived.forEach(packet -> assertNull(Inspect.refusal(packet)));
        assertEquals(packets, arrived.stream().mapToInt(Inspect::sequence).filter(i -> i < packets).distinct().count());
    }
}
