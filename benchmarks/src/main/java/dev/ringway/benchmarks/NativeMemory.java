package dev.ringway.benchmarks;

import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/** Off-heap memory for benchmarks; lives as long as the forked JVM. */
final class NativeMemory {
    private NativeMemory() {
    }

    /** Address of this many zero bytes, aligned to a page as the shard's buffers are. */
    static long allocate(long bytes) {
        return Arena.global().allocate(bytes, 4096).address();
    }

    /** The same, filled with bytes that no branch predictor or checksum has an easy time with. */
    static long random(int bytes) {
        final byte[] content = new byte[bytes];
        new SplittableRandom(1).nextBytes(content);
        final long at = allocate(bytes);
        Memory.putBytes(at, content);
        return at;
    }
}
