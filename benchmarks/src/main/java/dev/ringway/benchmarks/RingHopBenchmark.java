package dev.ringway.benchmarks;

import dev.ringway.packet.Buffers;
import dev.ringway.packet.RxSlot;
import dev.ringway.ring.RxRing;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What the hop over the receive ring costs a packet where one thread does both ends, as in shared mode: batches of 32
 * are handed over and taken. Beside the Disruptor the queues that could have been in its place; they carry references
 * to slots that somebody else would have to recycle.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingHopBenchmark extends AsDaemon {
    private static final int SLOTS = 512;
    private static final int BATCH = 32;

    private final Buffers buffers = new Buffers(0, SLOTS);
    private final RxRing ring = new RxRing(SLOTS, buffers);
    private final RxRing.Poller poller = RxRing.adapt(this::take);
    private final RxSlot[] slots = new RxSlot[BATCH];
    private final Queue<RxSlot> oneToOne = new OneToOneConcurrentArrayQueue<>(SLOTS);
    private final Queue<RxSlot> manyToOne = new ManyToOneConcurrentArrayQueue<>(SLOTS);
    private final Queue<RxSlot> blocking = new ArrayBlockingQueue<>(SLOTS);
    private long sum;
    private long last;

    public RingHopBenchmark() {
        for (int i = 0; i < BATCH; i++) {
            slots[i] = new RxSlot();
        }
    }

    private boolean take(RxSlot slot, long sequence, boolean endOfBatch) {
        sum += slot.length;
        last = sequence;
        return true;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long disruptor() {
        for (int i = 0; i < BATCH; i++) {
            final int buffer = buffers.take();
            final RxSlot slot = ring.claim();
            slot.buffer = buffer;
            slot.length = i;
            ring.publish();
        }
        ring.poll(poller);
        ring.release(last);
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long oneToOne() {
        return through(oneToOne);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long manyToOne() {
        return through(manyToOne);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long arrayBlockingQueue() {
        return through(blocking);
    }

    private long through(Queue<RxSlot> queue) {
        for (int i = 0; i < BATCH; i++) {
            final RxSlot slot = slots[i];
            slot.buffer = buffers.take();
            slot.length = i;
            queue.offer(slot);
        }
        for (RxSlot slot = queue.poll(); slot != null; slot = queue.poll()) {
            sum += slot.length;
            buffers.giveBack(slot.buffer);
        }
        return sum;
    }
}
