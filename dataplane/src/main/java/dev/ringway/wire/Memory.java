package dev.ringway.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Raw off-heap access by address: the base of every flyweight in this package.
 *
 * <p>One segment that spans the address space serves all accesses, so that the JIT compiles each to a single
 * unchecked load or store. Nothing here checks bounds: the parsers above compare every offset with the length that
 * was received before they read, and the buffers keep a margin around each packet.
 *
 * <p>Methods ending in {@code Be} read and write network byte order; the others native order, which is what sums of
 * 16-bit words want (RFC 1071: the Internet checksum does not depend on byte order).
 */
public final class Memory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort SHORT_BE = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BE = INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG_BE = LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private Memory() {
    }

    /** Unsigned byte, 0..255. */
    public static int getByte(long address) {
        return ALL.get(BYTE, address) & 0xFF;
    }

    public static void putByte(long address, int value) {
        ALL.set(BYTE, address, (byte) value);
    }

    /** Unsigned 16 bits in native order. */
    public static int getShort(long address) {
        return ALL.get(SHORT, address) & 0xFFFF;
    }

    public static void putShort(long address, int value) {
        ALL.set(SHORT, address, (short) value);
    }

    /** Unsigned 16 bits in network order. */
    public static int getShortBe(long address) {
        return ALL.get(SHORT_BE, address) & 0xFFFF;
    }

    public static void putShortBe(long address, int value) {
        ALL.set(SHORT_BE, address, (short) value);
    }

    public static int getInt(long address) {
        return ALL.get(INT, address);
    }

    public static void putInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    public static int getIntBe(long address) {
        return ALL.get(INT_BE, address);
    }

    public static void putIntBe(long address, int value) {
        ALL.set(INT_BE, address, value);
    }

    public static long getLong(long address) {
        return ALL.get(LONG, address);
    }

    public static void putLong(long address, long value) {
        ALL.set(LONG, address, value);
    }

    public static long getLongBe(long address) {
        return ALL.get(LONG_BE, address);
    }

    public static void putLongBe(long address, long value) {
        ALL.set(LONG_BE, address, value);
    }

    /** Copies {@code length} bytes; the ranges may overlap. */
    public static void copy(long from, long to, long length) {
        MemorySegment.copy(ALL, from, ALL, to, length);
    }

    /** Copies a few bytes (headers): cheaper than {@link #copy} below about 64 bytes; the ranges must not overlap. */
    public static void copySmall(long from, long to, int length) {
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            putLong(to + i, getLong(from + i));
        }
        for (; i < length; i++) {
            ALL.set(BYTE, to + i, ALL.get(BYTE, from + i));
        }
    }

    public static void zero(long address, long length) {
        ALL.asSlice(address, length).fill((byte) 0);
    }

    public static void getBytes(long address, byte[] into) {
        MemorySegment.copy(ALL, BYTE, address, into, 0, into.length);
    }

    public static void putBytes(long address, byte[] from) {
        MemorySegment.copy(from, 0, ALL, BYTE, address, from.length);
    }
}
