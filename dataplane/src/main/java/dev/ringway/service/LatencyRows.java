package dev.ringway.service;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Histograms of latencies in small cells, for people to see shares in: when a cell is full, all of its row are halved.
 * One thread writes, any may read.
 */
final class LatencyRows {
    private final int buckets;
    private final Pages<AtomicIntegerArray> pages;

    LatencyRows(int buckets) {
        this.buckets = buckets;
        pages = new Pages<>(() -> new AtomicIntegerArray(Pages.ROWS * buckets));
    }

    /** Writer's. */
    void count(int row, int bucket) {
        final AtomicIntegerArray page = pages.make(row);
        final int first = row % Pages.ROWS * buckets;
        if (page.getPlain(first + bucket) == Integer.MAX_VALUE) {
            for (int i = first; i < first + buckets; i++) {
                page.setOpaque(i, page.getPlain(i) / 2);
            }
        }
        page.setOpaque(first + bucket, page.getPlain(first + bucket) + 1);
    }

    /** Writer's. */
    void clear(int row) {
        for (int i = 0; pages.get(row) != null && i < buckets; i++) {
            set(row, i, 0);
        }
    }

    /** Writer's. */
    void set(int row, int bucket, int value) {
        pages.make(row).setOpaque(row % Pages.ROWS * buckets + bucket, value);
    }

    int get(int row, int bucket) {
        final AtomicIntegerArray page = pages.get(row);
        return page == null ? 0 : page.getOpaque(row % Pages.ROWS * buckets + bucket);
    }
}
