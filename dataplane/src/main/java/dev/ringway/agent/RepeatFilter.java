package dev.ringway.agent;

import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps a warning that repeats itself from filling the log: once a minute, then with how often it would have come. */
final class RepeatFilter {
    static final long QUIET_MS = 60_000;
    private static final int MOST_LINES = 64;

    private final Map<String, Seen> lines = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
            return size() > MOST_LINES;
        }
    };

    private static final class Seen {
        private long sinceMs;
        private int held;
    }

    /** What to append to the line (nothing, or how often it was held back), or null: hold it back. */
    synchronized String admit(String line, long nowMs) {
        final Seen seen = lines.get(line);
        if (seen == null) {
            final Seen first = new Seen();
            first.sinceMs = nowMs;
            lines.put(line, first);
            return "";
        }
        if (nowMs - seen.sinceMs < QUIET_MS) {
            seen.held++;
            return null;
        }
        final int held = seen.held;
        seen.sinceMs = nowMs;
        seen.held = 0;
        return held == 0 ? "" : " (and " + held + " times more in between)";
    }
}
