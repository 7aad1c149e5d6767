package dev.ringway.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One node's switch as it is now.
 *
 * @param pid    its process, or 0
 * @param status what it says of itself, or missing
 * @param drops  packets that it dropped, all reasons together
 * @param error  why it says nothing, or null
 */
record NodeStatus(Endpoint node, long pid, JsonNode status, long drops, String error) {
    static final List<String> HEAD = List.of("node", "pid", "ready", "pods", "peers", "mtu", "drops", "up");

    private static final Duration LIMIT = Duration.ofSeconds(2);

    static NodeStatus ask(Endpoint node, LabFiles files) {
        final long pid = new Daemon(node.label(), files).pid();
        if (pid == 0) {
            return new NodeStatus(node, 0, MissingNode.getInstance(), 0, "does not run");
        }
        final Path socket = files.socket(node.label());
        try {
            final JsonNode status = ControlClient.call(socket, "status", LIMIT);
            return new NodeStatus(node, pid, status, drops(ControlClient.call(socket, "counters", LIMIT)), null);
        } catch (IOException e) {
            return new NodeStatus(node, pid, MissingNode.getInstance(), 0, "does not answer: " + e.getMessage());
        }
    }

    static long drops(JsonNode counters) {
        long sum = 0;
        for (JsonNode reason : counters.path("drops")) {
            sum += reason.path("count").asLong();
        }
        return sum;
    }

    boolean ready() {
        return status.path("ready").asBoolean();
    }

    List<String> row() {
        return List.of(node.label(), pid == 0 ? "-" : Long.toString(pid), ready() ? "yes" : "NO", text("pods"),
                text("peers"), text("mtu"), error == null ? Long.toString(drops) : "-",
                status.has("uptimeMs") ? status.path("uptimeMs").asLong() / 1000 + " s" : "-");
    }

    String complaint(LabFiles files) {
        return node.label() + ": the switch " + (error == null ? "is not ready" : error) + "; see "
                + files.log(node.label());
    }

    void addTo(ObjectNode entry) {
        entry.put("ready", ready());
        if (error == null) {
            entry.set("status", status);
            entry.put("drops", drops);
        } else {
            entry.put("error", error);
        }
    }

    private String text(String key) {
        return status.path(key).asText("-");
    }
}
