package dev.ringway.conntrack;

/**
 * Finds entries by either direction's key: open addressing with linear probing, four slots of four bytes an entry
 * whatever their number, of which half are in use when all entries are. A hash's place is its part of the slots, by a
 * multiplication. A slot holds the number of an entry and a direction; what is left of its bits are the low ones of the
 * hash, which have the least say in the place, so that few entries are read in vain. Taking one out moves those behind
 * it forward, so that no markers stay. Switch thread.
 */
final class FlowIndex {
    private final long entries;
    private final int[] slots;
    /** Low bits of a slot: 1 + 2 * number + direction. */
    private final int numberBits;
    private final int numberMask;

    FlowIndex(long entries, int capacity) {
        this.entries = entries;
        slots = new int[slots(capacity)];
        numberBits = 32 - Integer.numberOfLeadingZeros(2 * capacity + 1);
        numberMask = (1 << numberBits) - 1;
    }

    private static int slots(int capacity) {
        return 4 * Math.max(4, capacity);
    }

    /** Memory of an index for so many flows. */
    static long bytes(int capacity) {
        return (long) slots(capacity) * Integer.BYTES;
    }

    long find(FlowKey key) {
        final int hash = key.hash();
        final int tag = tag(hash);
        for (int at = place(hash);; at = after(at)) {
            final int slot = slots[at];
            if (slot == 0) {
                return 0;
            }
            if ((slot & ~numberMask) == tag) {
                final int number = (slot & numberMask) - 1;
                final long flow = entries + (long) (number >> 1) * Flow.LENGTH;
                if ((number & 1) == 0 ? Flow.matchesForward(flow, key) : Flow.matchesReply(flow, key)) {
                    return flow | number & 1;
                }
            }
        }
    }

    void insert(int number) {
        final long flow = entries + (long) number * Flow.LENGTH;
        final int flags = Flow.flags(flow);
        if ((flags & Flow.HALF_REPLY) == 0) {
            insert(Flow.hash(flow, false), 2 * number);
        }
        insert(Flow.hash(flow, true), 2 * number + 1);
    }

    void remove(int number) {
        final long flow = entries + (long) number * Flow.LENGTH;
        final int flags = Flow.flags(flow);
        if ((flags & Flow.HALF_REPLY) == 0) {
            remove(Flow.hash(flow, false), 2 * number);
        }
        remove(Flow.hash(flow, true), 2 * number + 1);
    }

    private void insert(int hash, int number) {
        int at = place(hash);
        while (slots[at] != 0) {
            at = after(at);
        }
        slots[at] = tag(hash) | number + 1;
    }

    private void remove(int hash, int number) {
        int at = place(hash);
        while ((slots[at] & numberMask) - 1 != number) {
            if (slots[at] == 0) {
                throw new IllegalStateException("flow " + number + " is not in the index");
            }
            at = after(at);
        }
        int hole = at;
        slots[hole] = 0;
        for (int next = after(hole); slots[next] != 0; next = after(next)) {
            // It may move into the hole unless its place is behind the hole already.
            if (distance(home(slots[next]), next) >= distance(hole, next)) {
                slots[hole] = slots[next];
                slots[next] = 0;
                hole = next;
            }
        }
    }

    private int home(int slot) {
        final int number = (slot & numberMask) - 1;
        return place(Flow.hash(entries + (long) (number >> 1) * Flow.LENGTH, (number & 1) != 0));
    }

    private int place(int hash) {
        return (int) ((hash & 0xFFFF_FFFFL) * slots.length >>> 32);
    }

    private int after(int at) {
        final int next = at + 1;
        return next == slots.length ? 0 : next;
    }

    /** How many steps it is from one slot to another. */
    private int distance(int from, int to) {
        return to >= from ? to - from : to - from + slots.length;
    }

    /** As many bits of a hash as a slot has room for, where they lie in it. */
    private int tag(int hash) {
        return hash << numberBits;
    }
}
