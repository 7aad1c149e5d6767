package dev.ringway.ring;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.YieldingWaitStrategy;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.RxSlot;

/**
 * From the I/O thread to the switch thread: what was read, in the order of reading. An LMAX Disruptor with one
 * producer; a slot is free again not when the switch has looked at it but when everything sent from its buffer has
 * completed, which the I/O thread says with {@link #release}.
 *
 * <p>Producer side ({@link #claim}, {@link #publish}, {@link #release}): I/O thread. Consumer side ({@link #poll}):
 * switch thread. In shared mode that is the same thread.
 */
public final class RxRing {
    /** Receives slots in order; returns false to stop after this one. */
    public interface Handler {
        boolean onPacket(RxSlot slot, long sequence, boolean endOfBatch);
    }

    private final RingBuffer<RxSlot> ring;
    private final EventPoller<RxSlot> poller;
    private final Sequence released = new Sequence();
    private final Buffers buffers;
    private long claimed = -1;

    /**
     * @param slots   capacity, a power of two
     * @param buffers where released slots' buffers go
     */
    public RxRing(int slots, Buffers buffers) {
        this.buffers = buffers;
        ring = RingBuffer.createSingleProducer(RxSlot::new, slots, new YieldingWaitStrategy());
        poller = ring.newPoller();
        ring.addGatingSequences(released);
    }

    /** The next slot to fill, or null if the ring is full. */
    public RxSlot claim() {
        if (!ring.hasAvailableCapacity(1)) {
            return null;
        }
        try {
            claimed = ring.tryNext();
        } catch (InsufficientCapacityException e) {
            return null;
        }
        return ring.get(claimed);
    }

    /** Hands the claimed slot over. */
    public void publish() {
        ring.publish(claimed);
    }

    /** Gives slots to the handler until it declines or none are left; true if there was at least one. */
    public boolean poll(Poller with) {
        try {
            return poller.poll(with.handler) == EventPoller.PollState.PROCESSING;
        } catch (Exception e) {
            throw new IllegalStateException("the switch's handler failed", e);
        }
    }

    /** A handler in the form that {@link #poll} takes; made once, at set-up. */
    public static Poller adapt(Handler handler) {
        return new Poller(handler::onPacket);
    }

    /** A handler bound to the Disruptor's type, which stays in this package. */
    public static final class Poller {
        private final EventPoller.Handler<RxSlot> handler;

        private Poller(EventPoller.Handler<RxSlot> handler) {
            this.handler = handler;
        }
    }

    /** True if the switch has something to do. */
    public boolean hasWork() {
        return poller.getSequence().get() < ring.getCursor();
    }

    /** Slots read but not released. */
    public int depth() {
        return (int) (ring.getCursor() - released.get());
    }

    public int capacity() {
        return ring.getBufferSize();
    }

    /** Everything up to this sequence has been dealt with, and what was sent of it has completed; any thread. */
    public long released() {
        return released.get();
    }

    /** Everything up to this sequence has been dealt with: buffers go back, slots are free. */
    public void release(long sequence) {
        for (long s = released.get() + 1; s <= sequence; s++) {
            buffers.giveBack(ring.get(s).buffer);
        }
        released.set(sequence);
    }
}
