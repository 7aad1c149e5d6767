package dev.ringway.agent;

import java.time.Instant;

/** The form of a log line: UTC to the millisecond, level, text. */
final class LogLine {
    private static final int LEVEL_WIDTH = 7;

    private LogLine() {
    }

    static String of(long timeMs, System.Logger.Level level, String message) {
        final StringBuilder line = new StringBuilder(message.length() + 40);
        final String seconds = Instant.ofEpochSecond(Math.floorDiv(timeMs, 1000L)).toString();
        final int millis = (int) Math.floorMod(timeMs, 1000L);
        line.append(seconds, 0, seconds.length() - 1).append('.').append(millis < 100 ? "0" : "")
                .append(millis < 10 ? "0" : "").append(millis).append("Z ").append(level);
        while (line.length() < seconds.length() + 5 + LEVEL_WIDTH) {
            line.append(' ');
        }
        return line.append(' ').append(message).toString();
    }
}
