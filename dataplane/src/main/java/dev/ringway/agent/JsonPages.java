package dev.ringway.agent;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;

/**
 * Answers that come in pages as one JSON object, written as they come: first what the first page has besides the list,
 * then the list. Only its newest entry is kept back, since the next page may have more of it.
 */
final class JsonPages implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final PrintWriter out;
    private final String list;
    private final JsonGenerator generator;
    private ObjectNode newest;

    JsonPages(PrintWriter out, String list) {
        this.out = out;
        this.list = list;
        try {
            generator = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                    .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
                    .setPrettyPrinter(new DefaultPrettyPrinter());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True for the rest of an entry that the page before has begun. */
    static boolean isContinued(JsonNode entry) {
        return entry.path("continued").asBoolean();
    }

    /** @param head of the first page */
    void add(JsonNode head, JsonNode entries) {
        try {
            if (generator.getOutputContext().inRoot()) {
                generator.writeStartObject();
                for (var field : head.properties()) {
                    generator.writeFieldName(field.getKey());
                    generator.writeTree(field.getValue());
                }
                generator.writeArrayFieldStart(list);
            }
            for (JsonNode entry : entries) {
                if (newest != null && isContinued(entry)) {
                    merge(entry);
                } else {
                    write();
                    newest = (ObjectNode) entry;
                }
            }
            generator.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first port of the rest may be the last one there is, with more of its backends. */
    private void merge(JsonNode rest) {
        final ArrayNode ports = (ArrayNode) newest.path("ports");
        for (JsonNode port : rest.path("ports")) {
            if (isContinued(port) && !ports.isEmpty()) {
                ((ArrayNode) ports.get(ports.size() - 1).path("backends")).addAll((ArrayNode) port.path("backends"));
            } else {
                ports.add(port);
            }
        }
    }

    private void write() throws IOException {
        if (newest != null) {
            generator.writeTree(newest);
            newest = null;
        }
    }

    /** Ends the object, also where what was to come did not: what is printed is always whole JSON. */
    @Override
    public void close() {
        try {
            if (!generator.getOutputContext().inRoot()) {
                write();
                generator.writeEndArray();
                generator.writeEndObject();
                generator.flush();
                out.println();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
