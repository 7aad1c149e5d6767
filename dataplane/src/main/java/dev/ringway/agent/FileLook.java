package dev.ringway.agent;

/**
 * When to look at the Services' files again, of which inotify tells that they are being changed: once at the first
 * news, and then when they have been left alone for a moment, so that no half-written file is read. The main thread's.
 */
final class FileLook {
    /** A file that has not changed for so long is not being written any more. */
    private static final long SETTLED_MS = 100;

    private final NodeServices services;
    private long dueMs;

    FileLook(NodeServices services) {
        this.services = services;
    }

    /** A file was changed. */
    void stirred(long nowMs) {
        if (!services.isUnsettled()) {
            services.look();
        }
        dueMs = nowMs + SETTLED_MS;
    }

    /** Looks, if it is time. */
    void look(long nowMs) {
        if (services.isUnsettled() && nowMs >= dueMs) {
            services.look();
            dueMs = nowMs + SETTLED_MS;
        }
    }

    /** When {@link #look} must be called next, at most {@code until}. */
    long dueMs(long until) {
        return services.isUnsettled() ? Math.min(dueMs, until) : until;
    }
}
