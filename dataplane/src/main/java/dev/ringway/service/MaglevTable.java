package dev.ringway.service;

import java.util.Arrays;

/**
 * Consistent choice by Google's Maglev (NSDI 2016, sec. 3.4): a table of 65,537 entries, 128 KiB, in which the backends
 * take turns by permutations of their own. When one goes, its entries are spread over the others and few of theirs
 * move. Depends on nothing but the backends' addresses, ports and weights, so all nodes have the same. Immutable;
 * takes milliseconds to make.
 */
final class MaglevTable {
    static final int ENTRIES = 65_537;
    private static final long SEED_OFFSET = 0x4D61_676C_6576_0001L;
    private static final long SEED_SKIP = 0x4D61_676C_6576_0002L;
    /** More backends than an entry can name. */
    static final int MOST = 0xFFFF;
    private static final char FREE = MOST;

    private final char[] entries = new char[ENTRIES];

    /** @param backends ordered by their addresses, fewer than {@link #MOST}, at least one of them with a weight */
    MaglevTable(Backend[] backends) {
        final int n = backends.length;
        final int[] place = new int[n];
        final int[] skip = new int[n];
        final int[] credit = new int[n];
        int most = 0;
        for (int i = 0; i < n; i++) {
            final Backend backend = backends[i];
            place[i] = below(Hashing.mix(SEED_OFFSET, backend.hi, backend.lo, backend.port), ENTRIES);
            skip[i] = 1 + below(Hashing.mix(SEED_SKIP, backend.hi, backend.lo, backend.port), ENTRIES - 1);
            most = Math.max(most, backend.weight);
        }
        Arrays.fill(entries, FREE);
        int left = ENTRIES;
        while (true) {
            for (int i = 0; i < n; i++) {
                // The heaviest takes one entry a round, the others as often as their weight is of its.
                credit[i] += backends[i].weight;
                if (credit[i] >= most) {
                    credit[i] -= most;
                    int at = place[i];
                    while (entries[at] != FREE) {
                        at = next(at, skip[i]);
                    }
                    entries[at] = (char) i;
                    place[i] = next(at, skip[i]);
                    if (--left == 0) {
                        return;
                    }
                }
            }
        }
    }

    int choose(int hash) {
        return entries[(int) ((hash & 0xFFFF_FFFFL) * ENTRIES >>> 32)];
    }

    int entry(int i) {
        return entries[i];
    }

    private static int next(int at, int skip) {
        final int next = at + skip;
        return next < ENTRIES ? next : next - ENTRIES;
    }

    private static int below(long hash, int limit) {
        return (int) Long.remainderUnsigned(hash, limit);
    }
}
