package dev.ringway.service;

import static dev.ringway.service.Backends.backend;
import static dev.ringway.service.Backends.backends;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Which part of many hashes each backend gets. */
class BackendSetTest {
    private static final int HASHES = 400_000;

    /** Hashes as bad as a counter, which a good choice must not mind. */
    private static int[] counts(int backends, IntFunction<Backend> choice) {
        final int[] counts = new int[backends];
        for (int i = 0; i < HASHES; i++) {
            counts[choice.apply(i).slot()]++;
        }
        return counts;
    }

    /** Five standard deviations of a binomial distribution: one run in a million would miss it by chance. */
    private static void assertShare(double share, int count) {
        final double deviation = Math.sqrt(HASHES * share * (1 - share));
        assertEquals(HASHES * share, count, 5 * deviation + 1);
    }

    @Test
    void emptyHasNone() {
        assertNull(BackendSet.EMPTY.random(1));
        assertNull(BackendSet.EMPTY.maglev(1));
        assertSame(BackendSet.EMPTY, BackendSet.of(new Backend[0], true));
    }

    @Test
    void evenSpread() {
        for (int n : new int[] {1, 2, 3, 7, 100}) {
            final BackendSet set = BackendSet.of(backends(n), false);
            for (int count : counts(n, set::random)) {
                assertShare(1.0 / n, count);
            }
        }
    }

    @Test
    void spreadByWeight() {
        final int[] weights = {1, 0, 5, 2, 100, 1};
        final Backend[] all = new Backend[weights.length];
        for (int i = 0; i < weights.length; i++) {
            all[i] = backend(i, weights[i]);
        }
        final int[] counts = counts(weights.length, BackendSet.of(all, false)::random);
        for (int i = 0; i < weights.length; i++) {
            assertShare(weights[i] / 109.0, counts[i]);
        }
        assertEquals(0, counts[1]);
    }

    @Test
    void weightsAllZeroAreEqual() {
        final BackendSet set = BackendSet.of(new Backend[] {backend(0, 0), backend(1, 0)}, true);
        for (int count : counts(2, set::maglev)) {
            assertShare(0.5, count);
        }
    }

    @Test
    void maglevByWeight() {
        final BackendSet set =
                BackendSet.of(new Backend[] {backend(0, 1), backend(1, 3), backend(2, 0), backend(3, 4)}, true);
        final int[] counts = counts(4, set::maglev);
        assertShare(1.0 / 8, counts[0]);
        assertShare(3.0 / 8, counts[1]);
        assertEquals(0, counts[2]);
        assertShare(4.0 / 8, counts[3]);
    }

    @Test
    void maglevIsTheSameOnEveryNode() {
        final Backend[] forwards = backends(20);
        final Backend[] backwards = new Backend[20];
        for (int i = 0; i < 20; i++) {
            final Backend one = forwards[i];
            // Handles and what is local differ between nodes.
            backwards[19 - i] = new Backend(Handle.of(100 + i, 7), 4, one.hi, one.lo, one.port, 1, true);
        }
        final BackendSet here = BackendSet.of(forwards, true);
        final BackendSet there = BackendSet.of(backwards, true);
        assertTrue(here.hasMaglev());
        for (int i = 0; i < 10_000; i++) {
            assertTrue(here.maglev(i).isAt(there.maglev(i)));
        }
    }

    @Test
    void maglevWithMoreBackendsThanItsEntriesCanName() {
        final BackendSet set = BackendSet.of(backends(70_000), true);
        assertEquals(false, set.hasMaglev());
        assertEquals(70_000, set.size());
        assertSame(set.random(17), set.maglev(17));
    }
}
