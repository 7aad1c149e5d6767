package dev.ringway.benchmarks;

import com.lmax.disruptor.Sequence;
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
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Control;

/**
 * The hop between two threads on two cores, as in dedicated mode, both busy: packets a microsecond (the score of a
 * group counts both ends, so halve it). Queues carry references to slots that are there already.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RingBetweenThreadsBenchmark extends AsDaemon {
    private static final int SLOTS = 512;

    private final Buffers buffers = new Buffers(0, SLOTS);
    private final RxRing ring = new RxRing(SLOTS, buffers);
    private final Sequence taken = new Sequence();
    private final RxRing.Poller poller = RxRing.adapt(this::take);
    private final RxSlot slot = new RxSlot();
    private final Queue<RxSlot> oneToOne = new OneToOneConcurrentArrayQueue<>(SLOTS);
    private final Queue<RxSlot> manyToOne = new ManyToOneConcurrentArrayQueue<>(SLOTS);
    private final Queue<RxSlot> blocking = new ArrayBlockingQueue<>(SLOTS);
    private long sum;

    /** One packet a call, so that calls count packets. */
    private boolean take(RxSlot packet, long sequence, boolean endOfBatch) {
        sum += packet.length;
        taken.set(sequence);
        return false;
    }

    @Benchmark
    @Group("disruptor")
    public void disruptorIo(Control control) {
        RxSlot free = ring.claim();
        while (free == null && !control.stopMeasurement) {
            ring.release(taken.get());
            free = ring.claim();
        }
        if (free != null) {
            free.buffer = buffers.take();
            free.length = 64;
            ring.publish();
        }
    }

    @Benchmark
    @Group("disruptor")
    public long disruptorSwitch(Control control) {
        while (!ring.poll(poller) && !control.stopMeasurement) {
            Thread.onSpinWait();
        }
        return sum;
    }

    @Benchmark
    @Group("oneToOne")
    public void oneToOneIo(Control control) {
        offer(oneToOne, control);
    }

    @Benchmark
    @Group("oneToOne")
    public RxSlot oneToOneSwitch(Control control) {
        return poll(oneToOne, control);
    }

    @Benchmark
    @Group("manyToOne")
    public void manyToOneIo(Control control) {
        offer(manyToOne, control);
    }

    @Benchmark
    @Group("manyToOne")
    public RxSlot manyToOneSwitch(Control control) {
        return poll(manyToOne, control);
    }

    @Benchmark
    @Group("arrayBlockingQueue")
    public void arrayBlockingQueueIo(Control control) {
        offer(blocking, control);
    }

    @Benchmark
    @Group("arrayBlockingQueue")
    public RxSlot arrayBlockingQueueSwitch(Control control) {
        return poll(blocking, control);
    }

    private void offer(Queue<RxSlot> queue, Control control) {
        while (!queue.offer(slot) && !control.stopMeasurement) {
            Thread.onSpinWait();
        }
    }

    private static RxSlot poll(Queue<RxSlot> queue, Control control) {
        RxSlot found = queue.poll();
        while (found == null && !control.stopMeasurement) {
            Thread.onSpinWait();
            found = queue.poll();
        }
        return found;
    }
}
