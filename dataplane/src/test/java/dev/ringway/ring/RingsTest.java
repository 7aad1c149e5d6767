package dev.ringway.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.Buffers;
import dev.ringway.packet.RxSlot;
import dev.ringway.packet.TxSlot;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Both rings driven by hand on one thread, as in shared mode. */
class RingsTest {
    private static final int SLOTS = 8;

    private final GuardedMemory memory = new GuardedMemory((SLOTS + 1) * TxSlot.STRIDE);
    private final Buffers buffers = new Buffers(1 << 20, SLOTS);
    private final RxRing receive = new RxRing(SLOTS, buffers);
    private final TxRing transmit = new TxRing(SLOTS, memory.address(), receive);
    private final List<TxSlot> submitted = new ArrayList<>();
    private final TxRing.Poller submit = TxRing.adapt((slot, sequence) -> {
        assertSame(slot, transmit.get(sequence));
        submitted.add(slot);
    });

    @AfterEach
    void guards() {
        memory.close();
    }

    private void read(int length) {
        final RxSlot slot = receive.claim();
        slot.buffer = buffers.take();
        slot.length = length;
        receive.publish();
    }

    /** Takes at most this many slots; returns the lengths. */
    private List<Integer> poll(int most) {
        final List<Integer> lengths = new ArrayList<>();
        receive.poll(RxRing.adapt((slot, sequence, endOfBatch) -> {
            lengths.add(slot.length);
            return lengths.size() < most;
        }));
        return lengths;
    }

    @Test
    void handsOverInOrder() {
        assertFalse(receive.hasWork());
        assertEquals(List.of(), poll(9));
        read(1);
        read(2);
        read(3);
        assertTrue(receive.hasWork());
        assertEquals(3, receive.depth());
        assertEquals(List.of(1, 2), poll(2));
        assertTrue(receive.hasWork());
        assertEquals(List.of(3), poll(9));
        assertFalse(receive.hasWork());
        assertEquals(3, receive.depth(), "polled is not released");
    }

    @Test
    void tellsTheEndOfABatch() {
        read(1);
        read(2);
        final List<Boolean> ends = new ArrayList<>();
        final RxRing.Poller poller = RxRing.adapt((slot, sequence, endOfBatch) -> ends.add(endOfBatch));
        assertTrue(receive.poll(poller));
        assertFalse(receive.poll(poller));
        assertEquals(List.of(false, true), ends);
    }

    @Test
    void fullUntilReleased() {
        for (int i = 0; i < SLOTS; i++) {
            read(i);
        }
        assertNull(receive.claim());
        assertEquals(SLOTS, poll(SLOTS).size());
        assertNull(receive.claim(), "the switch has seen them, their buffers are still in use");
        assertEquals(0, buffers.available());
        receive.release(2);
        assertEquals(3, buffers.available());
        assertEquals(SLOTS - 3, receive.depth());
        read(77);
        assertEquals(List.of(77), poll(9));
        assertEquals(SLOTS, receive.capacity());
    }

    @Test
    void handlerThatFailsIsNotSwallowed() {
        read(1);
        assertThrows(IllegalStateException.class, () -> receive.poll(RxRing.adapt((slot, sequence, endOfBatch) -> {
            throw new IllegalArgumentException("no");
        })));
    }

    @Test
    void claimedSlotsAreSeenOnceTheyArePublished() {
        final TxSlot first = transmit.claim();
        final TxSlot second = transmit.claim();
        assertNotSame(first, second);
        assertFalse(transmit.poll(submit));
        transmit.publish(-1);
        assertTrue(transmit.hasWork());
        assertTrue(transmit.poll(submit));
        assertEquals(List.of(first, second), submitted);
        assertEquals(2, transmit.depth());
    }

    @Test
    void slotsComeEmptied() {
        for (int i = 0; i < SLOTS * 2; i++) {
            final TxSlot slot = transmit.claim();
            assertEquals(0, slot.vectors + slot.bytes + slot.segments + slot.scratchUsed);
            assertEquals(-1, slot.releases);
            assertFalse(slot.done || slot.sealed);
            slot.append(1, 2);
            slot.scratch(3);
            slot.sealed = true;
            transmit.publish(-1);
            transmit.poll(submit);
            transmit.complete(slot);
            transmit.advance();
        }
    }

    /** A batch that sends nothing must give its buffers back all the same. */
    @Test
    void publishWithoutAClaimSendsARelease() {
        read(1);
        poll(1);
        transmit.publish(0);
        transmit.poll(submit);
        assertEquals(TxSlot.RELEASE, submitted.getFirst().kind);
        assertEquals(SLOTS - 1, buffers.available());
        transmit.complete(submitted.getFirst());
        transmit.advance();
        assertEquals(SLOTS, buffers.available());
        assertEquals(0, receive.depth());
    }

    @Test
    void releasesInOrderWhateverTheOrderOfCompletion() {
        for (int i = 0; i < 3; i++) {
            read(i);
            poll(1);
            transmit.claim();
            transmit.publish(i);
        }
        transmit.poll(submit);
        transmit.complete(submitted.get(2));
        transmit.advance();
        assertEquals(SLOTS - 3, buffers.available(), "the first is still under way");
        transmit.complete(submitted.get(0));
        transmit.advance();
        assertEquals(SLOTS - 2, buffers.available());
        assertEquals(2, transmit.depth());
        transmit.complete(submitted.get(1));
        transmit.advance();
        assertEquals(SLOTS, buffers.available());
        assertEquals(0, transmit.depth());
        transmit.advance();
        assertEquals(SLOTS, buffers.available(), "given back once");
    }

    @Test
    void buffersWaitForTheLastSlotOfTheirBatch() {
        read(1);
        read(2);
        poll(2);
        transmit.claim();
        transmit.claim();
        transmit.publish(1);
        transmit.poll(submit);
        transmit.complete(submitted.get(0));
        transmit.advance();
        assertEquals(SLOTS - 2, buffers.available());
        transmit.complete(submitted.get(1));
        transmit.advance();
        assertEquals(SLOTS, buffers.available());
    }

    /** What completes together may end in the middle of a batch. */
    @Test
    void buffersOfAnEarlierBatchDoNotWaitForALaterOne() {
        read(1);
        transmit.claim();
        transmit.publish(0);
        read(2);
        poll(2);
        transmit.claim();
        transmit.claim();
        transmit.publish(1);
        transmit.poll(submit);
        transmit.complete(submitted.get(0));
        transmit.complete(submitted.get(1));
        transmit.advance();
        assertEquals(SLOTS - 1, buffers.available());
        assertEquals(1, transmit.depth());
    }

    @Test
    void fullRingHandsOutASlotThatIsNeverSent() {
        assertEquals(SLOTS, transmit.capacity());
        assertTrue(transmit.hasFree(SLOTS));
        TxSlot last = null;
        for (int i = 0; i < SLOTS; i++) {
            last = transmit.claim();
        }
        // One is kept for the release, so the last claim of a batch already gets the one that leads nowhere.
        assertEquals(1, transmit.overflows());
        last.append(1, 2);
        assertSame(last, transmit.claim());
        assertEquals(0, last.vectors, "emptied again");
        assertEquals(2, transmit.overflows());
        transmit.publish(-1);
        transmit.poll(submit);
        assertEquals(SLOTS - 1, submitted.size());
        assertFalse(submitted.contains(last));
        assertFalse(transmit.hasFree(2));
        submitted.forEach(transmit::complete);
        transmit.advance();
        assertTrue(transmit.hasFree(SLOTS));
        assertNotSame(last, transmit.claim());
    }

    /** Any mix of reads, batches, sends and late completions: every buffer comes back, once, and none too early. */
    @Test
    void anyOrderOfEvents() {
        Seeded.rounds(300, random -> {
            final Buffers pool = new Buffers(1 << 20, 16);
            final RxRing in = new RxRing(16, pool);
            final TxRing out = new TxRing(SLOTS, memory.address(), in);
            final List<TxSlot> underWay = new ArrayList<>();
            final TxRing.Poller take = TxRing.adapt((slot, sequence) -> underWay.add(slot));
            final long[] seen = {-1};
            final RxRing.Poller batch = RxRing.adapt((slot, sequence, endOfBatch) -> {
                seen[0] = sequence;
                if (random.nextBoolean()) {
                    out.claim();
                }
                return out.hasFree(3) && random.nextInt(4) > 0;
            });
            int reads = 0;
            for (int i = 0; i < 400; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        final RxSlot slot = in.claim();
                        assertEquals(slot == null, pool.available() == 0);
                        if (slot != null) {
                            slot.buffer = pool.take();
                            in.publish();
                            reads++;
                        }
                    }
                    case 1 -> {
                        if (out.hasFree(3) && in.poll(batch)) {
                            out.publish(seen[0]);
                        }
                    }
                    case 2 -> out.poll(take);
                    default -> {
                        if (!underWay.isEmpty()) {
                            out.complete(underWay.remove(random.nextInt(underWay.size())));
                            out.advance();
                        }
                    }
                }
                assertEquals(16 - pool.available(), in.depth());
            }
            while (in.hasWork() || out.depth() > 0) {
                if (out.hasFree(3) && in.poll(batch)) {
                    out.publish(seen[0]);
                }
                out.poll(take);
                underWay.forEach(out::complete);
                underWay.clear();
                out.advance();
            }
            assertEquals(reads - 1, seen[0]);
            assertEquals(16, pool.available());
            final List<Integer> distinct = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                distinct.add(pool.take());
            }
            assertEquals(16, distinct.stream().distinct().count());
        });
    }
}
