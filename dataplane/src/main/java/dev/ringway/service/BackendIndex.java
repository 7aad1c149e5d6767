package dev.ringway.service;

import java.util.Arrays;

/**
 * All backends by slot, in pages that successive tables share. State and generation of a slot lie together in two
 * bytes: asking for the state of a flow's backend reads the directory and one short. Immutable.
 */
final class BackendIndex {
    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;

    /** generation << 2 | state; 0: free. */
    private final short[][] codes;
    private final Backend[][] backends;
    private final int count;

    BackendIndex() {
        this(new short[0][], new Backend[0][], 0);
    }

    private BackendIndex(short[][] codes, Backend[][] backends, int count) {
        this.codes = codes;
        this.backends = backends;
        this.count = count;
    }

    int count() {
        return count;
    }

    int state(int handle) {
        return state(codes, handle);
    }

    private static int state(short[][] codes, int handle) {
        final int slot = Handle.slot(handle);
        final int page = slot >>> PAGE_BITS;
        if (page >= codes.length) {
            return ServiceTable.GONE;
        }
        final int code = codes[page][slot & PAGE - 1];
        return code >>> 2 == Handle.generation(handle) ? code & 3 : ServiceTable.GONE;
    }

    Backend get(int slot) {
        final int page = slot >>> PAGE_BITS;
        return page >= backends.length ? null : backends[page][slot & PAGE - 1];
    }

    Builder change() {
        return new Builder(this);
    }

    /** The next index in the making; used by one thread and once. */
    static final class Builder {
        private short[][] codes;
        private Backend[][] backends;
        private boolean[] own;
        private int count;

        private Builder(BackendIndex from) {
            codes = from.codes.clone();
            backends = from.backends.clone();
            own = new boolean[codes.length];
            count = from.count;
        }

        int state(int handle) {
            return BackendIndex.state(codes, handle);
        }

        void put(Backend backend, int state) {
            final int slot = backend.slot();
            own(slot >>> PAGE_BITS);
            final Backend[] page = backends[slot >>> PAGE_BITS];
            if (page[slot & PAGE - 1] == null) {
                count++;
            }
            page[slot & PAGE - 1] = backend;
            codes[slot >>> PAGE_BITS][slot & PAGE - 1] = (short) (Handle.generation(backend.handle) << 2 | state);
        }

        void remove(int slot) {
            own(slot >>> PAGE_BITS);
            if (backends[slot >>> PAGE_BITS][slot & PAGE - 1] != null) {
                count--;
            }
            backends[slot >>> PAGE_BITS][slot & PAGE - 1] = null;
            codes[slot >>> PAGE_BITS][slot & PAGE - 1] = 0;
        }

        BackendIndex build() {
            return new BackendIndex(codes, backends, count);
        }

        private void own(int page) {
            if (page >= codes.length) {
                final int before = codes.length;
                final int length = Math.max(page + 1, before + before / 2);
                codes = Arrays.copyOf(codes, length);
                backends = Arrays.copyOf(backends, length);
                own = Arrays.copyOf(own, length);
                for (int i = before; i < length; i++) {
                    codes[i] = new short[PAGE];
                    backends[i] = new Backend[PAGE];
                    own[i] = true;
                }
            } else if (!own[page]) {
                codes[page] = codes[page].clone();
                backends[page] = backends[page].clone();
                own[page] = true;
            }
        }
    }
}
