package dev.ringway.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is wrong with a file or an object, collected so that all of it is told at once. */
final class Problems {
    private final String source;
    private final Map<String, Integer> lines;
    private final List<String> found = new ArrayList<>();

    /** @param lines line of each key path */
    Problems(Path file, Map<String, Integer> lines) {
        this(file.toString(), lines);
    }

    /** @param source what is read, for people */
    Problems(String source, Map<String, Integer> lines) {
        this.source = source;
        this.lines = lines;
    }

    /**
     * @param path    where, as in {@code cluster.nodes[1].podCidrs[0]}
     * @param message what is wrong and what is allowed
     */
    void add(String path, String message) {
        final int line = line(path);
        found.add(source + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + message);
    }

    /** Takes reports that nobody will read. */
    Problems unheard() {
        return new Problems(source, lines);
    }

    void throwIfAny() throws ConfigException {
        throwIfAny(Integer.MAX_VALUE);
    }

    /** @param most how many are told; of the others only how many there are */
    void throwIfAny(int most) throws ConfigException {
        if (found.size() > most) {
            final List<String> told = new ArrayList<>(found.subList(0, most));
            told.add(source + ": and " + (found.size() - most) + " more");
            throw new ConfigException(told);
        }
        if (!found.isEmpty()) {
            throw new ConfigException(found);
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
