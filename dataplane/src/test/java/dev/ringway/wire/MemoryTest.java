package dev.ringway.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Loads and stores against ByteBuffer at every alignment; copies touch what they should and nothing else. */
class MemoryTest {
    @Test
    void loads() {
        final byte[] bytes = Bytes.hex("80 ff 01 fe 7f 00 aa 55 c3 3c 99 66 f0 0f 12 ed");
        final ByteBuffer be = ByteBuffer.wrap(bytes);
        final ByteBuffer host = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        try (GuardedMemory memory = GuardedMemory.of(bytes)) {
            for (int i = 0; i <= 8; i++) {
                final long at = memory.address() + i;
                assertEquals(bytes[i] & 0xFF, Memory.getByte(at));
                assertEquals(be.getShort(i) & 0xFFFF, Memory.getShortBe(at));
                assertEquals(host.getShort(i) & 0xFFFF, Memory.getShort(at));
                assertEquals(be.getInt(i), Memory.getIntBe(at));
                assertEquals(host.getInt(i), Memory.getInt(at));
                assertEquals(be.getLong(i), Memory.getLongBe(at));
                assertEquals(host.getLong(i), Memory.getLong(at));
            }
        }
    }

    @Test
    void stores() {
        final long value = 0x8091A2B3C4D5E6F7L;
        for (int i = 0; i <= 8; i++) {
            final ByteBuffer expected = ByteBuffer.allocate(16);
            try (GuardedMemory memory = new GuardedMemory(16)) {
                final long at = memory.address() + i;
                Memory.putLongBe(at, value);
                assertArrayEquals(expected.putLong(i, value).array(), memory.bytes());
                Memory.putIntBe(at, 0x01020384);
                assertArrayEquals(expected.putInt(i, 0x01020384).array(), memory.bytes());
                Memory.putShortBe(at, 0x1FEDC);
                assertArrayEquals(expected.putShort(i, (short) 0xFEDC).array(), memory.bytes());
                Memory.putByte(at, 0x1AB);
                assertArrayEquals(expected.put(i, (byte) 0xAB).array(), memory.bytes());
                expected.order(ByteOrder.nativeOrder());
                Memory.putLong(at, value);
                assertArrayEquals(expected.putLong(i, value).array(), memory.bytes());
                Memory.putInt(at, 7);
                assertArrayEquals(expected.putInt(i, 7).array(), memory.bytes());
                Memory.putShort(at, 9);
                assertArrayEquals(expected.putShort(i, (short) 9).array(), memory.bytes());
            }
        }
    }

    @Test
    void copiesOfEveryLength() {
        final byte[] bytes = Bytes.pattern(130);
        try (GuardedMemory from = GuardedMemory.of(bytes)) {
            for (int length = 0; length <= 130; length++) {
                try (GuardedMemory small = new GuardedMemory(length); GuardedMemory large = new GuardedMemory(length)) {
                    Memory.copySmall(from.address(), small.address(), length);
                    Memory.copy(from.address(), large.address(), length);
                    assertArrayEquals(Arrays.copyOf(bytes, length), small.bytes());
                    assertArrayEquals(Arrays.copyOf(bytes, length), large.bytes());
                    Memory.zero(small.address(), length);
                    assertArrayEquals(new byte[length], small.bytes());
                }
            }
        }
    }

    @Test
    void copiesThatOverlap() {
        final byte[] bytes = Bytes.pattern(64);
        try (GuardedMemory memory = GuardedMemory.of(bytes)) {
            Memory.copy(memory.address(), memory.address() + 5, 59);
            assertArrayEquals(Arrays.copyOf(bytes, 59), memory.bytes(5, 59));
            Memory.copy(memory.address() + 5, memory.address(), 59);
            assertArrayEquals(Arrays.copyOf(bytes, 59), memory.bytes(0, 59));
        }
    }

    @Test
    void arrays() {
        final byte[] bytes = Bytes.pattern(77);
        try (GuardedMemory memory = new GuardedMemory(77)) {
            Memory.putBytes(memory.address(), bytes);
            final byte[] read = new byte[77];
            Memory.getBytes(memory.address(), read);
            assertArrayEquals(bytes, read);
        }
    }
}
