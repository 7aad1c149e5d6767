package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Events (core/v1) about this node's Node, for what an operator must know: {@code kubectl describe node} shows them.
 * The same thing is told once an hour, and no more than {@value #MOST} things in that time. One that cannot be written
 * is given up: the log has it. Any thread.
 */
final class NodeEvents {
    private static final int MOST = 20;
    private static final long AGAIN_MS = 3_600_000;
    private static final long PATIENCE_MS = 3_000;
    private static final int MOST_MESSAGE = 1024;

    private final Api api;
    private final ExecutorService executor;
    private final String node;
    private final Map<String, Long> told = new LinkedHashMap<>();
    private Future<?> last;

    /** Where they are written. */
    interface Api {
        /** @throws RuntimeException if it could not be created */
        void createEvent(String namespace, String event);
    }

    NodeEvents(Api api, ExecutorService executor, String node) {
        this.api = api;
        this.executor = executor;
        this.node = node;
    }

    /**
     * @param reason  one word in UpperCamelCase
     * @param message for people, with what to do
     */
    synchronized void tell(String reason, String message, long nowMs) {
        told.values().removeIf(ms -> nowMs - ms > AGAIN_MS);
        if (told.size() >= MOST || told.putIfAbsent(reason + " " + message, nowMs) != null) {
            return;
        }
        final String event = event(reason, message);
        try {
            last = executor.submit(() -> api.createEvent("default", event));
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
            last = null;
        }
    }

    /** Waits a little for the last one to be written. */
    synchronized void flush() {
        try {
            if (last != null) {
                last.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The log has it.
            last = null;
        }
    }

    private String event(String reason, String message) {
        final String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        final ObjectNode event = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Event");
        event.putObject("metadata").put("generateName", node + ".").put("namespace", "default");
        // As the kubelet does for its own: the Node's name in the place of its UID.
        event.putObject("involvedObject").put("apiVersion", "v1").put("kind", "Node").put("name", node)
                .put("uid", node);
        event.put("type", "Warning").put("reason", reason).put("message", message.length() <= MOST_MESSAGE ? message
                : message.substring(0, MOST_MESSAGE)).put("count", 1).put("firstTimestamp", now)
                .put("lastTimestamp", now);
        event.putObject("source").put("component", "ringway").put("host", node);
        return event.toString();
    }
}
