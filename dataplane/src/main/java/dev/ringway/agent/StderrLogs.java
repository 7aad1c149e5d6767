package dev.ringway.agent;

import java.text.MessageFormat;
import java.util.ResourceBundle;

/**
 * Gives every user of {@link System.Logger} in this process lines on stderr: no logging framework to start, and
 * whoever runs the daemon (systemd, the kubelet, a terminal) keeps the lines. Found as a service by the JDK.
 */
public final class StderrLogs extends System.LoggerFinder {
    private static volatile System.Logger.Level least = System.Logger.Level.INFO;

    /** Shows details too. */
    static void showDetails() {
        least = System.Logger.Level.DEBUG;
    }

    static boolean shows(System.Logger.Level level) {
        return level != System.Logger.Level.OFF && level.getSeverity() >= least.getSeverity();
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new StderrLogger(name);
    }

    /** One logger; any thread. */
    private record StderrLogger(String name) implements System.Logger {
        private static final RepeatFilter REPEATS = new RepeatFilter();

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            // The JDK's own components tell only what has gone wrong.
            return shows(level) && (name.startsWith("dev.ringway.") || level.getSeverity() >= Level.WARNING
                    .getSeverity());
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            if (isLoggable(level)) {
                print(level, message, thrown);
            }
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            if (isLoggable(level)) {
                print(level, parameters == null || parameters.length == 0 ? format
                        : MessageFormat.format(format, parameters), null);
            }
        }

        private static void print(Level level, String message, Throwable thrown) {
            final long nowMs = System.currentTimeMillis();
            final String repeated =
                    level.getSeverity() < Level.WARNING.getSeverity() ? "" : REPEATS.admit(message, nowMs);
            if (repeated != null) {
                synchronized (REPEATS) {
                    System.err.println(LogLine.of(nowMs, level, message + repeated));
                    if (thrown != null) {
                        thrown.printStackTrace();
                    }
                }
            }
        }
    }
}
