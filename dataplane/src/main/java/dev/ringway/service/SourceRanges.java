package dev.ringway.service;

import dev.ringway.fib.Prefix;
import java.util.Arrays;
import java.util.List;

/**
 * The clients that may use a load balancer's address ({@code loadBalancerSourceRanges}). Immutable. A walk over all
 * ranges: it is done for the first packet of a flow only, and people write few.
 */
public final class SourceRanges {
    private final Prefix[] ranges;

    public SourceRanges(List<Prefix> ranges) {
        this.ranges = ranges.toArray(new Prefix[0]);
    }

    public boolean allows(int version, long hi, long lo) {
        for (Prefix range : ranges) {
            if (range.contains(version, hi, lo)) {
                return true;
            }
        }
        return false;
    }

    /** For people. */
    public List<Prefix> list() {
        return List.of(ranges);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SourceRanges that && Arrays.equals(ranges, that.ranges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ranges);
    }
}
