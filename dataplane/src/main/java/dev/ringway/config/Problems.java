package dev.ringway.config;

import dev.ringway.control.FirstLines;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What is wrong with a file or an object, collected so that all of it is told at once, and what is only passed over.
 * One thread at a time.
 */
final class Problems {
    private final String source;
    private final Map<String, Integer> lines;
    private final boolean placed;
    private final Consumer<String> warnings;
    private final FirstLines found;
    private String subject = "";

    private Problems(String source, Map<String, Integer> lines, boolean placed, Consumer<String> warnings, int most) {
        this.source = source;
        this.lines = lines;
        this.placed = placed;
        this.warnings = warnings;
        found = new FirstLines(most);
    }

    /** Of a file of keys. @param lines line of each key path */
    static Problems ofKeys(Path file, Map<String, Integer> lines) {
        return new Problems(file.toString(), lines, false, warning -> { }, Integer.MAX_VALUE);
    }

    /**
     * Of a file of objects, whose trees know their places.
     *
     * @param warnings takes what is passed over
     * @param most     how many problems are told; of the others only how many there are
     */
    static Problems ofObjects(Path file, Consumer<String> warnings, int most) {
        return new Problems(file.toString(), Map.of(), true, warnings, most);
    }

    /** Of one object, of which people know no text. @param title what it is called */
    static Problems ofObject(String title, Consumer<String> warnings, int most) {
        return new Problems(title, Map.of(), false, warnings, most);
    }

    /** Names the object that what follows is about. */
    void about(String object) {
        subject = object;
    }

    /**
     * @param path    where, as in {@code cluster.nodes[1].podCidrs[0]}
     * @param message what is wrong and what is allowed
     */
    void add(String path, String message) {
        final int line = line(path);
        found.add(source + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + message);
    }

    /** @param message what is wrong and what is allowed */
    void add(KeyPath path, String message) {
        if (placed) {
            found.add(text(path, message));
        } else {
            add(path.toString(), message);
        }
    }

    /** @param message what is passed over, and why */
    void warn(KeyPath path, String message) {
        warnings.accept(text(path, message));
    }

    private String text(KeyPath path, String message) {
        final long place = placed ? path.place() : 0;
        final String key = path.toString();
        return source + (place == 0 ? "" : ":" + Places.text(place)) + ": " + (subject.isEmpty() ? "" : subject + ": ")
                + (key.isEmpty() ? "" : key + ": ") + message;
    }

    /** Takes reports that nobody will read. */
    Problems unheard() {
        return new Problems(source, lines, placed, warning -> { }, 0);
    }

    void throwIfAny() throws ConfigException {
        final List<String> told = found.lines(source + ": ");
        if (!told.isEmpty()) {
            throw new ConfigException(told);
        }
    }

    /** Of a key that is missing, the line of what it is missing from. */
    private int line(String path) {
        String at = path;
        while (!at.isEmpty()) {
            final Integer line = lines.get(at);
            if (line != null) {
                return line;
            }
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        return 0;
    }
}
