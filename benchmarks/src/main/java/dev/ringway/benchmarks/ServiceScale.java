package dev.ringway.benchmarks;

import dev.ringway.control.services.ServiceCatalog;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How long many Services take to compile at first, and one changed endpoint after that, and the memory of it all. A
 * program rather than a JMH benchmark, because the first compilation happens once in a daemon's life, cold.
 *
 * <p>usage: {@code java -Xmx400m -XX:+UseSerialGC -cp benchmarks.jar dev.ringway.benchmarks.ServiceScale [SERVICES]}
 */
public final class ServiceScale {
    private static final int SERVICES = 50_000;
    private static final int CHANGES = 2000;

    private ServiceScale() {
    }

    public static void main(String[] args) {
        final int services = args.length > 0 ? Integer.parseInt(args[0]) : SERVICES;
        final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        final long begin = System.nanoTime();
        final ServiceCatalog catalog = ManyServices.catalog(services);
        final long filled = System.nanoTime();
        final int backends = catalog.compile().table().backendCount();
        final long compiled = System.nanoTime();
        out.printf(Locale.ROOT, "%d services, %d backends: %.0f ms to put, %.0f ms to compile, cold%n", services,
                backends, (filled - begin) / 1e6, (compiled - filled) / 1e6);
        final SplittableRandom random = new SplittableRandom(1);
        final double[] ms = new double[CHANGES];
        for (int i = 0; i < CHANGES; i++) {
            final long start = System.nanoTime();
            catalog.put(ManyServices.slice(random.nextInt(services), i % 7 + 1));
            catalog.compile();
            ms[i] = (System.nanoTime() - start) / 1e6;
        }
        final double first = ms[0];
        Arrays.sort(ms);
        out.printf(Locale.ROOT, "one changed endpoint: p50 %.3f ms, p99 %.3f ms, longest %.3f ms, the first %.3f ms%n",
                ms[CHANGES / 2], ms[CHANGES * 99 / 100], ms[CHANGES - 1], first);
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        out.printf(Locale.ROOT, "heap in use after a collection: %.0f MiB%n",
                (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0);
        if (catalog.compile().table().size() < services) {
            throw new IllegalStateException("Services are missing");
        }
    }
}
