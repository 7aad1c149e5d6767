package dev.ringway.tun;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket by virtual scheduling (GCRA, ITU-T I.371): instead of tokens it keeps the time at which all that has
 * passed would have been sent at the rate. Any thread; one compare-and-set a packet, and only for limited ports.
 */
public final class TokenBucket {
    private static final long NS_PER_S = 1_000_000_000L;

    private final long bitsPerSecond;
    private final long burstNs;
    private final AtomicLong finishNs = new AtomicLong(Long.MIN_VALUE);

    /**
     * @param bitsPerSecond rate, above 0
     * @param burstBits     what may pass at once
     */
    public TokenBucket(long bitsPerSecond, long burstBits) {
        this.bitsPerSecond = bitsPerSecond;
        burstNs = timeOf(burstBits);
    }

    /** Lets a packet pass if what passed before fits into the burst; a packet larger than the burst passes alone. */
    public boolean tryTake(int bytes, long nowNs) {
        while (true) {
            final long finish = finishNs.get();
            final long start = Math.max(finish, nowNs);
            if (start - nowNs > burstNs) {
                return false;
            }
            if (finishNs.compareAndSet(finish, start + timeOf(bytes * 8L))) {
                return true;
            }
        }
    }

    /**
     * Takes a packet that has passed already.
     *
     * @return nanoseconds until the next may pass; 0 if at once
     */
    public long take(int bytes, long nowNs) {
        final long cost = timeOf(bytes * 8L);
        final long finish = finishNs.updateAndGet(f -> Math.max(f, nowNs) + cost);
        return Math.max(0, finish - nowNs - burstNs);
    }

    /** Time that bits take at the rate, in nanoseconds; bounded, so that sums of it cannot overflow. */
    private long timeOf(long bits) {
        final double ns = (double) bits / bitsPerSecond * NS_PER_S;
        return (long) Math.min(ns, 3600.0 * NS_PER_S);
    }
}
