package dev.ringway.ipam;

import dev.ringway.fib.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The oracle of one small set: all its addresses in a row, and a look at each. */
final class NaivePool {
    private final List<IpAddress> row = new ArrayList<>();
    private final Map<IpAddress, String> owners = new HashMap<>();
    private final Set<IpAddress> never;
    private int last = -1;

    NaivePool(RangeSet set, Set<IpAddress> never) {
        this.never = never;
        for (AddressRange range : set.ranges()) {
            for (IpAddress at = range.start(); !at.equals(range.end()); at = AddressMath.next(at)) {
                row.add(at);
            }
            row.add(range.end());
        }
    }

    /** The next free one from behind the last, or null. */
    IpAddress next(String owner) {
        for (int i = 1; i <= row.size(); i++) {
            final int at = (last + i) % row.size();
            if (!never.contains(row.get(at)) && owners.putIfAbsent(row.get(at), owner) == null) {
                last = at;
                return row.get(at);
            }
        }
        return null;
    }

    /** The one asked for, or null. */
    IpAddress take(String owner, IpAddress address) {
        if (!row.contains(address) || never.contains(address) || owners.putIfAbsent(address, owner) != null) {
            return null;
        }
        last = row.indexOf(address);
        return address;
    }

    void release(String owner) {
        owners.values().remove(owner);
    }

    IpAddress any(int number) {
        return row.get(number % row.size());
    }
}
