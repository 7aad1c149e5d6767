package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps this node's own Node telling what its peers must know. Writes only what differs from what the API has, at most
 * one write at a time, and each later than the one before, up to five minutes, until nothing has had to be written for
 * that long: two that write against each other must not make a storm. Belongs to the control thread; the write itself
 * is an executor's.
 */
final class NodePublisher {
    private static final long FIRST_WAIT_MS = 1_000;
    private static final long MOST_WAIT_MS = 300_000;
    private static final int CONTESTED = 4;

    private final Api api;
    private final Executor executor;
    private final String node;
    /** A write is under way. */
    private volatile boolean writing;
    private volatile String problem;
    /** How often it was written since it was last left alone. */
    private final AtomicInteger writes = new AtomicInteger();
    private long lastWriteMs;
    private long waitMs;
    private boolean written;

    /** Where it is written. */
    interface Api {
        /**
         * Patches the status of a Node (and with it its annotations) by a strategic merge.
         *
         * @throws Exception if it could not be, with a message for people
         */
        void patchNodeStatus(String node, String patch) throws Exception;
    }

    NodePublisher(Api api, Executor executor, String node) {
        this.api = api;
        this.executor = executor;
        this.node = node;
    }

    /** What keeps the Node from telling, or null. Any thread. */
    String problem() {
        final String failed = problem;
        return failed != null || writes.get() < CONTESTED ? failed : "the annotations of Node " + node
                + " do not stay as they are written (does flannel still run on this node?)";
    }

    /**
     * To be called about once a second.
     *
     * @param own    the Node as the API has it
     * @param wanted its annotations as they should be; null: it should not be there
     */
    void tick(long nowMs, NodeObject own, Map<String, String> wanted) {
        if (written && nowMs - lastWriteMs > MOST_WAIT_MS) {
            written = false;
            waitMs = 0;
            writes.set(0);
        }
        if (writing) {
            return;
        }
        final Map<String, String> differing = differing(own, wanted);
        if (differing.isEmpty() && !own.networkUnavailable()) {
            problem = null;
            return;
        }
        if (written && nowMs - lastWriteMs < waitMs) {
            return;
        }
        waitMs = Math.min(MOST_WAIT_MS, Math.max(FIRST_WAIT_MS,
                2 * waitMs + ThreadLocalRandom.current().nextLong(FIRST_WAIT_MS)));
        written = true;
        lastWriteMs = nowMs;
        writing = true;
        final String patch = patch(differing, own.networkUnavailable());
        executor.execute(() -> write(patch));
    }

    /** Writes now, on this thread, once; for a node that leaves. */
    void write(Map<String, String> annotations) throws Exception {
        api.patchNodeStatus(node, patch(annotations, false));
    }

    private void write(String patch) {
        try {
            api.patchNodeStatus(node, patch);
            problem = null;
            writes.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            problem = "Node " + node + " cannot be told of this node's tunnel end; it will be tried again: "
                    + e.getMessage();
        } finally {
            writing = false;
        }
    }

    private static Map<String, String> differing(NodeObject own, Map<String, String> wanted) {
        final Map<String, String> differing = new HashMap<>();
        wanted.forEach((key, value) -> {
            if (!Objects.equals(own.annotations().get(key), value)) {
                differing.put(key, value);
            }
        });
        return differing;
    }

    /** By a strategic merge a condition replaces the one of its type and leaves the others. */
    private static String patch(Map<String, String> annotations, boolean networkIsUp) {
        final ObjectNode patch = JsonNodeFactory.instance.objectNode();
        final ObjectNode target = patch.putObject("metadata").putObject("annotations");
        annotations.forEach(target::put);
        if (networkIsUp) {
            final String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            patch.putObject("status").putArray("conditions").addObject().put("type", "NetworkUnavailable")
                    .put("status", "False").put("reason", "RingwayIsUp")
                    .put("message", "Ringway carries this node's pods").put("lastHeartbeatTime", now)
                    .put("lastTransitionTime", now);
        }
        return patch.toString();
    }
}
