package dev.ringway.conntrack;


/**
 * Finds entries by either direction's key: open addressing with linear probing, four slots of four bytes an entry. A
 * slot holds the number of an entry and a direction; what is left of its bits are a part of the hash, so that few
 * entries are read in vain. Taking one out moves those behind it forward, so that no markers stay. Switch thread.
 */
final class FlowIndex {
    private final long entries;
    private final int[] slots;
    private final int mask;
    /** Low bits of a slot: 1 + 2 * number + direction. */
    private final int numberBits;
    private final int numberMask;

    FlowIndex(long entries, int capacity) {
        this.entries = entries;
        slots = new int[slots(capacity)];
        mask = slots.length - 1;
        numberBits = 32 - Integer.numberOfLeadingZeros(2 * capacity + 1);
        numberMask = (1 << numberBits) - 1;
    }

    private static int slots(int capacity) {
        return 2 * Integer.highestOneBit(Math.max(4, capacity) * 4 - 1);
    }

    /** Memory of an index for so many flows. */
    static long bytes(int capacity) {
        return (long) slots(capacity) * Integer.BYTES;
    }

    long find(FlowKey key) {
        final int hash = key.hash();
        for (int at = hash & mask;; at = at + 1 & mask) {
            final int slot = slots[at];
            if (slot == 0) {
                return 0;
            }
            if (slot >>> numberBits == tag(hash)) {
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
        int at = hash & mask;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        slots[at] = tag(hash) << numberBits | number + 1;
    }

    private void remove(int hash, int number) {
        int at = hash & mask;
        while ((slots[at] & numberMask) - 1 != number) {
            if (slots[at] == 0) {
                throw new IllegalStateException("flow " + number + " is not in the index");
            }
            at = at + 1 & mask;
        }
        int hole = at;
        slots[hole] = 0;
        for (int next = hole + 1 & mask; slots[next] != 0; next = next + 1 & mask) {
            final int home = home(slots[next]);
            // It may move into the hole unless its place is behind the hole already.
            if ((next - home & mask) >= (next - hole & mask)) {
                slots[hole] = slots[next];
                slots[next] = 0;
                hole = next;
            }
        }
    }

    private int home(int slot) {
        final int number = (slot & numberMask) - 1;
        return Flow.hash(entries + (long) (number >> 1) * Flow.LENGTH, (number & 1) != 0) & mask;
    }

    /** The bits of a hash that do not decide the slot, as many as a slot has room for. */
    private int tag(int hash) {
        return hash >>> numberBits;
    }
}
