package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;

/** Parts of answers as people read them. */
final class Texts {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Texts() {
    }

    /** The entries of a list, joined by commas; "-" if there is none. */
    static String list(JsonNode entries) {
        final StringBuilder text = new StringBuilder();
        entries.forEach(entry -> text.append(text.isEmpty() ? "" : ",").append(entry.asText()));
        return text.isEmpty() ? "-" : text.toString();
    }

    /** The entries of a mapping as {@code key value}, joined by commas; "-" if there is none. */
    static String pairs(JsonNode mapping) {
        final StringBuilder text = new StringBuilder();
        mapping.properties().forEach(entry -> text.append(text.isEmpty() ? "" : ", ").append(entry.getKey())
                .append(' ').append(entry.getValue().asText()));
        return text.isEmpty() ? "-" : text.toString();
    }

    /** A number of bytes with three digits and a unit. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        final long tenths = Math.round(value * 10);
        return (unit == 0 || tenths >= 1000 ? Long.toString(Math.round(value)) : tenths / 10 + "." + tenths % 10)
                + " " + UNITS[unit];
    }

    /** A short time with up to three digits and a unit. */
    static String micros(long micros) {
        final boolean seconds = micros >= 1_000_000;
        if (!seconds && micros < 1000) {
            return micros + " µs";
        }
        final long tenths = Math.round(micros / (seconds ? 100_000.0 : 100.0));
        return (tenths >= 100 ? Long.toString(Math.round(tenths / 10.0)) : tenths / 10 + "." + tenths % 10)
                + (seconds ? " s" : " ms");
    }

    /** A time in its two largest units. */
    static String duration(long ms) {
        final long seconds = ms / 1000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
        }
        return seconds / 86_400 + " d " + seconds % 86_400 / 3600 + " h";
    }
}
