package dev.ringway.testing;

import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Bytes at a native address with guards on both sides: closing it fails if a guard was written to. Whether something
 * <em>reads</em> past the end shows by doing it twice with different guards ({@link #surround}): the outcome must be
 * the same.
 *
 * <p>The address is good until {@link #close}, which the thread that made it calls; any thread may use the address.
 */
public final class GuardedMemory implements AutoCloseable {
    /** Bytes on each side. */
    public static final int GUARD = 512;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment all;
    private final int length;
    private int fill;

    /** @param length of the bytes between the guards, zero at first */
    public GuardedMemory(int length) {
        this.length = length;
        all = arena.allocate(GUARD + (long) length + GUARD, 64);
        surround(0xE7);
    }

    /** A copy of these bytes. */
    public static GuardedMemory of(byte[] bytes) {
        final GuardedMemory memory = new GuardedMemory(bytes.length);
        Memory.putBytes(memory.address(), bytes);
        return memory;
    }

    /** Of the first byte, a multiple of 64. */
    public long address() {
        return all.address() + GUARD;
    }

    public int length() {
        return length;
    }

    /** Fills both guards with this value. */
    public void surround(int value) {
        fill = value;
        all.asSlice(0, GUARD).fill((byte) value);
        all.asSlice(GUARD + (long) length, GUARD).fill((byte) value);
    }

    public byte[] bytes() {
        return bytes(0, length);
    }

    public byte[] bytes(int from, int count) {
        return all.asSlice(GUARD + (long) from, count).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Fails if something was written outside. */
    public void check() {
        checkGuard(0, -GUARD);
        checkGuard(GUARD + (long) length, length);
    }

    private void checkGuard(long at, int offset) {
        final long whole = (fill & 0xFF) * 0x0101_0101_0101_0101L;
        for (int i = 0; i < GUARD; i += 8) {
            if (all.get(ValueLayout.JAVA_LONG_UNALIGNED, at + i) != whole) {
                throw new AssertionError("written outside of " + length + " bytes, at offset " + (offset + i)
                        + " or up to 7 further");
            }
        }
    }

    @Override
    public void close() {
        try {
            check();
        } finally {
            arena.close();
        }
    }
}
