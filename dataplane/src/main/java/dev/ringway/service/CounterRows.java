package dev.ringway.service;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Rows of counters that appear as they are needed. One thread writes; any may read, and sees each counter as it was a
 * moment ago.
 */
final class CounterRows {
    private final int columns;
    private final Pages<AtomicLongArray> pages;

    CounterRows(int columns) {
        this.columns = columns;
        pages = new Pages<>(() -> new AtomicLongArray(Pages.ROWS * columns));
    }

    /** Writer's. */
    void add(int row, int column, long amount) {
        final AtomicLongArray page = pages.make(row);
        final int at = at(row, column);
        page.setOpaque(at, page.getPlain(at) + amount);
    }

    /** Writer's. */
    void set(int row, int column, long value) {
        pages.make(row).setOpaque(at(row, column), value);
    }

    /** 0 for a row that was never written. */
    long get(int row, int column) {
        final AtomicLongArray page = pages.get(row);
        return page == null ? 0 : page.getOpaque(at(row, column));
    }

    /** How many rows there may be; those of one page come one after the other, and most pages may not be there. */
    int rows() {
        return pages.rows();
    }

    private int at(int row, int column) {
        return row % Pages.ROWS * columns + column;
    }
}
