package dev.ringway.offload;

import java.util.Arrays;

/**
 * Bounds the ICMP errors of one shard as Linux does by default: 1000 a second in all with bursts of 50
 * (icmp_msgs_per_sec, icmp_msgs_burst), and to one target one a second with bursts of 6 (icmp_ratelimit).
 * Fragmentation needed and packet too big are exempt from the second, as path MTU discovery lives by them.
 */
public final class IcmpRateLimit {
    private static final int TARGETS = 1024;
    private static final long GLOBAL_INTERVAL_NS = 1_000_000L;
    private static final int GLOBAL_BURST = 50;
    private static final long TARGET_INTERVAL_NS = 1_000_000_000L;
    private static final int TARGET_BURST = 6;

    /** Virtual scheduling: the time at which a bucket would be full again. */
    private long global = Long.MIN_VALUE;
    private final long[] targets = new long[TARGETS];

    public IcmpRateLimit() {
        Arrays.fill(targets, Long.MIN_VALUE);
    }

    /**
     * Takes a token.
     *
     * @param targetHash    hash of the address the error goes to
     * @param pathMtu       true for fragmentation needed and packet too big
     */
    public boolean allow(int targetHash, boolean pathMtu, long nowNs) {
        final int i = targetHash & TARGETS - 1;
        final long target = Math.max(targets[i], nowNs);
        if (!pathMtu && target - nowNs > TARGET_INTERVAL_NS * (TARGET_BURST - 1)) {
            return false;
        }
        final long all = Math.max(global, nowNs);
        if (all - nowNs > GLOBAL_INTERVAL_NS * (GLOBAL_BURST - 1)) {
            return false;
        }
        global = all + GLOBAL_INTERVAL_NS;
        if (!pathMtu) {
            targets[i] = target + TARGET_INTERVAL_NS;
        }
        return true;
    }
}
