package dev.ringway.service;

import dev.ringway.wire.Memory;

/** The CRC32c of SCTP (RFC 9260 appendix A) over native memory, by a table; SCTP is rare and needs no speed. */
final class Crc32c {
    /** The Castagnoli polynomial, bits reversed. */
    private static final int POLYNOMIAL = 0x82F6_3B78;
    private static final int[] TABLE = new int[256];

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
            }
            TABLE[i] = crc;
        }
    }

    private Crc32c() {
    }

    /** Of the bytes in memory; SCTP's header has it in little-endian order. */
    static int of(long at, int length) {
        int crc = -1;
        for (int i = 0; i < length; i++) {
            crc = crc >>> 8 ^ TABLE[(crc ^ Memory.getByte(at + i)) & 0xFF];
        }
        return ~crc;
    }
}
