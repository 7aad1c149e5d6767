package dev.ringway.observe;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowCopy;
import java.lang.foreign.Arena;

/**
 * Of all flows that are offered the first few in an order: a heap with the last of those kept on top, which gives way.
 * Copies lie in memory of its own, so that what it takes does not depend on how many flows there are. One thread.
 */
final class BestFlows implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final long memory;
    private final long[] keys;
    private final long[] ids;
    private final int[] places;
    private int size;

    /** @param most how many are kept */
    BestFlows(int most) {
        memory = arena.allocate((long) most * Flow.LENGTH, Long.BYTES).address();
        keys = new long[most];
        ids = new long[most];
        places = new int[most];
    }

    /**
     * True if the first comes before the second.
     *
     * @param key the greater comes first
     * @param id  of two with the same key the smaller comes first
     */
    static boolean isBefore(long key, long id, long otherKey, long otherId) {
        return key != otherKey ? key > otherKey : id < otherId;
    }

    /** Keeps the flow if it is among the first. */
    void offer(long key, long id, FlowCopy flow) {
        if (size < keys.length) {
            places[size] = size;
            set(size, key, id, size, flow);
            up(size++);
        } else if (isBefore(key, id, keys[0], ids[0])) {
            set(0, key, id, places[0], flow);
            down();
        }
    }

    int size() {
        return size;
    }

    /** Takes out the last of those that are left; then {@link #flow}, {@link #key} and {@link #id} are about it. */
    void takeLast() {
        size--;
        swap(0, size);
        down();
    }

    /** The flow that was taken out last. */
    long flow() {
        return memory + (long) places[size] * Flow.LENGTH;
    }

    long key() {
        return keys[size];
    }

    long id() {
        return ids[size];
    }

    @Override
    public void close() {
        arena.close();
    }

    private void set(int at, long key, long id, int place, FlowCopy flow) {
        keys[at] = key;
        ids[at] = id;
        flow.keep(memory + (long) place * Flow.LENGTH);
    }

    private void up(int from) {
        int at = from;
        while (at > 0 && isBefore((at - 1) / 2, at)) {
            swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void down() {
        int at = 0;
        while (2 * at + 1 < size) {
            int last = 2 * at + 1;
            if (last + 1 < size && isBefore(last, last + 1)) {
                last++;
            }
            if (!isBefore(at, last)) {
                return;
            }
            swap(at, last);
            at = last;
        }
    }

    private boolean isBefore(int a, int b) {
        return isBefore(keys[a], ids[a], keys[b], ids[b]);
    }

    private void swap(int a, int b) {
        final long key = keys[a];
        keys[a] = keys[b];
        keys[b] = key;
        final long id = ids[a];
        ids[a] = ids[b];
        ids[b] = id;
        final int place = places[a];
        places[a] = places[b];
        places[b] = place;
    }
}
