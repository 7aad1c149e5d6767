package dev.ringway.benchmarks;

import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.ServiceCatalog;
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

/**
 * From records to tables: all Services at once, and one changed endpoint with the others as they are. The control
 * side's work, which allocates; {@link ServiceScale} has the first one cold.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
public class ServiceCompileBenchmark extends AsDaemon {
    @Param({"10", "10000", "50000"})
    public int services;

    private final SplittableRandom random = new SplittableRandom(1);
    private ServiceCatalog catalog;
    private int change;

    @Setup
    public void fill() {
        catalog = ManyServices.catalog(services);
        catalog.compile();
    }

    @Benchmark
    public Compiled full() {
        return ManyServices.catalog(services).compile();
    }

    @Benchmark
    public Compiled oneEndpoint() {
        catalog.put(ManyServices.slice(random.nextInt(services), ++change % 7 + 1));
        return catalog.compile();
    }
}
