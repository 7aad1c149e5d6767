package dev.ringway.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Collection;

/** Reading and writing of JSON trees, in one place so that all of it looks the same. */
final class Json {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {
    }

    static JsonNode parse(String text) throws IOException {
        final JsonNode node = MAPPER.readTree(text);
        return node == null ? MissingNode.getInstance() : node;
    }

    static String pretty(JsonNode node) {
        return write(node, true);
    }

    static String line(JsonNode node) {
        return write(node, false);
    }

    static void addAll(ArrayNode array, Collection<String> texts) {
        texts.forEach(array::add);
    }

    private static String write(JsonNode node, boolean pretty) {
        try {
            return pretty ? MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node)
                    : MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
