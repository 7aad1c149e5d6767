package dev.ringway.control.kubernetes;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * Notices connections that have died without an end, as when the API server's machine is lost: nothing is ever sent on
 * a watch, so that it would wait on such a one for its own time-out, five to ten minutes. Asks the API something small
 * now and then. Has that once not been answered, then watches must show within the time in which the API sends a
 * bookmark on each (a minute) that they have heard of something; those that have not begin anew. Belongs to the control
 * thread; what takes time is an executor's.
 */
final class Watchdog {
    static final long EVERY_MS = 20_000;
    static final long GRACE_MS = 90_000;

    private final Api api;
    private final Executor executor;
    private long lastMs;
    private boolean started;
    private volatile boolean asking;
    private volatile String problem;
    /** Where the watches were when an answer last failed to come, or null. */
    private volatile List<String> suspects;
    private volatile long suspectsMs;

    /** What it watches over. */
    interface Api {
        /** @throws Exception if there is no answer, with a message for people */
        void ask() throws Exception;

        /** Up to which resource version each watch has heard. */
        List<String> positions();

        /** Begins those watches anew that are still at these positions. */
        void renew(List<String> positions);
    }

    Watchdog(Api api, Executor executor) {
        this.api = api;
        this.executor = executor;
    }

    /** Why the API does not answer, or null if it does. Any thread. */
    String problem() {
        return problem;
    }

    /** To be called about once a second. */
    void tick(long nowMs) {
        if (!started) {
            started = true;
            lastMs = nowMs;
        }
        if (asking || nowMs - lastMs < EVERY_MS) {
            return;
        }
        lastMs = nowMs;
        asking = true;
        executor.execute(() -> {
            try {
                check(nowMs);
            } finally {
                asking = false;
            }
        });
    }

    private void check(long nowMs) {
        try {
            api.ask();
        } catch (Exception e) {
            problem = "the Kubernetes API does not answer: " + ApiConnection.text(e);
            suspects = api.positions();
            suspectsMs = nowMs;
            return;
        }
        problem = null;
        if (suspects != null && nowMs - suspectsMs >= GRACE_MS) {
            api.renew(suspects);
            suspects = null;
        }
    }
}
