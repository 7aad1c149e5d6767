package dev.ringway.observe.metrics;

import dev.ringway.shard.Dataplane;

/**
 * Whether the switch lives (its threads go round) and forwards (a packet has gone through it a moment ago). Begins
 * without a switch; any thread asks.
 */
public final class Health implements Collector {
    private static final long THREADS_MS = 1_000;
    private static final long PASSED_MS = 3_000;
    private static final long FAILED_MS = 1_000;

    private final Heartbeat heartbeat;
    private volatile Switch running;

    private record Switch(Cached threads, Cached path, DataPathProbe probe, double startSeconds) {
    }

    public Health(Heartbeat heartbeat) {
        this.heartbeat = heartbeat;
    }

    /**
     * The switch forwards from now on.
     *
     * @param startMs how long its start took
     */
    public void started(Dataplane dataplane, DataPathProbe probe, long startMs) {
        running = new Switch(new Cached(new SwitchThreads(dataplane)::problem, THREADS_MS, THREADS_MS),
                new Cached(probe::run, PASSED_MS, FAILED_MS), probe, startMs / 1e3);
    }

    /** The switch is about to end; when this returns nobody asks its threads any more. */
    public void stopping() {
        final Switch last = running;
        running = null;
        if (last != null) {
            last.threads.close();
            last.path.close();
        }
    }

    /** What keeps the process from doing its work until it is started anew, or null. */
    public String lives() {
        final Switch now = running;
        final String control = heartbeat.problem(System.nanoTime());
        return control != null || now == null ? control : now.threads.ask();
    }

    /** Why packets are not forwarded, or null. */
    public String forwards() {
        final Switch now = running;
        return now == null ? "the switch is starting or stopping; the log tells what it waits for" : now.path.ask();
    }

    @Override
    public void collect(Sheet sheet) {
        final Switch now = running;
        sheet.put(Metric.READY, now != null && now.probe.isConnected() ? 1 : 0);
        if (now != null) {
            sheet.put(Metric.START_SECONDS, now.startSeconds);
            now.probe.collect(sheet);
        }
    }
}
