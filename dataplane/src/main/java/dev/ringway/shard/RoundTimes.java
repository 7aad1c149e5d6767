package dev.ringway.shard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How long the rounds of one switch thread took in which there was something to switch, in buckets: the first is below
 * 1.024 µs, each further one below twice as much. The switch thread counts (opaque stores), any thread reads. Costs a
 * clock read a round, whatever the number of packets in it.
 */
public final class RoundTimes {
    /** The last bucket has no bound: 16.8 ms and more. */
    public static final int BUCKETS = 16;
    private static final int FIRST_BUCKET_BITS = 10;
    private static final int SUM = BUCKETS;
    private static final int PACKETS = BUCKETS + 1;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] cells = new long[BUCKETS + 2];

    /** @param bucket any but the last */
    public static long boundNs(int bucket) {
        return 1L << bucket + FIRST_BUCKET_BITS;
    }

    /** How many rounds fell into a bucket. */
    public long rounds(int bucket) {
        return get(bucket);
    }

    /** What they took together. */
    public long sumNs() {
        return get(SUM);
    }

    /** What was read in them; a super-packet is one. */
    public long packets() {
        return get(PACKETS);
    }

    void count(long ns, int packets) {
        final int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, ns));
        add(Math.clamp(bits - FIRST_BUCKET_BITS, 0, BUCKETS - 1), 1);
        add(SUM, ns);
        add(PACKETS, packets);
    }

    private void add(int i, long amount) {
        CELL.setOpaque(cells, i, cells[i] + amount);
    }

    private long get(int i) {
        return (long) CELL.getOpaque(cells, i);
    }
}
