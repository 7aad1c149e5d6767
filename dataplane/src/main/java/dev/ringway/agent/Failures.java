package dev.ringway.agent;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What of Services could not be brought into force on this node, until it succeeds. Written by the daemon's main
 * thread, read by any.
 */
final class Failures {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    private final Map<Kind, String> messages = new EnumMap<>(Kind.class);
    private volatile String text;
    /** Since when something has failed without a break, by the JVM's clock, or 0. */
    private volatile long sinceMs;

    /** What fails by itself, and succeeds by itself. */
    enum Kind {
        /** To learn of the node's addresses. */
        ADDRESSES,
        /** To have the kernel steer to the switch. */
        STEERING,
        /** To learn whether it still does. */
        CHECK
    }

    /** An attempt that may fail. */
    interface Attempt {
        void run() throws IOException;
    }

    /** Makes an attempt; a failure is told once, however often it is met. */
    void attempt(Kind kind, String what, Attempt attempt) {
        try {
            attempt.run();
            if (messages.remove(kind) != null) {
                take();
            }
        } catch (IOException e) {
            final String message = what + e.getMessage();
            if (!message.equals(messages.put(kind, message))) {
                LOG.log(WARNING, message + "; will be tried again");
                take();
            }
        }
    }

    private void take() {
        text = messages.isEmpty() ? null : messages.values().stream().distinct().collect(Collectors.joining("; "));
        sinceMs = messages.isEmpty() ? 0 : sinceMs == 0 ? Math.max(1, nowMs()) : sinceMs;
    }

    /** What has failed, or null. */
    String text() {
        return text;
    }

    /** How long there has been something, in milliseconds. */
    long lastMs() {
        final long since = sinceMs;
        return since == 0 ? 0 : nowMs() - since;
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
