package dev.ringway.control.services;

import java.util.BitSet;

/** How many service ports may have Maglev tables: each takes up to 256 KiB. Control thread only. */
final class MaglevBudget {
    static final int MOST = 128;

    private final BitSet ports = new BitSet();

    /** True if this port may have its tables. */
    boolean take(int id) {
        if (!ports.get(id) && ports.cardinality() >= MOST) {
            return false;
        }
        ports.set(id);
        return true;
    }

    void release(int id) {
        ports.clear(id);
    }
}
