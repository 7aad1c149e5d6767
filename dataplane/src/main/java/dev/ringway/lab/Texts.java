package dev.ringway.lab;

import java.util.Locale;

/** Numbers as people read them. */
final class Texts {
    private static final double NO_MORE_DECIMALS = 9.995;

    private Texts() {
    }

    static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    /** Milliseconds in at most four characters as long as they are fewer than ten seconds. */
    static String ms(double ms) {
        return String.format(Locale.ROOT, ms < NO_MORE_DECIMALS ? "%.2f" : "%.0f", ms);
    }
}
