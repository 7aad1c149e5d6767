package dev.ringway.ring;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.RxSlot;
import dev.ringway.wire.Memory;

/**
 * Datagrams that one shard has read and another must switch: from any shards' switch threads to one shard's I/O thread,
 * as copies. A Disruptor with many producers over memory that the caller provides. Nobody waits: what there is no room
 * for is refused.
 */
public final class StrayRing {
    /** Datagrams that may wait. */
    public static final int SLOTS = 256;
    /** Bytes of memory it needs; what is not touched need not be there. */
    public static final long BYTES = (long) SLOTS * Buffers.CAPACITY;

    private final long base;
    private final RingBuffer<RxSlot> ring;
    private final EventPoller<RxSlot> poller;
    private final EventPoller.Handler<RxSlot> handler = this::take;
    private RxRing receive;
    private Buffers buffers;

    /** @param base {@link #BYTES} bytes */
    public StrayRing(long base) {
        this.base = base;
        ring = RingBuffer.createMultiProducer(RxSlot::new, SLOTS, new YieldingWaitStrategy());
        poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
    }

    /**
     * Copies a datagram; any thread.
     *
     * @param from the train that it came in
     * @return false if there is no room
     */
    public boolean offer(RxSlot from, long datagram, int length) {
        final long sequence;
        try {
            sequence = ring.tryNext();
        } catch (InsufficientCapacityException e) {
            return false;
        }
        final RxSlot slot = ring.get(sequence);
        slot.data = base + (sequence & SLOTS - 1) * Buffers.CAPACITY;
        slot.describe(from, length);
        Memory.copy(datagram, slot.data, length);
        ring.publish(sequence);
        return true;
    }

    /** True if something waits; any thread. */
    public boolean hasWork() {
        return poller.getSequence().get() < ring.getCursor();
    }

    /**
     * Hands what waits to the receive ring as if it had just been read, as long as that is not half full.
     *
     * @return true if there was something
     */
    public boolean drain(RxRing into, Buffers from) {
        receive = into;
        buffers = from;
        try {
            return hasRoom() && poller.poll(handler) == EventPoller.PollState.PROCESSING;
        } catch (Exception e) {
            throw new IllegalStateException("taking a datagram of another shard failed", e);
        }
    }

    private boolean take(RxSlot stray, long sequence, boolean endOfBatch) {
        final RxSlot slot = receive.claim();
        slot.buffer = buffers.take();
        slot.data = buffers.address(slot.buffer) + Buffers.DATA;
        slot.describe(stray, stray.length);
        Memory.copy(stray.data, slot.data, stray.length);
        receive.publish();
        return hasRoom();
    }

    private boolean hasRoom() {
        return receive.depth() < receive.capacity() / 2 && buffers.available() > 0;
    }
}
