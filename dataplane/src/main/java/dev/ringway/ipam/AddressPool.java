package dev.ringway.ipam;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which address is whose, as the host-local plugin gives them out: round robin from the one that was given out last,
 * so that a freed address rests as long as it can; one for each range set. Nothing is written here: the state file
 * holds what is taken, and the caller writes it before anybody uses an address. Any thread.
 */
public final class AddressPool {
    /** Range sets that came with single requests are forgotten after as many others. */
    private static final int MOST_LAST = 64;

    private final Predicate<IpAddress> blocked;
    private final Map<String, List<IpAddress>> reservations;
    private final Map<IpAddress, String> reservedFor = new HashMap<>();
    private final Map<IpAddress, String> owners = new HashMap<>();
    private final Map<String, List<IpAddress>> taken = new HashMap<>();
    private final Map<String, IpAddress> last = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, IpAddress> eldest) {
            return size() > MOST_LAST;
        }
    };

    /**
     * @param blocked      addresses that are the node's own or another's without being taken here
     * @param reservations addresses of pods by namespace/name, which nobody else gets
     */
    public AddressPool(Predicate<IpAddress> blocked, Map<String, List<IpAddress>> reservations) {
        this.blocked = blocked;
        this.reservations = Map.copyOf(reservations);
        reservations.forEach((pod, addresses) -> addresses.forEach(address -> reservedFor.put(address, pod)));
    }

    /**
     * Takes one address of each set: one that is asked for, else the pod's reservation, else the next that is free.
     *
     * @param owner     what it is to be released by
     * @param pod       namespace/name
     * @param requested each must be in another set
     * @throws IpamException if one cannot be had; then none is taken
     */
    public synchronized List<Lease> allocate(String owner, String pod, List<RangeSet> sets, List<IpAddress> requested)
            throws IpamException {
        if (taken.containsKey(owner)) {
            throw new IpamException(owner + " has addresses already", false);
        }
        final Set<IpAddress> asked = new LinkedHashSet<>(requested);
        final Set<IpAddress> own = new LinkedHashSet<>(reservations.getOrDefault(pod, List.of()));
        final List<Lease> leases = new ArrayList<>();
        final Map<String, IpAddress> before = new HashMap<>(last);
        try {
            for (RangeSet set : sets) {
                leases.add(lease(owner, pod, set, asked, own));
            }
            if (!asked.isEmpty()) {
                throw new IpamException("no range has the address " + IpText.text(asked.iterator().next())
                        + " that is asked for, or there is none left for it", false);
            }
        } catch (IpamException e) {
            leases.forEach(lease -> owners.remove(lease.address()));
            last.putAll(before);
            last.keySet().retainAll(before.keySet());
            throw e;
        }
        taken.put(owner, leases.stream().map(Lease::address).toList());
        return leases;
    }

    /** Takes addresses that were given out elsewhere, or before; null, or the owner of the first that is taken. */
    public synchronized String take(String owner, List<IpAddress> addresses) {
        for (IpAddress address : addresses) {
            final String other = owners.get(address);
            if (other != null) {
                return other;
            }
        }
        addresses.forEach(address -> owners.put(address, owner));
        taken.put(owner, List.copyOf(addresses));
        return null;
    }

    /** Gives back all that the owner has; nothing if it has none. */
    public synchronized void release(String owner) {
        final List<IpAddress> addresses = taken.remove(owner);
        if (addresses != null) {
            addresses.forEach(owners::remove);
        }
    }

    /** What each range set gave out last, by its key. */
    public synchronized Map<String, IpAddress> lastAllocated() {
        return new LinkedHashMap<>(last);
    }

    /** Goes on where a former daemon was. */
    public synchronized void setLastAllocated(Map<String, IpAddress> before) {
        last.putAll(before);
    }

    public synchronized int size() {
        return owners.size();
    }

    private Lease lease(String owner, String pod, RangeSet set, Set<IpAddress> asked, Set<IpAddress> own)
            throws IpamException {
        for (IpAddress address : asked) {
            final int range = set.indexOf(address);
            if (range >= 0) {
                asked.remove(address);
                requireFree(pod, set.ranges().get(range), address);
                last.put(set.key(), address);
                return grant(owner, address, set.ranges().get(range).gateway());
            }
        }
        for (IpAddress address : own) {
            if (address.version() == set.version()) {
                own.remove(address);
                requireNoOwner(address);
                return grant(owner, address, set.ranges().get(Math.max(0, set.indexOf(address))).gateway());
            }
        }
        final Lease lease = next(owner, set);
        last.put(set.key(), lease.address());
        return lease;
    }

    /** From behind the last one to the end, then all other ranges, then up to the last one and it itself. */
    private Lease next(String owner, RangeSet set) throws IpamException {
        final IpAddress before = last.get(set.key());
        final List<AddressRange> ranges = set.ranges();
        final int start = before == null ? -1 : set.indexOf(before);
        if (start < 0) {
            for (AddressRange range : ranges) {
                final IpAddress free = firstFree(range, range.start(), range.end());
                if (free != null) {
                    return grant(owner, free, range.gateway());
                }
            }
        } else {
            for (int i = 0; i <= ranges.size(); i++) {
                final AddressRange range = ranges.get((start + i) % ranges.size());
                final boolean behind = i == 0;
                final boolean upTo = i == ranges.size();
                if (behind && before.equals(range.end())) {
                    continue;
                }
                final IpAddress free = firstFree(range, behind ? AddressMath.next(before) : range.start(),
                        upTo ? before : range.end());
                if (free != null) {
                    return grant(owner, free, range.gateway());
                }
            }
        }
        throw new IpamException("no IP addresses available in range set " + set.key(), true);
    }

    private IpAddress firstFree(AddressRange range, IpAddress from, IpAddress to) {
        IpAddress at = range.firstAllowed(from, to);
        while (at != null && (owners.containsKey(at) || reservedFor.containsKey(at) || blocked.test(at))) {
            at = at.equals(to) ? null : range.firstAllowed(AddressMath.next(at), to);
        }
        return at;
    }

    private void requireFree(String pod, AddressRange range, IpAddress address) throws IpamException {
        final String text = IpText.text(address);
        if (!range.allows(address) || blocked.test(address)) {
            throw new IpamException("the address " + text + " that is asked for is the gateway's, the network's, a"
                    + " static pod's, or excluded", false);
        }
        final String reserved = reservedFor.get(address);
        if (reserved != null && !reserved.equals(pod)) {
            throw new IpamException("the address " + text + " that is asked for is reserved for " + reserved, false);
        }
        requireNoOwner(address);
    }

    private void requireNoOwner(IpAddress address) throws IpamException {
        final String other = owners.get(address);
        if (other != null) {
            throw new IpamException("the address " + IpText.text(address) + " is still that of " + other, true);
        }
    }

    private Lease grant(String owner, IpAddress address, IpAddress gateway) {
        owners.put(address, owner);
        return new Lease(address, gateway);
    }
}
