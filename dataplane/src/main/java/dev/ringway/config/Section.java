package dev.ringway.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A mapping of the file. Remembers which keys were asked for: the others are unknown. */
final class Section implements AutoCloseable {
    private final JsonNode node;
    private final KeyPath path;
    private final Problems problems;
    private final Set<String> known = new LinkedHashSet<>();

    /** @param node null if the section is not there */
    Section(JsonNode node, KeyPath path, Problems problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    boolean isThere() {
        return node != null;
    }

    Value value(String key) {
        known.add(key);
        return new Value(node == null ? null : node.get(key), path.key(node, key), problems);
    }

    Section section(String key) {
        return value(key).section();
    }

    /** All keys, where any is allowed, with their values. */
    Map<String, Value> entries() {
        final Map<String, Value> entries = new LinkedHashMap<>();
        names().forEach(key -> entries.put(key, value(key)));
        return entries;
    }

    /** The names of all keys. */
    Iterable<String> names() {
        return node == null ? List.of() : node::fieldNames;
    }

    /** Warns of keys that are none of these, but nearly one: of others, somebody may know what they mean. */
    void warnOfSlips(Set<String> keys) {
        for (String key : names()) {
            if (!keys.contains(key)) {
                final String near = Suggestion.near(key, keys);
                if (!near.isEmpty()) {
                    problems.warn(path.key(node, key), "is no key of Kubernetes and is passed over" + near);
                }
            }
        }
    }

    /** Reports the keys that nobody asked for. */
    @Override
    public void close() {
        for (String key : names()) {
            if (!known.contains(key)) {
                problems.add(path.key(node, key), "unknown key" + Suggestion.near(key, known)
                        + "; allowed here: " + String.join(", ", known));
            }
        }
    }
}
