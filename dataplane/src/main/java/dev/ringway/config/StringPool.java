package dev.ringway.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One object for equal texts and lists of texts: a quarter of a million endpoints have a few thousand nodes and zones
 * between them. One thread at a time.
 */
public final class StringPool {
    private static final int MOST = 1 << 17;

    private final Map<String, String> texts = new HashMap<>();
    private final Map<List<String>, List<String>> lists = new HashMap<>();

    String of(String text) {
        if (text == null) {
            return null;
        }
        if (texts.size() > MOST) {
            texts.clear();
        }
        final String known = texts.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    List<String> of(List<String> list) {
        if (list.isEmpty()) {
            return List.of();
        }
        if (lists.size() > MOST) {
            lists.clear();
        }
        return lists.computeIfAbsent(List.copyOf(list), all -> all);
    }
}
