package dev.ringway.observe.metrics;

import java.util.Arrays;

/** Durations in buckets, the last of which has no bound. */
final class Distribution {
    /** kube-proxy's, so that its dashboards fit: 1 ms to 16 s. */
    private static final int BOUNDED = 15;
    private static final double FIRST_S = 0.001;
    private static final double[] BOUNDS = bounds();

    private final double[] bounds;
    private final long[] counts;
    private double sum;

    /** The first is up to 1 ms, each further one up to twice as much. */
    Distribution() {
        this(BOUNDS);
    }

    /** @param bounds upper ones, the last infinite */
    Distribution(double... bounds) {
        this.bounds = bounds;
        counts = new long[bounds.length];
    }

    private static double[] bounds() {
        final double[] bounds = new double[BOUNDED + 1];
        for (int i = 0; i < BOUNDED; i++) {
            bounds[i] = FIRST_S * (1 << i);
        }
        bounds[BOUNDED] = Double.POSITIVE_INFINITY;
        return bounds;
    }

    synchronized void add(double seconds) {
        int bucket = 0;
        while (seconds > bounds[bucket]) {
            bucket++;
        }
        counts[bucket]++;
        sum += seconds;
    }

    synchronized void put(Sheet sheet, Metric metric, String... labels) {
        sheet.put(metric, bounds, Arrays.copyOf(counts, counts.length), sum, labels);
    }
}
