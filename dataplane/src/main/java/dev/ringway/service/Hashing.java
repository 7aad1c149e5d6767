package dev.ringway.service;

/** Mixing of bits, so that every bit of the input changes about half of the output's. */
final class Hashing {
    private static final long A = 0x9E37_79B9_7F4A_7C15L;
    private static final long B = 0xBF58_476D_1CE4_E5B9L;
    private static final long C = 0x94D0_49BB_1331_11EBL;

    private Hashing() {
    }

    static long mix(long seed, long first, long second, int third) {
        long h = (first ^ seed) * A;
        h = (h ^ h >>> 32) + second;
        h *= B;
        h = (h ^ h >>> 29) + third;
        h *= C;
        return h ^ h >>> 32;
    }

    /** Of a text: FNV-1a over its characters, then mixed. */
    static long of(String text) {
        long h = 0xCBF2_9CE4_8422_2325L;
        for (int i = 0; i < text.length(); i++) {
            h = (h ^ text.charAt(i)) * 0x100_0000_01B3L;
        }
        return (h ^ h >>> 32) * A;
    }

    /** The finalizer of MurmurHash3, a bijection of 32 bits. */
    static int mix(int hash) {
        int h = hash;
        h ^= h >>> 16;
        h *= 0x85EB_CA6B;
        h ^= h >>> 13;
        h *= 0xC2B2_AE35;
        return h ^ h >>> 16;
    }
}
