package dev.ringway.observe.metrics;

import java.util.Locale;

/** Kinds of metrics as the text format names them. */
public enum MetricType {
    COUNTER, GAUGE, HISTOGRAM, SUMMARY;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
