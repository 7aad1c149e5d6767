package dev.ringway.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Buffers are lent once each; the one that came back last goes out first. */
class BuffersTest {
    private static final long BASE = 1 << 20;

    @Test
    void lentUntilNoneIsLeft() {
        final Buffers buffers = new Buffers(BASE, 3);
        assertEquals(3, buffers.size());
        assertEquals(0, buffers.take());
        assertEquals(1, buffers.take());
        assertEquals(2, buffers.take());
        assertEquals(0, buffers.available());
        assertEquals(-1, buffers.take());
        buffers.giveBack(1);
        buffers.giveBack(0);
        assertEquals(2, buffers.available());
        assertEquals(0, buffers.take());
        assertEquals(1, buffers.take());
    }

    @Test
    void neverLentTwice() {
        Seeded.rounds(20, random -> {
            final Buffers buffers = new Buffers(BASE, 50);
            final List<Integer> lent = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                if (random.nextBoolean()) {
                    final int buffer = buffers.take();
                    assertTrue(buffer == -1 ? lent.size() == 50 : !lent.contains(buffer));
                    if (buffer >= 0) {
                        lent.add(buffer);
                    }
                } else if (!lent.isEmpty()) {
                    buffers.giveBack(lent.remove(random.nextInt(lent.size())));
                }
                assertEquals(50 - lent.size(), buffers.available());
            }
        });
    }

    @Test
    void placesDoNotOverlap() {
        final Buffers buffers = new Buffers(BASE, 32767);
        assertEquals(BASE, buffers.address(0));
        assertEquals(BASE + 32766L * Buffers.STRIDE, buffers.address(32766));
        assertTrue(Buffers.DATA + Buffers.CAPACITY < Buffers.STRIDE);
        assertTrue(Buffers.META + Buffers.META_LENGTH <= Buffers.DATA);
    }

    @Test
    void refusesWhatItCannotNumber() {
        assertThrows(IllegalArgumentException.class, () -> new Buffers(BASE, 0));
        assertThrows(IllegalArgumentException.class, () -> new Buffers(BASE, 32768));
    }
}
