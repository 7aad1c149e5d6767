package dev.ringway.conntrack;

/**
 * Which backend a client had last at a service port with session affinity. Of fixed size: sets of eight, of which the
 * one that was used longest ago gives way. Its memory is taken with the first entry. Switch thread.
 */
public final class AffinityTable {
    private static final int WAYS = 8;
    private static final int SETS = 8192;

    private long[] addresses;
    private int[] services;
    private int[] handles;
    private int[] usedS;
    private int turn;

    /** The handle noted for a client within the last {@code timeoutS} seconds, or 0. */
    public int find(int version, long hi, long lo, int service, int timeoutS, int nowS) {
        if (handles == null) {
            return 0;
        }
        final int at = at(version, hi, lo, service);
        return at >= 0 && nowS - usedS[at] < timeoutS ? handles[at] : 0;
    }

    /** Notes the backend of a client's newest connection. */
    public void put(int version, long hi, long lo, int service, int handle, int nowS) {
        if (handles == null) {
            addresses = new long[SETS * WAYS * 2];
            services = new int[SETS * WAYS];
            handles = new int[SETS * WAYS];
            usedS = new int[SETS * WAYS];
        }
        int at = at(version, hi, lo, service);
        if (at < 0) {
            at = oldest(set(version, hi, lo, service));
            addresses[2 * at] = hi;
            addresses[2 * at + 1] = lo;
            services[at] = key(version, service);
        }
        handles[at] = handle;
        usedS[at] = nowS;
    }

    private int at(int version, long hi, long lo, int service) {
        final int set = set(version, hi, lo, service);
        for (int i = set; i < set + WAYS; i++) {
            if (handles[i] != 0 && services[i] == key(version, service) && addresses[2 * i] == hi
                    && addresses[2 * i + 1] == lo) {
                return i;
            }
        }
        return -1;
    }

    /** Of those of the same second any: always the first would leave the others as they are. */
    private int oldest(int set) {
        int oldest = set + (turn++ & WAYS - 1);
        for (int i = set; i < set + WAYS; i++) {
            if (handles[i] == 0) {
                return i;
            }
            if (usedS[i] - usedS[oldest] < 0) {
                oldest = i;
            }
        }
        return oldest;
    }

    private static int key(int version, int service) {
        return service << 1 | version >> 2 & 1 ^ 1;
    }

    private static int set(int version, long hi, long lo, int service) {
        return (FlowKey.hash(hi, lo, 0, 0, service, version) & SETS - 1) * WAYS;
    }
}
