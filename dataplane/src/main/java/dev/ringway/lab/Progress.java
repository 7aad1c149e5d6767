package dev.ringway.lab;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Locale;

/** Tells the person watching what is being done, a line a step, written as it goes. One thread. */
final class Progress {
    private static final int WIDTH = 24;

    private final PrintWriter out;
    private boolean first;
    private long startNs;

    Progress(PrintWriter out) {
        this.out = out;
    }

    /** For what shall go on unseen. */
    static Progress none() {
        return new Progress(new PrintWriter(Writer.nullWriter()));
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    void begin(String step) {
        out.print("  " + step + " " + ".".repeat(Math.max(3, WIDTH - step.length())) + " ");
        out.flush();
        first = true;
        startNs = System.nanoTime();
    }

    /** Something finished within the step. */
    void part(String text) {
        out.print((first ? "" : ", ") + text);
        out.flush();
        first = false;
    }

    void end() {
        line(first ? since(startNs) : "");
    }

    /** The step failed or was given up; ends its line. */
    void abandon() {
        line(first ? "" : ", ...");
    }

    static String since(long startNs) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - startNs) / 1e9);
    }
}
