package dev.ringway.control.services;

import java.util.HashSet;
import java.util.Set;

/** How many service ports may have Maglev tables: each takes up to 256 KiB. Control thread only. */
final class MaglevBudget {
    static final int MOST = 128;

    private final Set<Integer> ports = new HashSet<>();

    /** True if this port may have its tables. */
    boolean take(int id) {
        if (ports.size() >= MOST && !ports.contains(id)) {
            return false;
        }
        ports.add(id);
        return true;
    }

    void release(int id) {
        ports.remove(id);
    }
}
