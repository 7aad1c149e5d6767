package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.service.ServiceCounters;

/** Times in the buckets of {@link ServiceCounters}, of one thing. */
public final class Latencies {
    private final long[] buckets = new long[ServiceCounters.BUCKETS];
    private long sumMicros;

    void add(int bucket, long count) {
        buckets[bucket] += count;
    }

    void addSum(long micros) {
        sumMicros += micros;
    }

    /** How many fell into each. */
    public long[] buckets() {
        return buckets;
    }

    public long sumMicros() {
        return sumMicros;
    }

    public long count() {
        long count = 0;
        for (long bucket : buckets) {
            count += bucket;
        }
        return count;
    }

    /** Half of them and 99 of a hundred, by the bounds of their buckets. */
    void put(ObjectNode node) {
        final long count = count();
        node.put("count", count);
        if (count > 0 && sumMicros > 0) {
            node.put("meanMicros", sumMicros / count);
        }
        putBound(node, "p50", 50, count);
        putBound(node, "p99", 99, count);
    }

    /** The last bucket has no upper bound, but a lower one. */
    private void putBound(ObjectNode node, String name, int percent, long count) {
        long below = 0;
        for (int i = 0; count > 0 && i < buckets.length; i++) {
            below += buckets[i];
            if (below * 100 >= count * percent) {
                if (i < buckets.length - 1) {
                    node.put(name + "BelowMicros", ServiceCounters.bound(i));
                } else {
                    node.put(name + "AboveMicros", ServiceCounters.bound(i - 1));
                }
                return;
            }
        }
    }
}
