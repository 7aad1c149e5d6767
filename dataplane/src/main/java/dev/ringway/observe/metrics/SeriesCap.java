package dev.ringway.observe.metrics;

import java.util.HashMap;
import java.util.Map;

/**
 * Bounds how many things of one kind have series of their own; what the others count is added up. A thing keeps what it
 * was given for as long as it is there, and the sum never goes back, so that no counter does. One thread at a time.
 *
 * @param <K> what things are told apart by
 */
final class SeriesCap<K> {
    static final String OVERFLOW = "_overflow";

    private final int most;
    private final boolean same;
    private final Map<K, Known> known = new HashMap<>();
    private Map<K, long[]> now = new HashMap<>();
    private long[] overflow;
    private int shown;

    private static final class Known {
        private final boolean shown;
        private long[] last;

        private Known(boolean shown) {
            this.shown = shown;
        }
    }

    /**
     * Takes the values of one thing or of their sum.
     *
     * @param <K> what things are told apart by
     */
    interface Output<K> {
        /** @param key null: the sum of those that have no series of their own */
        void put(K key, long[] values);
    }

    /**
     * For things of which another may come under the same key, which counts from zero.
     *
     * @param most things with series of their own
     */
    static <K> SeriesCap<K> ofNames(int most) {
        return new SeriesCap<>(most, false);
    }

    /**
     * For things whose key no other gets: what has fallen since the last reading was read at a bad moment, and stays as
     * it was.
     */
    static <K> SeriesCap<K> ofHandles(int most) {
        return new SeriesCap<>(most, true);
    }

    private SeriesCap(int most, boolean same) {
        this.most = most;
        this.same = same;
    }

    /** Notes what a thing has counted; equal keys are added up. The values are not to be written any more. */
    void add(K key, long... values) {
        now.merge(key, values, SeriesCap::plus);
    }

    /**
     * Ends a reading.
     *
     * @return how many things have no series of their own
     */
    int finish(Output<? super K> output) {
        known.entrySet().removeIf(entry -> {
            final boolean gone = !now.containsKey(entry.getKey());
            shown -= gone && entry.getValue().shown ? 1 : 0;
            return gone;
        });
        final Map<K, long[]> reading = now;
        now = new HashMap<>();
        int hidden = 0;
        for (Map.Entry<K, long[]> entry : reading.entrySet()) {
            final Known one = known.computeIfAbsent(entry.getKey(), key -> admit());
            final long[] values = same && one.last != null ? most(entry.getValue(), one.last) : entry.getValue();
            if (one.shown) {
                output.put(entry.getKey(), values);
            } else {
                hidden++;
                addUp(one.last, values);
            }
            one.last = values;
        }
        if (overflow != null) {
            output.put(null, overflow.clone());
        }
        return hidden;
    }

    /** True if a thing of the last reading has series of its own. */
    boolean isShown(K key) {
        final Known one = known.get(key);
        return one != null && one.shown;
    }

    private Known admit() {
        final boolean room = shown < most;
        shown += room ? 1 : 0;
        return new Known(room);
    }

    private void addUp(long[] last, long[] values) {
        if (overflow == null) {
            overflow = new long[values.length];
        }
        for (int i = 0; i < values.length; i++) {
            final long before = last == null ? 0 : last[i];
            // Counted from zero again: another thing of the same name.
            overflow[i] += values[i] >= before ? values[i] - before : values[i];
        }
    }

    /** The greater of both, in an array that is there already if one has them all. */
    private static long[] most(long[] values, long[] last) {
        long[] most = values;
        for (int i = 0; i < values.length; i++) {
            if (values[i] < last[i]) {
                most = most == values ? values.clone() : most;
                most[i] = last[i];
            }
        }
        return most;
    }

    private static long[] plus(long[] a, long[] b) {
        final long[] sum = new long[a.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }
}
