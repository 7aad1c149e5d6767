package dev.ringway.benchmarks;

import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowMemory;
import dev.ringway.conntrack.FlowTable;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Finding the flow of a packet among others, of a random one each time; finding none; and one that comes and goes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FlowTableBenchmark extends AsDaemon {
    private static final int LOOKUPS = 4096;
    private static final int UDP = 17;

    @Param({"1000", "100000", "1000000"})
    public int flows;

    private final int[] numbers = new int[LOOKUPS];
    private final FlowKey forward = new FlowKey();
    private final FlowKey reply = new FlowKey();
    private FlowTable table;
    private int next;

    @Setup
    public void fill() {
        table = new FlowTable(FlowMemory.anonymous(flows + 1), flow -> { }, 0);
        for (int i = 0; i < flows; i++) {
            fill(i);
            table.insert(forward, reply, 1 << 24, 1, 0);
        }
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < LOOKUPS; i++) {
            numbers[i] = random.nextInt(flows);
        }
    }

    private void fill(int number) {
        forward.version = 4;
        forward.protocol = UDP;
        forward.sourceHi = 0x0A00_0000L + (number >>> 15) << 32;
        forward.sourcePort = 1024 + (number & 0x7FFF);
        forward.destinationHi = 0x0A60_0001L << 32;
        forward.destinationPort = 53;
        reply.reverse(forward);
        reply.sourceHi = 0x0AF4_0001L << 32;
    }

    @Benchmark
    public long hit() {
        fill(numbers[next++ & LOOKUPS - 1]);
        return table.find(forward);
    }

    @Benchmark
    public long miss() {
        fill(numbers[next++ & LOOKUPS - 1]);
        forward.destinationPort = 54;
        return table.find(forward);
    }

    @Benchmark
    public long insertAndRemove() {
        fill(flows + (next++ & LOOKUPS - 1));
        final long flow = table.insert(forward, reply, 1 << 24, 1, 0);
        table.remove(flow);
        return flow;
    }
}
