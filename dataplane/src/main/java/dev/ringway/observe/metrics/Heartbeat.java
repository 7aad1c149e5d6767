package dev.ringway.observe.metrics;

import java.util.concurrent.TimeUnit;

/** Shows that the control thread goes round. It beats, any thread asks. */
public final class Heartbeat {
    /** Longer than any change takes, and as long as the CNI plugin believes in a daemon that says nothing. */
    static final long PATIENCE_S = 30;

    private volatile long lastNs = System.nanoTime();

    public void beat() {
        lastNs = System.nanoTime();
    }

    /** What is wrong, or null. */
    String problem(long nowNs) {
        final long seconds = TimeUnit.NANOSECONDS.toSeconds(nowNs - lastNs);
        return seconds < PATIENCE_S ? null : "the control thread has not gone round for " + seconds
                + " s; what it does shows jcmd PID Thread.print";
    }
}
