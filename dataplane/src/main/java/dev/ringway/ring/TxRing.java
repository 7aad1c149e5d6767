package dev.ringway.ring;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.YieldingWaitStrategy;
import dev.ringway.packet.TxQueue;
import dev.ringway.packet.TxSlot;

/**
 * From the switch thread to the I/O thread: what to send. The switch claims slots while it works through a batch,
 * keeps several open to append to, and publishes them together at the end of the batch; the I/O thread submits them
 * in order and frees them as their completions arrive.
 *
 * <p>{@link #claim}, {@link #publish}, {@link #free}: switch thread. {@link #poll}, {@link #complete}: I/O thread.
 */
public final class TxRing implements TxQueue {
    private final RingBuffer<TxSlot> ring;
    private final EventPoller<TxSlot> poller;
    private final Sequence completed = new Sequence();
    private final RxRing receive;
    private final TxSlot overflow;
    private long overflows;
    private long first = -1;
    private long last = -1;

    /**
     * @param slots   capacity, a power of two
     * @param base    address of {@code (slots + 1) * TxSlot.STRIDE} zero bytes
     * @param receive the ring whose buffers the slots point into
     */
    public TxRing(int slots, long base, RxRing receive) {
        this.receive = receive;
        final long[] next = {base + TxSlot.STRIDE};
        overflow = new TxSlot(base);
        ring = RingBuffer.createSingleProducer(() -> {
            final TxSlot slot = new TxSlot(next[0]);
            next[0] += TxSlot.STRIDE;
            return slot;
        }, slots, new YieldingWaitStrategy());
        poller = ring.newPoller();
        ring.addGatingSequences(completed);
    }

    @Override
    public TxSlot claim() {
        // One slot is kept for the release that ends a batch.
        if (first < 0 && !ring.hasAvailableCapacity(1) || first >= 0 && !ring.hasAvailableCapacity(2)) {
            overflows++;
            overflow.clear();
            return overflow;
        }
        return next();
    }

    private TxSlot next() {
        last = ring.next();
        if (first < 0) {
            first = last;
        }
        final TxSlot slot = ring.get(last);
        slot.clear();
        return slot;
    }

    /** Slots that were claimed while the ring was full and so never sent; switch thread. */
    public long overflows() {
        return overflows;
    }

    /** True if this many slots can be claimed. */
    public boolean hasFree(int slots) {
        return ring.hasAvailableCapacity(slots);
    }

    /**
     * Publishes all claimed slots.
     *
     * @param releases receive sequence whose buffers are free once these slots have completed
     */
    public void publish(long releases) {
        if (first < 0) {
            next();
        }
        ring.get(last).releases = releases;
        ring.publish(first, last);
        first = -1;
    }

    /** What the I/O thread does with a published slot. */
    public interface Handler {
        void onSlot(TxSlot slot, long sequence);
    }

    /** A handler in the form that {@link #poll} takes; made once, at set-up. */
    public static Poller adapt(Handler handler) {
        return new Poller((slot, sequence, endOfBatch) -> {
            handler.onSlot(slot, sequence);
            return true;
        });
    }

    /** A handler bound to the Disruptor's type, which stays in this package. */
    public static final class Poller {
        private final EventPoller.Handler<TxSlot> handler;

        private Poller(EventPoller.Handler<TxSlot> handler) {
            this.handler = handler;
        }
    }

    /** Gives published slots to the handler; true if there was at least one. */
    public boolean poll(Poller with) {
        try {
            return poller.poll(with.handler) == EventPoller.PollState.PROCESSING;
        } catch (Exception e) {
            throw new IllegalStateException("submitting to the kernel failed", e);
        }
    }

    public boolean hasWork() {
        return poller.getSequence().get() < ring.getCursor();
    }

    /** Slots published but not completed. */
    public int depth() {
        return (int) (ring.getCursor() - completed.get());
    }

    /** The slot of a sequence that has been polled and not completed. */
    public TxSlot get(long sequence) {
        return ring.get(sequence);
    }

    public int capacity() {
        return ring.getBufferSize();
    }

    /** A slot's system call is over. */
    public void complete(TxSlot slot) {
        slot.done = true;
    }

    /** Frees all slots up to the first that is still under way, and the receive buffers they pointed into. */
    public void advance() {
        long at = completed.get();
        final long submitted = poller.getSequence().get();
        long releases = -1;
        while (at < submitted && ring.get(at + 1).done) {
            at++;
            releases = Math.max(releases, ring.get(at).releases);
        }
        if (at > completed.get()) {
            completed.set(at);
            if (releases >= 0) {
                receive.release(releases);
            }
        }
    }
}
