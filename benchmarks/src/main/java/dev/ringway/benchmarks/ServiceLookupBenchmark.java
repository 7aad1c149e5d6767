package dev.ringway.benchmarks;

import dev.ringway.fib.IpAddress;
import dev.ringway.service.Backend;
import dev.ringway.service.Frontend;
import dev.ringway.service.ServiceTable;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A new connection's look-up: the frontend of a random Service, and a backend of it; and what no Service has. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
public class ServiceLookupBenchmark extends AsDaemon {
    private static final int LOOKUPS = 4096;
    private static final int TCP = 6;
    private static final int PORT = 80;

    @Param({"10", "10000", "50000"})
    public int services;

    private final long[] addresses = new long[LOOKUPS];
    private ServiceTable table;
    private int next;

    @Setup
    public void fill() {
        table = ManyServices.catalog(services).compile().table();
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < LOOKUPS; i++) {
            final IpAddress address = ManyServices.clusterIp(random.nextInt(services));
            addresses[i] = address.hi();
        }
    }

    @Benchmark
    public Frontend hit() {
        return table.lookup(4, addresses[next++ & LOOKUPS - 1], 0, TCP, PORT);
    }

    @Benchmark
    public Frontend miss() {
        return table.lookup(4, addresses[next++ & LOOKUPS - 1], 0, TCP, PORT + 1);
    }

    @Benchmark
    public Backend hitAndRandomBackend() {
        return table.lookup(4, addresses[next++ & LOOKUPS - 1], 0, TCP, PORT).port.cluster.random(next * 0x9E37_79B9);
    }
}
