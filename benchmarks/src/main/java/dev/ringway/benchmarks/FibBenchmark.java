package dev.ringway.benchmarks;

import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Fib;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/**
 * Longest-prefix match in a table as a node has it: one in ten routes is a pod's, the others are nodes' ranges, and
 * the cluster's range and the default lie below. Look-ups go to random pods of random nodes. Beside it a list of
 * prefixes sorted by length, which is all that ten routes need.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FibBenchmark extends AsDaemon {
    private static final int LOOKUPS = 4096;

    @Param({"10", "1000", "10000"})
    public int routes;

    @Param({"4", "6"})
    public int version;

    private final long[] hi = new long[LOOKUPS];
    private final long[] lo = new long[LOOKUPS];
    private Fib fib;
    private List<Map.Entry<Prefix, Adjacency>> list;
    private int next;

    @Setup
    public void fill() {
        final SplittableRandom random = new SplittableRandom(1);
        final Map<Prefix, Adjacency> table = new HashMap<>();
        final int range = version == 4 ? 24 : 64;
        final int host = version == 4 ? 32 : 128;
        table.put(new Prefix(version, 0, 0, 0), Adjacency.host(0));
        table.put(Prefix.of(version, base(0), 0, version == 4 ? 8 : 32), Adjacency.UNREACHABLE);
        final List<Prefix> targets = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            final boolean pod = i % 10 == 0;
            final int node = pod ? 0 : i;
            final Prefix prefix = Prefix.of(version, pod ? address(node, i) : base(node), pod ? low(i) : 0,
                    pod ? host : range);
            table.put(prefix, pod ? Adjacency.pod(i) : new Adjacency(Adjacency.Kind.TUNNEL, -1, null));
            targets.add(prefix);
        }
        for (int i = 0; i < LOOKUPS; i++) {
            final Prefix target = targets.get(random.nextInt(targets.size()));
            final int suffix = random.nextInt(256);
            hi[i] = target.length() == host || version == 6 ? target.hi() : target.hi() | (long) suffix << 32;
            lo[i] = target.length() == host ? target.lo() : version == 6 ? suffix : 0;
        }
        fib = new Fib(table);
        list = new ArrayList<>(table.entrySet());
        list.sort(Comparator.comparingInt(entry -> -entry.getKey().length()));
    }

    /** First address of a node's range: 10.x.y.0 or fd00:244:node::. */
    private long base(int node) {
        return version == 4 ? 10L << 56 | (long) node << 40 : 0xFD00_0244L << 32 | (long) node << 16;
    }

    private long address(int node, int pod) {
        return version == 4 ? base(node) | (long) (pod & 0xFFFF) << 32 : base(node);
    }

    private long low(int pod) {
        return version == 4 ? 0 : pod;
    }

    @Benchmark
    public Adjacency hashPerLength() {
        final int i = next++ & LOOKUPS - 1;
        return fib.lookup(version, hi[i], lo[i]);
    }

    @Benchmark
    public Adjacency sortedList() {
        final int i = next++ & LOOKUPS - 1;
        for (int k = 0; k < list.size(); k++) {
            final Map.Entry<Prefix, Adjacency> route = list.get(k);
            if (route.getKey().contains(version, hi[i], lo[i])) {
                return route.getValue();
            }
        }
        return null;
    }
}
