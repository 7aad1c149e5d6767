package dev.ringway.observe.metrics;

import java.util.Arrays;

/** Durations in buckets: the first is up to 1 ms, each further one up to twice as much, the last has no bound. */
final class Distribution {
    /** kube-proxy's, so that its dashboards fit: 1 ms to 16 s. */
    private static final int BOUNDED = 15;
    private static final double FIRST_S = 0.001;
    private static final double[] BOUNDS = bounds();

    private final long[] counts = new long[BOUNDED + 1];
    private double sum;

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
        while (seconds > BOUNDS[bucket]) {
            bucket++;
        }
        counts[bucket]++;
        sum += seconds;
    }

    synchronized void put(Sheet sheet, Metric metric, String... labels) {
        sheet.put(metric, BOUNDS, Arrays.copyOf(counts, counts.length), sum, labels);
    }
}
