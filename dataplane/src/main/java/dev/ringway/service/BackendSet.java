package dev.ringway.service;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The backends that new flows are spread over. Immutable; made by the control side, where a Maglev table takes
 * milliseconds. Choices are by hash, allocate nothing, and give every backend its part by weight; weights that are all
 * 0 count as equal.
 */
public final class BackendSet {
    public static final BackendSet EMPTY = new BackendSet(new Backend[0], false, null, null);

    private static final Comparator<Backend> ORDER = Comparator.<Backend>comparingInt(backend -> backend.version)
            .thenComparing((a, b) -> Long.compareUnsigned(a.hi, b.hi))
            .thenComparing((a, b) -> Long.compareUnsigned(a.lo, b.lo))
            .thenComparingInt(backend -> backend.port);

    /** In the order of address and port; never written. */
    public final Backend[] backends;
    private final boolean weighed;
    private final AliasTable weights;
    private final MaglevTable maglev;

    private BackendSet(Backend[] backends, boolean weighed, AliasTable weights, MaglevTable maglev) {
        this.backends = backends;
        this.weighed = weighed;
        this.weights = weights;
        this.maglev = maglev;
    }

    /**
     * @param backends no two with the same address and port; not to be written any more
     * @param maglev   make a Maglev table
     */
    public static BackendSet of(Backend[] backends, boolean maglev) {
        if (backends.length == 0) {
            return EMPTY;
        }
        final Backend[] sorted = sorted(backends);
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (Backend backend : sorted) {
            least = Math.min(least, backend.weight);
            most = Math.max(most, backend.weight);
        }
        final boolean choice = sorted.length > 1 && most > 0;
        return new BackendSet(sorted, most > 0, least == most ? null : new AliasTable(sorted),
                maglev && choice && sorted.length < MaglevTable.MOST ? new MaglevTable(sorted) : null);
    }

    private static Backend[] sorted(Backend[] backends) {
        for (int i = 1; i < backends.length; i++) {
            if (ORDER.compare(backends[i - 1], backends[i]) > 0) {
                final Backend[] sorted = backends.clone();
                Arrays.sort(sorted, ORDER);
                return sorted;
            }
        }
        return backends;
    }

    public int size() {
        return backends.length;
    }

    public boolean isEmpty() {
        return backends.length == 0;
    }

    /** False if no backend has a weight, so that all count as equal. */
    public boolean isWeighed() {
        return weighed;
    }

    /** True if a backend of these may get new flows by its weight. */
    public boolean takes(Backend one) {
        return !weighed || one.weight > 0;
    }

    /** True if {@link #maglev} is by a table, or there is no choice. */
    public boolean hasMaglev() {
        return maglev != null || backends.length < 2;
    }

    /** A backend that the hash decides, or null if there is none. Which one it is for a hash changes with the set. */
    public Backend random(int hash) {
        if (backends.length < 2) {
            return backends.length == 0 ? null : backends[0];
        }
        final long mixed = Hashing.mix(hash) & 0xFFFF_FFFFL;
        return backends[weights == null ? (int) (mixed * backends.length >>> 32) : weights.choose(mixed)];
    }

    /** The backend of this address and port, or null. Looks at all. */
    public Backend find(long hi, long lo, int port) {
        for (Backend one : backends) {
            if (one.hi == hi && one.lo == lo && one.port == port) {
                return one;
            }
        }
        return null;
    }

    /** The backend of this hash, which with few exceptions stays when others come and go. Null if there is none. */
    public Backend maglev(int hash) {
        return maglev == null ? random(hash) : backends[maglev.choose(Hashing.mix(hash))];
    }
}
