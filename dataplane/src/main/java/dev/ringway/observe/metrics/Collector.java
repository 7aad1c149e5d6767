package dev.ringway.observe.metrics;

/** Reads some metrics at the moment they are asked for. One thread at a time, any; does not wait for anything. */
public interface Collector {
    void collect(Sheet sheet);
}
