package dev.ringway.ipam;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import java.util.List;

/** Ranges of one IP version that stand in for each other: a pod gets one address of the set. */
public record RangeSet(List<AddressRange> ranges) {
    /** @throws IllegalArgumentException that says what is wrong, for people */
    public RangeSet {
        ranges = List.copyOf(ranges);
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("a range set is empty");
        }
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).version() != ranges.getFirst().version()) {
                throw new IllegalArgumentException("a range set mixes IPv4 and IPv6");
            }
            for (int j = 0; j < i; j++) {
                if (ranges.get(i).overlaps(ranges.get(j))) {
                    throw new IllegalArgumentException("ranges of " + IpText.text(ranges.get(j).subnet()) + " and "
                            + IpText.text(ranges.get(i).subnet()) + " overlap");
                }
            }
        }
    }

    public int version() {
        return ranges.getFirst().version();
    }

    public boolean overlaps(RangeSet other) {
        for (AddressRange range : ranges) {
            for (AddressRange another : other.ranges) {
                if (range.overlaps(another)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The number of the range that contains the address, or -1. */
    int indexOf(IpAddress address) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).contains(address)) {
                return i;
            }
        }
        return -1;
    }

    /** A name that stays the same as long as the ranges do, for what was allocated last. */
    public String key() {
        final StringBuilder key = new StringBuilder();
        for (AddressRange range : ranges) {
            key.append(key.isEmpty() ? "" : ",").append(IpText.text(range.start())).append('-')
                    .append(IpText.text(range.end()));
        }
        return key.toString();
    }
}
