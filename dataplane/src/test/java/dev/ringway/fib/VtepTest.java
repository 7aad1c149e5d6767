package dev.ringway.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Path MTU: learned, never above the configured one, forgotten after ten minutes; by a clock of the test's. */
class VtepTest {
    private static final long SECOND = 1_000_000_000L;
    /** The time of learning is kept in units of 65.5 microseconds. */
    private static final long UNIT = 1 << 16;

    private static Vtep vtep(int version) {
        return new Vtep(1, "node1", version, 0, 0, 0, 0, 0, 1500, OutsideClients.MASQUERADE, 2);
    }

    @Test
    void configuredUntilOneIsLearned() {
        assertEquals(1500, vtep(4).pathMtu(0));
        assertEquals(1500, vtep(4).pathMtu(Long.MAX_VALUE));
    }

    @Test
    void learnedForTenMinutes() {
        // System.nanoTime may begin anywhere, below zero too, and passes from the largest number to the smallest.
        final long[] starts = {0, 1, 12345 * SECOND, -1, -300 * SECOND, Long.MIN_VALUE, Long.MAX_VALUE - SECOND};
        for (long start : starts) {
            final Vtep vtep = vtep(4);
            vtep.learnPathMtu(1400, start);
            assertEquals(1400, vtep.pathMtu(start));
            assertEquals(1400, vtep.pathMtu(start + 599 * SECOND));
            assertEquals(1500, vtep.pathMtu(start + 600 * SECOND + 2 * UNIT), "from " + start);
            assertEquals(1500, vtep.pathMtu(start + 86_400 * SECOND));
        }
    }

    @Test
    void learnedAgainLastsFromThen() {
        final Vtep vtep = vtep(4);
        vtep.learnPathMtu(1400, 0);
        vtep.learnPathMtu(1300, 500 * SECOND);
        assertEquals(1300, vtep.pathMtu(1099 * SECOND));
        vtep.learnPathMtu(1350, 1099 * SECOND);
        assertEquals(1350, vtep.pathMtu(1600 * SECOND));
        assertEquals(1500, vtep.pathMtu(1700 * SECOND));
    }

    @Test
    void neverAboveTheConfiguredOne() {
        final Vtep vtep = vtep(4);
        vtep.learnPathMtu(9000, SECOND);
        assertEquals(1500, vtep.pathMtu(SECOND));
    }

    @Test
    void dishonestValuesAreRefused() {
        final Vtep four = vtep(4);
        four.learnPathMtu(575, SECOND);
        four.learnPathMtu(0, SECOND);
        four.learnPathMtu(-1, SECOND);
        four.learnPathMtu(65536 + 600, SECOND);
        assertEquals(1500, four.pathMtu(SECOND));
        four.learnPathMtu(576, SECOND);
        assertEquals(576, four.pathMtu(SECOND));
        final Vtep six = vtep(6);
        six.learnPathMtu(1279, SECOND);
        assertEquals(1500, six.pathMtu(SECOND));
        six.learnPathMtu(1280, SECOND);
        assertEquals(1280, six.pathMtu(SECOND));
    }

    @Test
    void countersAreOneAShard() {
        final Vtep vtep = vtep(4);
        vtep.counters(1).sent(3, 4500);
        assertEquals(2, vtep.shards());
        assertEquals(0, vtep.counters(0).txPackets());
        assertEquals(3, vtep.counters(1).txPackets());
    }
}
