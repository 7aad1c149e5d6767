package dev.ringway.conntrack;

import dev.ringway.wire.Memory;
import java.util.Arrays;

/**
 * Entries by the second in which their time may be over: a ring of lists, linked through the entries. A deadline
 * further off than the ring is long is looked at again when the ring has come round. Packets that put a deadline off do
 * not move entries: the owner compares the true deadline when the old one is due. Switch thread.
 */
final class ExpiryWheel {
    private static final int SECONDS = 1024;
    /** How much too early an entry may be noted before it is worth a move. */
    private static final int EARLY_S = 60;

    private final long entries;
    private final int[] heads = new int[SECONDS];
    /** The second that is being looked at; all before it have nothing left. */
    private int atS;
    private int walkBucket;
    private int walkLeft;
    private int walkNext;

    ExpiryWheel(long entries, int nowS) {
        this.entries = entries;
        atS = nowS;
        Arrays.fill(heads, -1);
    }

    void link(int number, int deadlineS) {
        final int bucket = atS + ahead(deadlineS) & SECONDS - 1;
        final long entry = entry(number);
        final int next = heads[bucket];
        // A head's predecessor is its bucket, below -1.
        Memory.putInt(entry + Flow.WHEEL_PREVIOUS, -2 - bucket);
        Memory.putInt(entry + Flow.WHEEL_NEXT, next);
        if (next >= 0) {
            Memory.putInt(entry(next) + Flow.WHEEL_PREVIOUS, number);
        }
        heads[bucket] = number;
    }

    /** How far from now a deadline is noted. */
    private int ahead(int deadlineS) {
        return Math.max(0, Math.min(SECONDS - 1, deadlineS - atS));
    }

    /** Notes another deadline of an entry. */
    void move(int number, int deadlineS) {
        unlink(number);
        link(number, deadlineS);
    }

    void unlink(int number) {
        final long entry = entry(number);
        final int previous = Memory.getInt(entry + Flow.WHEEL_PREVIOUS);
        final int next = Memory.getInt(entry + Flow.WHEEL_NEXT);
        if (previous < 0) {
            heads[-2 - previous] = next;
        } else {
            Memory.putInt(entry(previous) + Flow.WHEEL_NEXT, next);
        }
        if (next >= 0) {
            Memory.putInt(entry(next) + Flow.WHEEL_PREVIOUS, previous);
        }
    }

    /** An entry whose noted deadline has come, which the caller unlinks; -1 if there is none. */
    int due(int nowS) {
        while (heads[atS & SECONDS - 1] < 0) {
            if (nowS - atS <= 0) {
                return -1;
            }
            atS++;
        }
        return nowS - atS < 0 ? -1 : heads[atS & SECONDS - 1];
    }

    /** Begins a walk over the entries, those with the nearest deadlines first. */
    void begin() {
        walkBucket = atS & SECONDS - 1;
        walkLeft = SECONDS;
        walkNext = heads[walkBucket];
    }

    /** The next entry, or -1; nothing may be unlinked or moved during the walk but the last one returned. */
    int next() {
        while (walkNext < 0 && --walkLeft > 0) {
            walkBucket = walkBucket + 1 & SECONDS - 1;
            walkNext = heads[walkBucket];
        }
        final int number = walkNext;
        if (number >= 0) {
            walkNext = Memory.getInt(entry(number) + Flow.WHEEL_NEXT);
        }
        return number;
    }

    /** Notes the true deadline of the entry that the walk has returned last; false if it is noted about there. */
    boolean defer(int number, int deadlineS) {
        if (ahead(deadlineS) - (walkBucket - atS & SECONDS - 1) <= EARLY_S) {
            return false;
        }
        move(number, deadlineS);
        return true;
    }

    private long entry(int number) {
        return entries + (long) number * Flow.LENGTH;
    }
}
