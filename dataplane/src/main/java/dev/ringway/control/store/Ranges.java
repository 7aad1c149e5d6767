package dev.ringway.control.store;

import dev.ringway.fib.Prefix;
import java.util.Comparator;
import java.util.TreeSet;

/** Ranges of addresses, none of which overlap. */
public final class Ranges {
    private static final Comparator<Prefix> BY_START = Comparator.comparingInt(Prefix::version)
            .thenComparing(Prefix::hi, Long::compareUnsigned).thenComparing(Prefix::lo, Long::compareUnsigned);

    private final TreeSet<Prefix> all = new TreeSet<>(BY_START);

    public void add(Prefix range) {
        all.add(range);
    }

    /** True if the range shares addresses with one that is here: it then contains one's start, or one contains its. */
    public boolean overlap(Prefix range) {
        final Prefix before = all.floor(range);
        final Prefix behind = all.ceiling(range);
        return before != null && before.contains(range) || behind != null && range.contains(behind);
    }
}
