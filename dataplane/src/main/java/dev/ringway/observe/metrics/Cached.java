package dev.ringway.observe.metrics;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The answer to a question that costs something, kept for a moment. Whoever comes while it is asked waits for it. */
final class Cached {
    private final Supplier<String> question;
    private final long goodNs;
    private final long badNs;
    private String answer;
    private long untilNs;
    private boolean asked;
    private boolean closed;

    /**
     * @param question what is wrong, or null
     * @param goodMs   how long it is kept that nothing is
     * @param badMs    how long it is kept that something is
     */
    Cached(Supplier<String> question, long goodMs, long badMs) {
        this.question = question;
        goodNs = TimeUnit.MILLISECONDS.toNanos(goodMs);
        badNs = TimeUnit.MILLISECONDS.toNanos(badMs);
    }

    synchronized String ask() {
        if (closed) {
            return "the switch is stopping";
        }
        if (!asked || System.nanoTime() - untilNs >= 0) {
            answer = question.get();
            untilNs = System.nanoTime() + (answer == null ? goodNs : badNs);
            asked = true;
        }
        return answer;
    }

    /** When this returns the question is not being asked, and will not be. */
    synchronized void close() {
        closed = true;
    }
}
