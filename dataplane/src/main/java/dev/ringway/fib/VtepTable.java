package dev.ringway.fib;

import java.util.Collection;
import java.util.List;

/** Finds a node by the underlay address a datagram came from, or by its index. Immutable. */
public final class VtepTable {
    private final Vtep[] slots;
    private final Vtep[] byIndex;
    private final List<Vtep> all;

    public VtepTable(Collection<Vtep> vteps) {
        all = List.copyOf(vteps);
        final int capacity = Integer.highestOneBit(Math.max(1, vteps.size()) * 4 - 1);
        slots = new Vtep[capacity];
        int most = -1;
        for (Vtep vtep : vteps) {
            int at = hash(vtep.hi(), vtep.lo()) & capacity - 1;
            while (slots[at] != null) {
                at = at + 1 & capacity - 1;
            }
            slots[at] = vtep;
            most = Math.max(most, vtep.index());
        }
        byIndex = new Vtep[most + 1];
        vteps.forEach(v -> byIndex[v.index()] = v);
    }

    /** The node with this underlay address (IPv4 in the top 32 bits of {@code hi}), or null. */
    public Vtep lookup(long hi, long lo) {
        int at = hash(hi, lo) & slots.length - 1;
        Vtep found = slots[at];
        while (found != null && (found.hi() != hi || found.lo() != lo)) {
            at = at + 1 & slots.length - 1;
            found = slots[at];
        }
        return found;
    }

    /** The node with this index, or null if it has left. */
    public Vtep byIndex(int index) {
        return index < byIndex.length ? byIndex[index] : null;
    }

    public List<Vtep> all() {
        return all;
    }

    private static int hash(long hi, long lo) {
        final long h = (hi ^ Long.rotateLeft(lo, 23)) * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 40);
    }
}
