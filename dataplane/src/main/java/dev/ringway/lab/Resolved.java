package dev.ringway.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * How a node's switch explains a request.
 *
 * @param socket of the switch
 * @param answer to the operation {@code resolve}, or missing
 * @param error  why there is none, or null
 */
record Resolved(Ask ask, Path socket, JsonNode answer, String error) implements Finding {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** Asks the switch of the node that the client is on. */
    static Resolved of(Ask ask, LabFiles files) {
        final Path socket = files.socket("node" + ask.from().node());
        final ObjectNode arguments = JsonNodeFactory.instance.objectNode().put("source", ask.source())
                .put("destination", ask.address()).put("port", ask.port()).put("protocol", "TCP");
        try {
            return new Resolved(ask, socket, ControlClient.call(socket, "resolve", arguments, LIMIT), null);
        } catch (IOException e) {
            return new Resolved(ask, socket, MissingNode.getInstance(), e.getMessage());
        }
    }

    String command() {
        return ask.resolveCommand(socket);
    }

    String text() {
        final StringBuilder text = new StringBuilder();
        for (JsonNode step : answer.path("steps")) {
            text.append(String.format(Locale.ROOT, "  %-8s %s%n", step.path("stage").asText(),
                    step.path("decision").asText()));
        }
        return text.toString();
    }

    @Override
    public boolean ok() {
        return answer.path("delivered").asBoolean();
    }

    @Override
    public String complaint() {
        return "resolve " + ask.text() + ": " + (error != null ? error : "it would not be delivered") + "; again: "
                + command();
    }

    @Override
    public ObjectNode json() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("from", ask.from().label())
                .put("to", ask.to()).put("ok", ok());
        if (error != null) {
            return json.put("error", error);
        }
        return json.set("steps", answer.path("steps"));
    }
}
