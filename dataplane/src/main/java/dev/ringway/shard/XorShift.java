package dev.ringway.shard;

/** Random numbers of one thread without a lock or allocation (Marsaglia's xorshift64); not for secrets. */
final class XorShift {
    private long state = System.nanoTime() | 1;

    int next() {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return (int) (state >>> 32);
    }
}
