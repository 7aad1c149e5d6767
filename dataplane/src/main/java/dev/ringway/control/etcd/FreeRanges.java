package dev.ringway.control.etcd;

import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds what is left of a cluster's range, in pieces of a node's size: /24 and /64. Pure. */
final class FreeRanges {
    private static final int PIECE_4 = 24;
    private static final int PIECE_6 = 64;
    private static final Comparator<Prefix> BY_START = Comparator.comparing(Prefix::hi, Long::compareUnsigned);

    private FreeRanges() {
    }

    /** How long the prefix of a node's range is; a cluster's range that is smaller goes to one node as a whole. */
    static int pieceLength(Prefix cluster) {
        return Math.max(cluster.length(), cluster.version() == 4 ? PIECE_4 : PIECE_6);
    }

    /**
     * The first pieces that are free, in their order.
     *
     * @param taken ranges of any size and version
     * @param most  how many are enough
     */
    static List<Prefix> first(Prefix cluster, List<Prefix> taken, int most) {
        final List<Prefix> inTheWay = new ArrayList<>(taken.stream().filter(range ->
                cluster.contains(range) || range.contains(cluster)).sorted(BY_START).toList());
        final int length = pieceLength(cluster);
        if (length == cluster.length()) {
            return inTheWay.isEmpty() ? List.of(cluster) : List.of();
        }
        // Here a piece is at most 64 bits long, so that the upper half of an address counts and nothing else.
        final long last = cluster.hi() | ~Prefix.maskHi(cluster.length());
        final long behindStart = ~Prefix.maskHi(length);
        final List<Prefix> free = new ArrayList<>();
        long start = cluster.hi();
        for (Prefix range : inTheWay) {
            while (free.size() < most && Long.compareUnsigned(start | behindStart, range.hi()) < 0) {
                free.add(new Prefix(cluster.version(), start, 0, length));
                start = (start | behindStart) + 1;
            }
            final long end = range.hi() | ~Prefix.maskHi(Math.min(64, range.length())) | behindStart;
            if (Long.compareUnsigned(end, last) >= 0) {
                return free;
            }
            if (Long.compareUnsigned(end, start) >= 0) {
                start = end + 1;
            }
        }
        while (free.size() < most) {
            free.add(new Prefix(cluster.version(), start, 0, length));
            if ((start | behindStart) == last) {
                break;
            }
            start = (start | behindStart) + 1;
        }
        return free;
    }
}
