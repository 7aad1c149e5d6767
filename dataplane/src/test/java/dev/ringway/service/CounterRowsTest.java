package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CounterRowsTest {
    private static final int COLUMNS = 3;

    @Test
    void asAnArrayWould() {
        final CounterRows rows = new CounterRows(COLUMNS);
        final long[][] oracle = new long[5000][COLUMNS];
        final Random random = new Random(3);
        for (int step = 0; step < 50_000; step++) {
            // Now and then far off, as slots of large Services are.
            final int row = random.nextInt(random.nextInt(100) == 0 ? 5000 : 200);
            final int column = random.nextInt(COLUMNS);
            rows.add(row, column, step);
            oracle[row][column] += step;
        }
        for (int row = 0; row < oracle.length; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                assertEquals(oracle[row][column], rows.get(row, column));
            }
        }
        assertEquals(0, rows.get(1 << 24, 0));
        assertTrue(rows.rows() >= oracle.length && rows.rows() < 4 * oracle.length);
    }

    /** While the rows become more and more, a reader sees each counter grow, and never fall. */
    @Test
    void readersNeverSeeACounterFall() throws InterruptedException {
        final CounterRows rows = new CounterRows(1);
        final AtomicInteger written = new AtomicInteger();
        final Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 200_000; i++) {
                rows.add(0, 0, 1);
                rows.add(i, 0, 1);
                written.setRelease(i);
            }
        });
        long last = 0;
        while (writer.isAlive()) {
            final int seen = written.getAcquire();
            final long now = rows.get(0, 0);
            assertTrue(now >= last && now >= seen, now + " after " + last + ", written " + seen);
            assertTrue(seen == 0 || rows.get(seen, 0) == 1);
            last = now;
        }
        writer.join();
        assertEquals(200_001, rows.get(0, 0));
    }

    /** Shares stay, and nothing wraps. */
    @Test
    void fullHistogramsAreHalved() {
        final LatencyRows rows = new LatencyRows(2);
        rows.count(9, 0);
        rows.count(9, 0);
        rows.set(9, 1, Integer.MAX_VALUE);
        rows.count(9, 1);
        assertEquals(1, rows.get(9, 0));
        assertEquals(Integer.MAX_VALUE / 2 + 1, rows.get(9, 1));
        rows.clear(9);
        assertEquals(0, rows.get(9, 0) + rows.get(9, 1));
        assertEquals(0, rows.get(8, 0) + rows.get(1 << 24, 1));
    }
}
