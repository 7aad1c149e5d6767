package dev.ringway.ring;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Records of one length from any threads to one: a Disruptor with many producers whose slots have memory of their own,
 * which lives as long as the ring. Nobody waits: a record for which there is no room is refused.
 */
public final class RecordRing {
    private final int length;
    private final RingBuffer<Slot> ring;
    private final EventPoller<Slot> poller;
    /** Kept so that it is not collected. */
    private final MemorySegment memory;

    private record Slot(long address) {
    }

    /** Takes records. */
    public interface Handler {
        /** @param record address; valid during the call */
        void onRecord(long record);
    }

    /** A handler bound to the Disruptor's type, which stays in this package. */
    public static final class Poller {
        private final EventPoller.Handler<Slot> handler;

        private Poller(EventPoller.Handler<Slot> handler) {
            this.handler = handler;
        }
    }

    /**
     * @param slots  a power of two
     * @param length bytes of a record
     */
    public RecordRing(int slots, int length) {
        this.length = length;
        memory = Arena.ofAuto().allocate((long) slots * length, Long.BYTES);
        final long[] next = {memory.address()};
        ring = RingBuffer.createMultiProducer(() -> {
            final Slot slot = new Slot(next[0]);
            next[0] += length;
            return slot;
        }, slots, new YieldingWaitStrategy());
        poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
    }

    /** Copies a record; false if there is no room. Any thread. */
    public boolean offer(long record) {
        final long sequence;
        try {
            sequence = ring.tryNext();
        } catch (InsufficientCapacityException e) {
            return false;
        }
        Memory.copy(record, ring.get(sequence).address, length);
        ring.publish(sequence);
        return true;
    }

    /** True if there are records; any thread. */
    public boolean hasWork() {
        return poller.getSequence().get() < ring.getCursor();
    }

    /** Any thread. */
    public boolean isHalfFull() {
        return 2 * ring.remainingCapacity() < ring.getBufferSize();
    }

    /** A handler in the form that {@link #poll} takes; made once, at set-up. */
    public static Poller adapt(Handler handler) {
        return new Poller((slot, sequence, endOfBatch) -> {
            handler.onRecord(slot.address);
            return true;
        });
    }

    /** Hands all records there are to the handler; true if there was at least one. The one thread's. */
    public boolean poll(Poller with) {
        try {
            return poller.poll(with.handler) == EventPoller.PollState.PROCESSING;
        } catch (Exception e) {
            throw new IllegalStateException("taking a record failed", e);
        }
    }
}
