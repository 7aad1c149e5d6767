package dev.ringway.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.Buffers;
import dev.ringway.packet.RxSlot;
import dev.ringway.packet.TxSlot;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.wire.Memory;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * An I/O thread and a switch thread, as in dedicated mode: every number that is read comes out of the right buffer, in
 * order, and a buffer is filled again only after what was sent from it has completed.
 */
class RingThreadsTest {
    private static final int SLOTS = 64;
    private static final long PACKETS = 200_000;

    private final GuardedMemory slots = new GuardedMemory((SLOTS + 1) * TxSlot.STRIDE);
    private final GuardedMemory data = new GuardedMemory(SLOTS * 8);
    private final Buffers buffers = new Buffers(0, SLOTS);
    private final RxRing receive = new RxRing(SLOTS, buffers);
    private final TxRing transmit = new TxRing(SLOTS, slots.address(), receive);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean over;

    private long place(int buffer) {
        return data.address() + buffer * 8L;
    }

    /** Switch: sends a packet from the buffer it lies in; keeps every tenth to itself. */
    private void switchThread() {
        try {
            final long[] seen = {-1};
            final RxRing.Poller handler = RxRing.adapt((slot, sequence, endOfBatch) -> {
                assertEquals(seen[0] + 1, sequence);
                seen[0] = sequence;
                assertEquals(sequence, Memory.getLong(slot.data));
                if (sequence % 10 != 0) {
                    final TxSlot out = transmit.claim();
                    out.kind = TxSlot.TUN;
                    out.append(slot.data, 8);
                }
                return transmit.hasFree(3);
            });
            while (!over) {
                if (transmit.hasFree(3) && receive.poll(handler)) {
                    transmit.publish(seen[0]);
                } else {
                    Thread.onSpinWait();
                }
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    @Test
    void nothingIsLostOrOverwritten() throws InterruptedException {
        final Thread switching = new Thread(this::switchThread, "switch");
        switching.start();
        final SplittableRandom random = new SplittableRandom(1);
        final ArrayDeque<TxSlot> underWay = new ArrayDeque<>();
        final long[] next = {1};
        final TxRing.Poller submit = TxRing.adapt((slot, sequence) -> underWay.add(slot));
        long read = 0;
        try {
            while ((read < PACKETS || receive.depth() > 0) && failure.get() == null) {
                for (int burst = random.nextInt(16); burst > 0 && read < PACKETS; burst--) {
                    final RxSlot slot = receive.claim();
                    if (slot == null) {
                        break;
                    }
                    slot.buffer = buffers.take();
                    assertTrue(slot.buffer >= 0);
                    slot.data = place(slot.buffer);
                    Memory.putLong(slot.data, read++);
                    receive.publish();
                }
                transmit.poll(submit);
                // Completions are late: the bytes must still be there then.
                for (int late = random.nextInt(24); late > 0 && !underWay.isEmpty(); late--) {
                    complete(underWay.remove(), next);
                }
                transmit.advance();
            }
        } finally {
            over = true;
            switching.join();
        }
        assertNull(failure.get(), () -> "switch thread: " + failure.get());
        assertEquals(PACKETS, read);
        assertEquals(0, transmit.overflows());
        assertEquals(SLOTS, buffers.available());
        assertEquals(PACKETS, next[0] - (next[0] % 10 == 1 ? 1 : 0));
        slots.close();
        data.close();
    }

    private void complete(TxSlot slot, long[] next) {
        if (slot.kind == TxSlot.TUN) {
            assertEquals(next[0], Memory.getLong(slot.vectorAddress(0)));
            next[0] += next[0] % 10 == 9 ? 2 : 1;
        }
        transmit.complete(slot);
    }
}
