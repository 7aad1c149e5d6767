package dev.ringway.observe;

/** When the daemon began to forward. Set once by the main thread, read by any. */
public final class Readiness {
    private volatile long startMs = -1;

    /** @param afterMs milliseconds from the start of the process */
    public void ready(long afterMs) {
        startMs = afterMs;
    }

    public boolean isReady() {
        return startMs >= 0;
    }

    /** Milliseconds from the start of the process until packets were forwarded, or -1 before that. */
    public long startMs() {
        return startMs;
    }
}
