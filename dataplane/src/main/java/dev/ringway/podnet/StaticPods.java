package dev.ringway.podnet;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.control.PodSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the configured pods connected: one whose namespace is not there yet is waited for, one that failed is tried
 * again, one whose interface was deleted or whose namespace was made anew is connected again. All methods but
 * {@link #waiting} belong to the daemon's main thread.
 */
public final class StaticPods {
    private static final System.Logger LOG = System.getLogger(StaticPods.class.getName());
    private static final long FIRST_WAIT_MS = 1_000;
    private static final long MOST_WAIT_MS = 30_000;

    private final PodManager manager;
    private final Map<String, PodSpec> wanted = new LinkedHashMap<>();
    private final Map<String, Failure> failures = new LinkedHashMap<>();
    private volatile Map<String, String> waiting = Map.of();

    private record Failure(String reason, long retryAtMs, long waitMs) {
    }

    public StaticPods(PodManager manager) {
        this.manager = manager;
    }

    /** Takes off those that are not wanted any more, or not like this. */
    public void retain(List<PodSpec> pods) {
        for (PodSpec pod : new ArrayList<>(wanted.values())) {
            if (!pods.contains(pod)) {
                wanted.remove(pod.name());
                failures.remove(pod.name());
                if (manager.remove(pod.name())) {
                    LOG.log(INFO, "pod " + pod.name() + " taken off");
                }
            }
        }
        waiting = reasons();
    }

    /** Connects those that are new. One that cannot be connected now is reported and tried again by {@link #tick}. */
    public void want(List<PodSpec> pods, long nowMs) {
        for (PodSpec pod : pods) {
            if (wanted.putIfAbsent(pod.name(), pod) == null) {
                tryAdd(pod, nowMs);
            }
        }
        waiting = reasons();
    }

    /** Looks after all of them; to be called about once a second. */
    public void tick(long nowMs) {
        for (PodSpec pod : wanted.values()) {
            final Failure failure = failures.get(pod.name());
            if (failure == null) {
                final String lost = manager.lost(pod.name());
                if (lost != null) {
                    LOG.log(WARNING, "pod " + pod.name() + ": " + lost + "; connecting it again");
                    manager.remove(pod.name());
                    tryAdd(pod, nowMs);
                }
            } else if (nowMs >= failure.retryAtMs) {
                tryAdd(pod, nowMs);
            }
        }
        waiting = reasons();
    }

    /** Pods that are not connected and why, by name. */
    public Map<String, String> waiting() {
        return waiting;
    }

    private void tryAdd(PodSpec pod, long nowMs) {
        final Failure before = failures.remove(pod.name());
        try {
            manager.add(pod);
            LOG.log(INFO, "pod " + pod.name() + " connected: " + pod.interfaceName() + " in " + pod.netns());
        } catch (IOException | RuntimeException e) {
            final String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            // Looking whether a namespace has come costs nothing; a failure in one that is there waits longer.
            final long wait = before == null || !Files.exists(pod.netns()) ? FIRST_WAIT_MS
                    : Math.min(MOST_WAIT_MS, 2 * before.waitMs);
            failures.put(pod.name(), new Failure(reason, nowMs + wait, wait));
            if (before == null || !before.reason.equals(reason)) {
                LOG.log(WARNING, "pod " + pod.name() + " is not connected and will be tried again: " + reason);
            }
        }
    }

    private Map<String, String> reasons() {
        final Map<String, String> reasons = new LinkedHashMap<>();
        failures.forEach((name, failure) -> reasons.put(name, failure.reason));
        return reasons;
    }
}
