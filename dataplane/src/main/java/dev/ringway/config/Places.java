package dev.ringway.config;

import com.fasterxml.jackson.core.JsonLocation;

/** Line and column of a text as one number; 0: not known. */
public final class Places {
    private static final int LINE_SHIFT = 32;

    private Places() {
    }

    /** @param location of a parser, null or without a line if that does not know */
    static long of(JsonLocation location) {
        return location == null || location.getLineNr() < 1 ? 0 : of(location.getLineNr(), location.getColumnNr());
    }

    static long of(int line, int column) {
        return (long) line << LINE_SHIFT | column;
    }

    static int line(long place) {
        return (int) (place >>> LINE_SHIFT);
    }

    /** As compilers write it: line, colon, column. */
    public static String text(long place) {
        return line(place) + ":" + (int) place;
    }
}
