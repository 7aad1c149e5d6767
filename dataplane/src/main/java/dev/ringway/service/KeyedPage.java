package dev.ringway.service;

/**
 * A small hash table with linear probing, at most three quarters full. Beside each entry lies a tag made from its
 * hash, so that a look-up that finds nothing does not touch entries. Written by the builder that made it until that
 * is done, then never again.
 */
final class KeyedPage<T extends Keyed> {
    private static final int LEAST = 8;

    private int[] tags;
    private Object[] slots;
    private int size;

    KeyedPage() {
        tags = new int[LEAST];
        slots = new Object[LEAST];
    }

    private KeyedPage(KeyedPage<T> other) {
        tags = other.tags.clone();
        slots = other.slots.clone();
        size = other.size;
    }

    KeyedPage<T> copy() {
        return new KeyedPage<>(this);
    }

    int size() {
        return size;
    }

    int capacity() {
        return slots.length;
    }

    T at(int index) {
        @SuppressWarnings("unchecked")
        final T entry = (T) slots[index];
        return entry;
    }

    T find(int hash, long hi, long lo, int rest) {
        final int index = indexOf(hash, hi, lo, rest);
        return index < 0 ? null : at(index);
    }

    /** @return what had the same key, or null */
    T put(int hash, T entry) {
        final int found = indexOf(hash, entry.hi, entry.lo, entry.rest);
        if (found >= 0) {
            final T before = at(found);
            slots[found] = entry;
            return before;
        }
        if (4 * (size + 1) > 3 * slots.length) {
            grow();
        }
        insert(tag(hash), entry);
        size++;
        return null;
    }

    /** @return what had this key, or null */
    T remove(int hash, long hi, long lo, int rest) {
        final int found = indexOf(hash, hi, lo, rest);
        if (found < 0) {
            return null;
        }
        final T before = at(found);
        final int mask = slots.length - 1;
        // Those behind move up into the gap, unless they would come to lie before their own place.
        int gap = found;
        int at = found;
        while (true) {
            at = at + 1 & mask;
            if (slots[at] == null) {
                break;
            }
            final int home = home(tags[at]);
            if ((at - home & mask) >= (at - gap & mask)) {
                tags[gap] = tags[at];
                slots[gap] = slots[at];
                gap = at;
            }
        }
        tags[gap] = 0;
        slots[gap] = null;
        size--;
        return before;
    }

    private int indexOf(int hash, long hi, long lo, int rest) {
        final int tag = tag(hash);
        final int[] all = tags;
        final int mask = all.length - 1;
        int at = home(tag);
        int seen = all[at];
        while (seen != 0) {
            if (seen == tag) {
                final Keyed entry = (Keyed) slots[at];
                if (entry.hi == hi && entry.lo == lo && entry.rest == rest) {
                    return at;
                }
            }
            at = at + 1 & mask;
            seen = all[at];
        }
        return -1;
    }

    private void insert(int tag, Object entry) {
        int at = home(tag);
        while (slots[at] != null) {
            at = at + 1 & slots.length - 1;
        }
        tags[at] = tag;
        slots[at] = entry;
    }

    private void grow() {
        final int[] oldTags = tags;
        final Object[] oldSlots = slots;
        tags = new int[2 * oldTags.length];
        slots = new Object[2 * oldSlots.length];
        for (int i = 0; i < oldSlots.length; i++) {
            if (oldSlots[i] != null) {
                insert(oldTags[i], oldSlots[i]);
            }
        }
    }

    /** Never 0, which marks what is free. */
    private static int tag(int hash) {
        return hash | 1;
    }

    private int home(int tag) {
        return tag >>> 1 & tags.length - 1;
    }
}
