package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Seeded;
import org.junit.jupiter.api.Test;

/** Bursts and rates of ICMP errors, by a clock of the test's. */
class IcmpRateLimitTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long[] STARTS = {0, 5 * SECOND, -5 * SECOND, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2};

    private static int allowed(IcmpRateLimit limit, int tries, int target, boolean pathMtu, long nowNs) {
        int count = 0;
        for (int i = 0; i < tries; i++) {
            count += limit.allow(target, pathMtu, nowNs) ? 1 : 0;
        }
        return count;
    }

    @Test
    void oneTargetGetsSixAndThenOneASecond() {
        for (long start : STARTS) {
            final IcmpRateLimit limit = new IcmpRateLimit();
            assertEquals(6, allowed(limit, 20, 7, false, start));
            assertEquals(0, allowed(limit, 20, 7, false, start + SECOND - 1));
            assertEquals(1, allowed(limit, 20, 7, false, start + SECOND));
            assertEquals(1, allowed(limit, 20, 7, false, start + 2 * SECOND));
            assertEquals(3, allowed(limit, 20, 7, false, start + 5 * SECOND));
            assertEquals(6, allowed(limit, 20, 7, false, start + 100 * SECOND));
        }
    }

    @Test
    void othersDoNotSufferFromOneTarget() {
        final IcmpRateLimit limit = new IcmpRateLimit();
        assertEquals(6, allowed(limit, 20, 7, false, 0));
        assertEquals(6, allowed(limit, 20, 8, false, 0));
    }

    @Test
    void pathMtuMessagesAreOnlyLimitedInAll() {
        for (long start : STARTS) {
            final IcmpRateLimit limit = new IcmpRateLimit();
            assertEquals(50, allowed(limit, 200, 7, true, start));
            assertEquals(0, allowed(limit, 200, 7, true, start + 999_999));
            assertEquals(1, allowed(limit, 200, 7, true, start + 1_000_000));
            assertEquals(50, allowed(limit, 200, 7, true, start + SECOND));
        }
    }

    @Test
    void inAllFiftyAtOnceAndAThousandASecond() {
        final IcmpRateLimit limit = new IcmpRateLimit();
        int count = 0;
        for (int target = 0; target < 1000; target++) {
            count += limit.allow(target, false, 0) ? 1 : 0;
        }
        assertEquals(50, count);
        for (int millisecond = 1; millisecond <= 1000; millisecond++) {
            for (int i = 0; i < 3; i++) {
                count += limit.allow(millisecond * 3 + i, true, millisecond * 1_000_000L) ? 1 : 0;
            }
        }
        assertEquals(1050, count);
    }

    /** A message that the limit of all refuses costs its target nothing. */
    @Test
    void refusedInAllIsNotChargedToTheTarget() {
        final IcmpRateLimit limit = new IcmpRateLimit();
        assertEquals(50, allowed(limit, 50, 1, true, 0));
        assertEquals(0, allowed(limit, 100, 7, false, 0));
        assertEquals(6, allowed(limit, 100, 7, false, SECOND));
    }

    @Test
    void neverMoreThanTheRatesWhateverTheTimes() {
        Seeded.rounds(200, random -> {
            final IcmpRateLimit limit = new IcmpRateLimit();
            long now = random.nextLong() / 4;
            final long start = now;
            int target = 0;
            int all = 0;
            for (int i = 0; i < 2000; i++) {
                now += random.nextInt(10) == 0 ? random.nextInt(200_000_000) : random.nextInt(300_000);
                if (random.nextBoolean()) {
                    target += limit.allow(5, false, now) ? 1 : 0;
                } else {
                    all += limit.allow(random.nextInt(), true, now) ? 1 : 0;
                }
                assertTrue(target <= 6 + (now - start) / SECOND);
                assertTrue(target + all <= 50 + (now - start) / 1_000_000);
            }
            assertFalse(target == 0 || all == 0);
        });
    }
}
