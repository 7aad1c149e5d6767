package dev.ringway.testing;

import java.util.SplittableRandom;

/**
 * Random rounds that can be had again: each round has a seed of its own, and a failure names it. Run the test with
 * {@code -Dringway.test.seed=…} and the round that failed is the first one. Without the property every run is the
 * same, so that a build breaks only by what was changed; {@code random} makes it different each time.
 */
public final class Seeded {
    private static final String PROPERTY = "ringway.test.seed";
    private static final long STEP = 0x9E3779B97F4A7C15L;
    private static final long FIRST = first(System.getProperty(PROPERTY, "1"));

    private Seeded() {
    }

    /** One round. */
    public interface Round {
        void run(SplittableRandom random) throws Exception;
    }

    /** Runs as many rounds; the first that fails ends them, with its seed in the message. */
    public static void rounds(int count, Round round) {
        for (int i = 0; i < count; i++) {
            final long seed = FIRST + i * STEP;
            try {
                round.run(new SplittableRandom(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("round " + i + ", again first with -D" + PROPERTY + "=" + seed + ": "
                        + e.getMessage(), e);
            }
        }
    }

    private static long first(String text) {
        return "random".equals(text) ? System.nanoTime() * STEP : Long.parseLong(text);
    }
}
