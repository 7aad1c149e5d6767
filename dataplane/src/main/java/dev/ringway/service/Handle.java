package dev.ringway.service;

import dev.ringway.conntrack.Flow;

/**
 * What a flow knows of its backend and its Service's port: a slot, which is given away again when what had it is gone,
 * and a generation, which tells those apart that had it one after the other.
 */
public final class Handle {
    /** Slots there can be. */
    public static final int SLOTS = 1 << 24;
    /** Generations 1 to this one, and then 1 again. */
    public static final int GENERATIONS = 255;
    private static final int SLOT_BITS = 24;

    private Handle() {
    }

    /**
     * @param slot       its place in tables, below {@link #SLOTS}
     * @param generation 1..{@value #GENERATIONS}; another one each time that the slot is given away
     */
    public static int of(int slot, int generation) {
        if (slot < 0 || slot >= SLOTS || generation < 1 || generation > GENERATIONS) {
            throw new IllegalArgumentException("slot " + slot + ", generation " + generation);
        }
        return generation << SLOT_BITS | slot;
    }

    /** True for a handle of a table: not none, not one of a former daemon. */
    static boolean isOne(int handle) {
        return handle != 0 && handle != Flow.RECOVERED;
    }

    public static int slot(int handle) {
        return handle & SLOTS - 1;
    }

    static int generation(int handle) {
        return handle >>> SLOT_BITS;
    }

    /** True if one has had the slot later than another. */
    static boolean isLater(int handle, int other) {
        final int ahead = Math.floorMod(generation(handle) - generation(other), GENERATIONS);
        return ahead > 0 && ahead <= GENERATIONS / 2;
    }
}
