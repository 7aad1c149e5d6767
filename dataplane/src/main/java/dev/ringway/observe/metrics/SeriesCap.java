package dev.ringway.observe.metrics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Bounds how many things of one kind have series of their own; what the others count is added up. A thing keeps what it
 * was given for as long as it is there, and the sum never goes back, so that no counter does. One thread at a time.
 */
final class SeriesCap {
    static final String OVERFLOW = "_overflow";

    private final int most;
    private final Map<List<String>, Known> known = new HashMap<>();
    private Map<List<String>, long[]> now = new HashMap<>();
    private long[] overflow;
    private int shown;
    private int width;

    private static final class Known {
        private final boolean shown;
        private long[] last;

        private Known(boolean shown) {
            this.shown = shown;
        }
    }

    /** Takes the values of one thing or of their sum. */
    interface Output {
        void put(List<String> labels, long[] values);
    }

    /** @param most things with series of their own */
    SeriesCap(int most) {
        this.most = most;
    }

    /** Notes what a thing has counted; equal labels are added up. */
    void add(List<String> labels, long... values) {
        now.merge(labels, values, SeriesCap::plus);
    }

    /**
     * Ends a reading.
     *
     * @param gauges how many of each thing's values, the last ones, are no counters
     * @return how many things have no series of their own
     */
    int finish(int gauges, Output output) {
        known.entrySet().removeIf(entry -> {
            final boolean gone = !now.containsKey(entry.getKey());
            shown -= gone && entry.getValue().shown ? 1 : 0;
            return gone;
        });
        final Map<List<String>, long[]> reading = now;
        now = new HashMap<>();
        if (overflow != null) {
            Arrays.fill(overflow, overflow.length - gauges, overflow.length, 0);
        }
        int hidden = 0;
        for (Map.Entry<List<String>, long[]> entry : reading.entrySet()) {
            final Known one = known.computeIfAbsent(entry.getKey(), key -> admit());
            width = entry.getKey().size();
            if (one.shown) {
                output.put(entry.getKey(), entry.getValue());
            } else {
                hidden++;
                add(one, entry.getValue(), gauges);
            }
        }
        if (overflow != null) {
            final String[] labels = new String[width];
            Arrays.fill(labels, OVERFLOW);
            output.put(List.of(labels), overflow.clone());
        }
        return hidden;
    }

    private Known admit() {
        final boolean room = shown < most;
        shown += room ? 1 : 0;
        return new Known(room);
    }

    private void add(Known one, long[] values, int gauges) {
        if (overflow == null) {
            overflow = new long[values.length];
        }
        for (int i = 0; i < values.length; i++) {
            final long before = one.last == null || i >= values.length - gauges ? 0 : one.last[i];
            // Counted from zero again: another thing of the same name.
            overflow[i] += values[i] >= before ? values[i] - before : values[i];
        }
        one.last = values;
    }

    private static long[] plus(long[] a, long[] b) {
        final long[] sum = new long[a.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }
}
