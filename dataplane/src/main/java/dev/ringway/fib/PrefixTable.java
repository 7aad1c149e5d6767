package dev.ringway.fib;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Longest-prefix match by one hash table a prefix length, tried from the longest. A pod network has a handful of
 * lengths (pods, nodes' ranges, the cluster's range, default), so a look-up is a few probes whatever the number of
 * routes. Immutable.
 */
final class PrefixTable {
    private final long[] maskHi;
    private final long[] maskLo;
    private final long[][] keys;
    private final Adjacency[][] values;

    PrefixTable(Map<Prefix, Adjacency> routes) {
        final TreeMap<Integer, TreeMap<Prefix, Adjacency>> byLength = new TreeMap<>(Comparator.reverseOrder());
        routes.forEach((prefix, adjacency) -> byLength
                .computeIfAbsent(prefix.length(), l -> new TreeMap<>(PrefixTable::compare)).put(prefix, adjacency));
        final int lengths = byLength.size();
        maskHi = new long[lengths];
        maskLo = new long[lengths];
        keys = new long[lengths][];
        values = new Adjacency[lengths][];
        int i = 0;
        for (Map.Entry<Integer, TreeMap<Prefix, Adjacency>> entry : byLength.entrySet()) {
            maskHi[i] = Prefix.maskHi(entry.getKey());
            maskLo[i] = Prefix.maskLo(entry.getKey());
            fill(i, entry.getValue());
            i++;
        }
    }

    private void fill(int i, Map<Prefix, Adjacency> routes) {
        // At most half full, so that a miss ends soon.
        final int capacity = Integer.highestOneBit(Math.max(1, routes.size()) * 4 - 1);
        keys[i] = new long[capacity * 2];
        values[i] = new Adjacency[capacity];
        routes.forEach((prefix, adjacency) -> {
            int at = hash(prefix.hi(), prefix.lo()) & capacity - 1;
            while (values[i][at] != null) {
                at = at + 1 & capacity - 1;
            }
            keys[i][2 * at] = prefix.hi();
            keys[i][2 * at + 1] = prefix.lo();
            values[i][at] = adjacency;
        });
    }

    /** The adjacency of the longest prefix that contains the address, or null. */
    Adjacency lookup(long hi, long lo) {
        for (int i = 0; i < keys.length; i++) {
            final long h = hi & maskHi[i];
            final long l = lo & maskLo[i];
            final Adjacency[] slots = values[i];
            final long[] k = keys[i];
            int at = hash(h, l) & slots.length - 1;
            Adjacency found = slots[at];
            while (found != null) {
                if (k[2 * at] == h && k[2 * at + 1] == l) {
                    return found;
                }
                at = at + 1 & slots.length - 1;
                found = slots[at];
            }
        }
        return null;
    }

    private static int hash(long hi, long lo) {
        long h = hi * 0x9E3779B97F4A7C15L + lo;
        h ^= h >>> 29;
        h *= 0xBF58476D1CE4E5B9L;
        return (int) (h >>> 32);
    }

    private static int compare(Prefix a, Prefix b) {
        final int high = Long.compareUnsigned(a.hi(), b.hi());
        return high != 0 ? high : Long.compareUnsigned(a.lo(), b.lo());
    }
}
