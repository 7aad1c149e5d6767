package dev.ringway.service;

/**
 * The backends that one shard gives no new flows, as they were a moment ago. Immutable: made anew when they change,
 * which is rare; any thread.
 */
public final class Ejections {
    public static final Ejections NONE = new Ejections(new int[0], new int[0], new int[0], 0, 0);

    private final int[] handles;
    private final int[] services;
    private final int[] retryAtS;
    private final int failures;
    private final int retryS;

    /** @param failures connections in a row that it takes to be ejected */
    Ejections(int[] handles, int[] services, int[] retryAtS, int failures, int retryS) {
        this.handles = handles;
        this.services = services;
        this.retryAtS = retryAtS;
        this.failures = failures;
        this.retryS = retryS;
    }

    public int size() {
        return handles.length;
    }

    public int handle(int i) {
        return handles[i];
    }

    /** The port of a Service that it is a backend of. */
    public int service(int i) {
        return services[i];
    }

    /** When one flow may try it again, in seconds of the monotonic clock. */
    public int retryAtS(int i) {
        return retryAtS[i];
    }

    /** Which of them a backend is, or -1. */
    public int find(int handle) {
        for (int i = 0; i < handles.length; i++) {
            if (handles[i] == handle) {
                return i;
            }
        }
        return -1;
    }

    /** Connections in a row that a backend refuses or does not answer until it is ejected; 0: it never is. */
    public int failures() {
        return failures;
    }

    /** How long until one flow tries it, in seconds. */
    public int retryS() {
        return retryS;
    }
}
