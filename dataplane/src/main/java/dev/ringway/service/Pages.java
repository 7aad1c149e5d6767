package dev.ringway.service;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Rows by number, in pages that are made when one of their rows is written first: what is never used takes a reference
 * for each page. One thread writes; any may read, and sees a page as soon as it can be seen whole.
 *
 * @param <T> a page
 */
final class Pages<T> {
    /** Few, since the rows that are used may lie anywhere. */
    static final int ROWS = 8;
    private static final int FIRST_PAGES = 64;

    private final Supplier<T> maker;
    /** Pages stay when the directory grows: a reader that still has the old one sees their counters go on. */
    private volatile AtomicReferenceArray<T> pages = new AtomicReferenceArray<>(FIRST_PAGES);

    Pages(Supplier<T> maker) {
        this.maker = maker;
    }

    /** The page of a row, or null if it has not been written. */
    T get(int row) {
        final AtomicReferenceArray<T> now = pages;
        final int page = row / ROWS;
        return row < 0 || page >= now.length() ? null : now.getAcquire(page);
    }

    /** The page of a row. Writer's. */
    T make(int row) {
        AtomicReferenceArray<T> now = pages;
        final int page = row / ROWS;
        if (page >= now.length()) {
            now = grown(now, page);
            pages = now;
        }
        T made = now.getPlain(page);
        if (made == null) {
            made = maker.get();
            now.setRelease(page, made);
        }
        return made;
    }

    /** How many rows there may be. */
    int rows() {
        return pages.length() * ROWS;
    }

    private static <T> AtomicReferenceArray<T> grown(AtomicReferenceArray<T> before, int page) {
        final AtomicReferenceArray<T> grown = new AtomicReferenceArray<>(Integer.highestOneBit(page) * 2);
        for (int i = 0; i < before.length(); i++) {
            grown.setPlain(i, before.getPlain(i));
        }
        return grown;
    }
}
