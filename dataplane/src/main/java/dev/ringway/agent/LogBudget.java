package dev.ringway.agent;

/**
 * Bounds the lines of the log: a burst, and then so many a second. Nobody reads more, and a node's disk is not the
 * place for what a defect repeats a thousand times a second in ever new words. One thread at a time.
 */
final class LogBudget {
    static final int BURST = 300;
    static final int A_SECOND = 10;

    private static final long MS_A_LINE = 1_000 / A_SECOND;

    /** When the burst would be whole again. */
    private long fullMs = Long.MIN_VALUE;
    private long held;

    /** True if lines were held back since the last {@link #takeHeld} and there is room to say so. */
    boolean owesWord(long nowMs) {
        return held > 0 && hasRoom(nowMs);
    }

    /** True if the line may be written. */
    boolean allows(long nowMs) {
        if (!hasRoom(nowMs)) {
            held++;
            return false;
        }
        fullMs = Math.max(fullMs, nowMs) + MS_A_LINE;
        return true;
    }

    private boolean hasRoom(long nowMs) {
        return Math.max(fullMs, nowMs) - nowMs <= (BURST - 1) * MS_A_LINE;
    }

    /** How many lines were held back since the last call. */
    long takeHeld() {
        final long since = held;
        held = 0;
        return since;
    }
}
