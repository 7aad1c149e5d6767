package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** The lab's {@code services.ejection}: soon and short, so that a person who watches sees it begin and end. */
final class Ejection {
    static final int FAILURES = 2;
    static final int RETRY_AFTER_S = 2;
    /** A switch counts whole seconds, so that a try may come one earlier. */
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(RETRY_AFTER_S - 1);

    private Ejection() {
    }

    static void putInto(ObjectNode services) {
        services.putObject("ejection").put("enabled", true).put("failures", FAILURES)
                .put("retryAfter", RETRY_AFTER_S);
    }

    /**
     * How many requests of a client that sends one after the other may fail in the time after a backend's death: one
     * that the backend's kernel took while the backend was dying, those that eject it, and those that try it later.
     */
    static int mostFailures(Duration time) {
        return 1 + FAILURES + (int) time.dividedBy(BETWEEN_TRIES);
    }
}
