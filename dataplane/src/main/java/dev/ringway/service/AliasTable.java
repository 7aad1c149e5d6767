package dev.ringway.service;

/** Weighted choice in constant time: Vose's alias method (IEEE TSE 17(9), 1991), in whole numbers. Immutable. */
final class AliasTable {
    private final long[] cut;
    private final int[] alias;

    /** @param backends of which at least one has a weight */
    AliasTable(Backend[] backends) {
        final int n = backends.length;
        cut = new long[n];
        alias = new int[n];
        long total = 0;
        for (Backend backend : backends) {
            total += backend.weight;
        }
        // Each column is `total` high; a backend fills weight * n of such height, over all columns.
        final long[] filled = new long[n];
        final int[] low = new int[n];
        final int[] high = new int[n];
        int lows = 0;
        int highs = 0;
        for (int i = 0; i < n; i++) {
            filled[i] = (long) backends[i].weight * n;
            if (filled[i] < total) {
                low[lows++] = i;
            } else {
                high[highs++] = i;
            }
        }
        while (lows > 0 && highs > 0) {
            final int poor = low[--lows];
            final int rich = high[highs - 1];
            cut[poor] = share(filled[poor], total);
            alias[poor] = rich;
            filled[rich] -= total - filled[poor];
            if (filled[rich] < total) {
                highs--;
                low[lows++] = rich;
            }
        }
        while (highs > 0) {
            cut[high[--highs]] = 1L << 32;
        }
        while (lows > 0) {
            cut[low[--lows]] = 1L << 32;
        }
    }

    private static long share(long filled, long total) {
        return (long) ((double) filled / total * (1L << 32));
    }

    /** @param hash 32 bits, all values equally likely */
    int choose(long hash) {
        final long place = hash * alias.length;
        final int column = (int) (place >>> 32);
        return (place & 0xFFFF_FFFFL) < cut[column] ? column : alias[column];
    }
}
