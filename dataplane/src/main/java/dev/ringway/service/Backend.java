package dev.ringway.service;

import dev.ringway.conntrack.Flow;

/**
 * One address of a service port. Immutable; another object takes its place in the next table when something about it
 * changes, under the same handle as long as it is the same backend.
 */
public final class Backend {
    private static final int SLOT_BITS = 24;
    static final int MOST_SLOTS = 1 << SLOT_BITS;

    /** Names it for as long as it is listed, and nothing else for long afterwards: generation and slot. Never 0. */
    public final int handle;
    public final int version;
    /** Its address; IPv4 in the top 32 bits. */
    public final long hi;
    public final long lo;
    public final int port;
    /** Its part of new flows, to that of the others. 0: none while another has some. */
    public final int weight;
    /** True if it runs on this node. */
    public final boolean local;

    public Backend(int handle, int version, long hi, long lo, int port, int weight, boolean local) {
        this.handle = handle;
        this.version = version;
        this.hi = hi;
        this.lo = lo;
        this.port = port;
        this.weight = weight;
        this.local = local;
    }

    /**
     * @param slot       its place in the table, below 2^24
     * @param generation 1..255; another one each time that the slot is given away
     */
    public static int handle(int slot, int generation) {
        if (slot < 0 || slot >= MOST_SLOTS || generation < 1 || generation > 255) {
            throw new IllegalArgumentException("slot " + slot + ", generation " + generation);
        }
        return generation << SLOT_BITS | slot;
    }

    /** True if a flow's backend is a backend of a table: not none, not one of a former daemon. */
    static boolean isHandle(int handle) {
        return handle != 0 && handle != Flow.RECOVERED;
    }

    static int slot(int handle) {
        return handle & MOST_SLOTS - 1;
    }

    static int generation(int handle) {
        return handle >>> SLOT_BITS;
    }

    public int slot() {
        return slot(handle);
    }

    boolean isAt(Backend other) {
        return version == other.version && hi == other.hi && lo == other.lo && port == other.port;
    }
}
