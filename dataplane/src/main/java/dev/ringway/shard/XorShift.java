package dev.ringway.shard;

/**
 * Random numbers of one thread without a lock or allocation (Marsaglia's xorshift64), the same for the same seed; not
 * for secrets.
 */
final class XorShift {
    private long state;

    XorShift(long seed) {
        state = seed == 0 ? 1 : seed;
    }

    int next() {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return (int) (state >>> 32);
    }
}
