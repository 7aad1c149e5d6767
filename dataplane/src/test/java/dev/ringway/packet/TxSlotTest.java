package dev.ringway.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Vectors and scratch of a transmit slot. */
class TxSlotTest {
    @Test
    void gathersItsVectors() {
        final byte[] bytes = Bytes.pattern(1000);
        try (GuardedMemory memory = new GuardedMemory(TxSlot.STRIDE); GuardedMemory data = GuardedMemory.of(bytes);
                GuardedMemory out = new GuardedMemory(700)) {
            final TxSlot slot = new TxSlot(memory.address());
            slot.clear();
            slot.append(data.address() + 10, 100);
            slot.append(data.address(), 0);
            slot.append(data.address() + 300, 610);
            assertEquals(3, slot.vectors);
            assertEquals(710, slot.bytes);
            assertEquals(data.address() + 300, slot.vectorAddress(2));
            assertEquals(610, slot.vectorLength(2));
            slot.trimFirst(10);
            assertEquals(700, slot.bytes);
            assertEquals(700, slot.gather(out.address()));
            assertArrayEquals(Bytes.concat(Arrays.copyOfRange(bytes, 20, 110), Arrays.copyOfRange(bytes, 300, 910)),
                    out.bytes());
            slot.clear();
            assertEquals(0, slot.gather(out.address()));
            assertEquals(TxSlot.RELEASE, slot.kind);
        }
    }

    @Test
    void fullOfVectorsAndScratch() {
        try (GuardedMemory memory = new GuardedMemory(TxSlot.STRIDE)) {
            final TxSlot slot = new TxSlot(memory.address());
            slot.clear();
            for (int i = 0; i < TxSlot.MAX_VECTORS; i++) {
                slot.append(i, i);
            }
            final long scratch = slot.scratch(1);
            assertTrue(scratch >= slot.vectorsAddress() + TxSlot.MAX_VECTORS * 16L);
            assertEquals(scratch + 8, slot.scratch(16));
            assertEquals(scratch + 24, slot.scratch(17));
            assertEquals(TxSlot.SCRATCH_LENGTH - 48, slot.scratchLeft());
            assertEquals(0, slot.scratch(8) % 8);
            for (int i = 0; i < TxSlot.MAX_VECTORS; i++) {
                assertEquals(i, slot.vectorAddress(i));
                assertEquals(i, slot.vectorLength(i));
            }
        }
    }
}
