package dev.ringway.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A mapping of the file. Remembers which keys were asked for: the others are unknown. */
final class Section implements AutoCloseable {
    private final JsonNode node;
    private final String path;
    private final Problems problems;
    private final Set<String> known = new LinkedHashSet<>();

    /** @param node null if the section is not there */
    Section(JsonNode node, String path, Problems problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    Value value(String key) {
        known.add(key);
        return new Value(node == null ? null : node.get(key), path.isEmpty() ? key : path + "." + key, problems);
    }

    Section section(String key) {
        return value(key).section();
    }

    /** All keys, where any is allowed, with their values. */
    Map<String, Value> entries() {
        final Map<String, Value> entries = new LinkedHashMap<>();
        if (node != null) {
            node.fieldNames().forEachRemaining(key -> entries.put(key, value(key)));
        }
        return entries;
    }

    /** Reports the keys that nobody asked for. */
    @Override
    public void close() {
        if (node == null) {
            return;
        }
        for (Iterator<String> keys = node.fieldNames(); keys.hasNext();) {
            final String key = keys.next();
            if (!known.contains(key)) {
                problems.add(path.isEmpty() ? key : path + "." + key, "unknown key" + Suggestion.near(key, known)
                        + "; allowed here: " + String.join(", ", known));
            }
        }
    }
}
