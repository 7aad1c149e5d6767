package dev.ringway.observe;

import dev.ringway.service.ServiceCounters;
import java.util.Arrays;

/**
 * Sums for some handles, those that are wanted, by the columns of {@link ServiceCounters} and {@link #OPEN}; numbers in
 * the place of objects. One thread.
 */
final class TrafficSums {
    /** Flows that are open and not over. */
    static final int OPEN = ServiceCounters.NO_BACKEND + 1;
    private static final int COLUMNS = OPEN + 1;

    /** Place of a handle's sums, plus 1, by its hash; open addressing, at most half full. */
    private int[] slots = new int[64];
    private int[] handles = new int[32];
    private long[] cells = new long[32 * COLUMNS];
    private int size;

    void want(int handle) {
        if (find(handle) >= 0) {
            return;
        }
        if (size == handles.length) {
            handles = Arrays.copyOf(handles, 2 * size);
            cells = Arrays.copyOf(cells, 2 * size * COLUMNS);
            slots = new int[2 * slots.length];
            for (int i = 0; i < size; i++) {
                slots[freeSlot(handles[i])] = i + 1;
            }
        }
        handles[size] = handle;
        slots[freeSlot(handle)] = ++size;
    }

    int size() {
        return size;
    }

    int handle(int i) {
        return handles[i];
    }

    /** The number of a handle, or -1 if it is not wanted. */
    int find(int handle) {
        int slot = home(handle);
        while (slots[slot] != 0) {
            if (handles[slots[slot] - 1] == handle) {
                return slots[slot] - 1;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return -1;
    }

    /** @param i number of a handle */
    void add(int i, int column, long amount) {
        cells[i * COLUMNS + column] += amount;
    }

    /** 0 for a handle that was not wanted. */
    long get(int handle, int column) {
        final int at = find(handle);
        return at < 0 ? 0 : cells[at * COLUMNS + column];
    }

    private int freeSlot(int handle) {
        int slot = home(handle);
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private int home(int handle) {
        return (handle * 0x9E37_79B9 >>> 7) & slots.length - 1;
    }
}
