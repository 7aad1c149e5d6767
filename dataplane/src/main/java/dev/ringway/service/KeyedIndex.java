package dev.ringway.service;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * A hash table of immutable pages: a changed table shares with the one before it all pages but those with changes.
 * A look-up reads the directory, one page's tags and, where something is found, the entry. Immutable.
 */
final class KeyedIndex<T extends Keyed> {
    /** Entries a page on average, before the directory doubles. */
    private static final int PAGE_ENTRIES = 96;
    private static final int PAGE_SHIFT = 36;
    private static final int MOST_PAGES = 1 << 24;
    /** Other in each process: keys that all fall on one page cannot be worked out beforehand. */
    private static final long SEED = ThreadLocalRandom.current().nextLong();

    private final KeyedPage<T>[] pages;
    private final int size;

    KeyedIndex() {
        this(KeyedIndex.<T>directory(1), 0);
        pages[0] = new KeyedPage<>();
    }

    private KeyedIndex(KeyedPage<T>[] pages, int size) {
        this.pages = pages;
        this.size = size;
    }

    int size() {
        return size;
    }

    T find(long hi, long lo, int rest) {
        final long hash = Hashing.mix(SEED, hi, lo, rest);
        return pages[(int) (hash >>> PAGE_SHIFT) & pages.length - 1].find((int) hash, hi, lo, rest);
    }

    void forEach(Consumer<? super T> action) {
        for (KeyedPage<T> page : pages) {
            for (int i = 0; i < page.capacity(); i++) {
                final T entry = page.at(i);
                if (entry != null) {
                    action.accept(entry);
                }
            }
        }
    }

    Builder<T> change() {
        return new Builder<>(this);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Keyed> KeyedPage<T>[] directory(int length) {
        return (KeyedPage<T>[]) new KeyedPage<?>[length];
    }

    /** The next index in the making; used by one thread and once. */
    static final class Builder<T extends Keyed> {
        private KeyedPage<T>[] pages;
        private boolean[] own;
        private int size;

        private Builder(KeyedIndex<T> from) {
            pages = from.pages.clone();
            own = new boolean[pages.length];
            size = from.size;
        }

        T find(long hi, long lo, int rest) {
            final long hash = Hashing.mix(SEED, hi, lo, rest);
            return pages[page(hash)].find((int) hash, hi, lo, rest);
        }

        T put(T entry) {
            final long hash = Hashing.mix(SEED, entry.hi, entry.lo, entry.rest);
            final T before = owned(page(hash)).put((int) hash, entry);
            if (before == null && ++size > pages.length * PAGE_ENTRIES && pages.length < MOST_PAGES) {
                grow();
            }
            return before;
        }

        T remove(long hi, long lo, int rest) {
            final long hash = Hashing.mix(SEED, hi, lo, rest);
            final T before = owned(page(hash)).remove((int) hash, hi, lo, rest);
            if (before != null) {
                size--;
            }
            return before;
        }

        KeyedIndex<T> build() {
            return new KeyedIndex<>(pages, size);
        }

        private int page(long hash) {
            return (int) (hash >>> PAGE_SHIFT) & pages.length - 1;
        }

        private KeyedPage<T> owned(int page) {
            if (!own[page]) {
                pages[page] = pages[page].copy();
                own[page] = true;
            }
            return pages[page];
        }

        private void grow() {
            final KeyedPage<T>[] old = pages;
            pages = directory(2 * old.length);
            own = new boolean[pages.length];
            for (int i = 0; i < pages.length; i++) {
                pages[i] = new KeyedPage<>();
                own[i] = true;
            }
            for (KeyedPage<T> page : old) {
                for (int i = 0; i < page.capacity(); i++) {
                    final T entry = page.at(i);
                    if (entry != null) {
                        final long hash = Hashing.mix(SEED, entry.hi, entry.lo, entry.rest);
                        pages[page(hash)].put((int) hash, entry);
                    }
                }
            }
        }
    }
}
