package dev.ringway.service;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Rows of counters that appear as they are needed. One thread writes; any may read, and sees each counter as it was a
 * moment ago.
 */
public final class CounterRows {
    private static final int FIRST_ROWS = 64;

    private final int columns;
    private volatile AtomicLongArray cells;

    public CounterRows(int columns) {
        this.columns = columns;
        cells = new AtomicLongArray(FIRST_ROWS * columns);
    }

    /** Writer's. */
    public void add(int row, int column, long amount) {
        final AtomicLongArray now = room(row);
        final int at = row * columns + column;
        now.setOpaque(at, now.getPlain(at) + amount);
    }

    /** Writer's. */
    public void set(int row, int column, long value) {
        room(row).setOpaque(row * columns + column, value);
    }

    /** Writer's. */
    public void clear(int row) {
        for (int column = 0; column < columns; column++) {
            set(row, column, 0);
        }
    }

    /** 0 for a row that was never written. */
    public long get(int row, int column) {
        final AtomicLongArray now = cells;
        final int at = row * columns + column;
        return row < 0 || at >= now.length() ? 0 : now.getOpaque(at);
    }

    private AtomicLongArray room(int row) {
        final AtomicLongArray now = cells;
        if ((row + 1) * columns <= now.length()) {
            return now;
        }
        final AtomicLongArray grown = new AtomicLongArray(Integer.highestOneBit(row + 1) * 2 * columns);
        for (int i = 0; i < now.length(); i++) {
            grown.setPlain(i, now.getPlain(i));
        }
        cells = grown;
        return grown;
    }
}
