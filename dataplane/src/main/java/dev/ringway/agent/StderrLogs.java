package dev.ringway.agent;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.LongAdder;

/**
 * Gives every user of {@link System.Logger} in this process lines on stderr: no logging framework to start, and
 * whoever runs the daemon (systemd, the kubelet, a terminal) keeps the lines. Found as a service by the JDK.
 */
public final class StderrLogs extends System.LoggerFinder {
    private static final RepeatFilter REPEATS = new RepeatFilter();
    private static final LogBudget BUDGET = new LogBudget();
    private static final LongAdder SUPPRESSED = new LongAdder();

    private static volatile System.Logger.Level least = System.Logger.Level.INFO;
    private static volatile boolean json;

    /** Shows details too. */
    static void showDetails() {
        least = System.Logger.Level.DEBUG;
    }

    /** From now on lines are JSON objects, or text. */
    static void format(boolean asJson) {
        json = asJson;
    }

    /** Lines that were not written, repetitions too. */
    static long suppressed() {
        return SUPPRESSED.sum();
    }

    /** Says how many lines there were too many, if there is room for that; to be called about once a second. */
    static void tellSuppressed() {
        synchronized (BUDGET) {
            final long nowMs = System.currentTimeMillis();
            if (BUDGET.owesWord(nowMs) && BUDGET.allows(nowMs)) {
                write(nowMs, System.Logger.Level.WARNING, StderrLogs.class.getName(), BUDGET.takeHeld()
                        + " lines were not logged: more than " + LogBudget.A_SECOND + " a second", null);
            }
        }
    }

    private static void write(long nowMs, System.Logger.Level level, String logger, String message,
            Throwable thrown) {
        if (json) {
            System.err.println(LogLine.json(nowMs, level, logger, message, thrown));
            return;
        }
        System.err.println(LogLine.of(nowMs, level, message));
        if (thrown != null) {
            thrown.printStackTrace();
        }
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

        private void print(Level level, String message, Throwable thrown) {
            final long nowMs = System.currentTimeMillis();
            final String repeated =
                    level.getSeverity() < Level.WARNING.getSeverity() ? "" : REPEATS.admit(message, nowMs);
            if (repeated == null) {
                SUPPRESSED.increment();
                return;
            }
            tellSuppressed();
            synchronized (BUDGET) {
                if (BUDGET.allows(nowMs)) {
                    write(nowMs, level, name, message + repeated, thrown);
                } else {
                    SUPPRESSED.increment();
                }
            }
        }
    }
}
