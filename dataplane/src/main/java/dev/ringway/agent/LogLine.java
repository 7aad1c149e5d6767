package dev.ringway.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;

/** The form of a log line: UTC to the millisecond, level, text; or the same as a JSON object. */
final class LogLine {
    private static final int LEVEL_WIDTH = 7;

    private LogLine() {
    }

    /** @param thrown or null */
    static String json(long timeMs, System.Logger.Level level, String logger, String message, Throwable thrown) {
        final ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("time", time(timeMs)).put("level", level.getName()).put("logger", logger).put("message", message);
        if (thrown != null) {
            final StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            line.put("exception", trace.toString());
        }
        return line.toString();
    }

    static String of(long timeMs, System.Logger.Level level, String message) {
        final StringBuilder line = new StringBuilder(message.length() + 40).append(time(timeMs)).append(' ');
        final int levelAt = line.length();
        line.append(level);
        while (line.length() < levelAt + LEVEL_WIDTH) {
            line.append(' ');
        }
        return line.append(' ').append(message).toString();
    }

    private static String time(long timeMs) {
        final String seconds = Instant.ofEpochSecond(Math.floorDiv(timeMs, 1000L)).toString();
        final int millis = (int) Math.floorMod(timeMs, 1000L);
        return seconds.substring(0, seconds.length() - 1) + "." + (millis < 100 ? "0" : "") + (millis < 10 ? "0" : "")
                + millis + "Z";
    }
}
