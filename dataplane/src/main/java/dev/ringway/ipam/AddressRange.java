package dev.ringway.ipam;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.util.List;

/**
 * Addresses from {@code start} to {@code end}, both included, of a subnet. Some of them are never given out: the
 * subnet's network address, in IPv4 its broadcast address, the gateway, and what is excluded.
 *
 * @param exclude addresses and ranges that pods do not get
 */
public record AddressRange(Prefix subnet, IpAddress start, IpAddress end, IpAddress gateway, List<Prefix> exclude) {
    private static final int LONGEST4 = 30;
    private static final int LONGEST6 = 126;

    public AddressRange {
        exclude = List.copyOf(exclude);
        if (subnet.length() > (subnet.version() == 4 ? LONGEST4 : LONGEST6)) {
            throw new IllegalArgumentException(IpText.text(subnet) + " is too small; at most /"
                    + (subnet.version() == 4 ? LONGEST4 : LONGEST6));
        }
        requireIn(subnet, start, "rangeStart");
        requireIn(subnet, end, "rangeEnd");
        requireIn(subnet, gateway, "gateway");
        if (AddressMath.compare(start, end) > 0) {
            throw new IllegalArgumentException("rangeStart " + IpText.text(start) + " is behind rangeEnd "
                    + IpText.text(end));
        }
    }

    /**
     * A range as people write it.
     *
     * @param start   or null: the first address after the network's
     * @param end     or null: in IPv4 the last before the broadcast address, in IPv6 the last
     * @param gateway or null: the first address after the network's
     * @throws IllegalArgumentException that says what is wrong, for people
     */
    public static AddressRange of(Prefix subnet, IpAddress start, IpAddress end, IpAddress gateway,
            List<Prefix> exclude) {
        final IpAddress first = AddressMath.next(AddressMath.first(subnet));
        final IpAddress last = AddressMath.last(subnet);
        return new AddressRange(subnet, start == null ? first : start,
                end != null ? end : subnet.version() == 4 ? AddressMath.previous(last) : last,
                gateway == null ? first : gateway, exclude);
    }

    /** All of a subnet; its first address is the gateway. */
    public static AddressRange of(Prefix subnet) {
        return of(subnet, null, null, null, List.of());
    }

    public int version() {
        return subnet.version();
    }

    public boolean contains(IpAddress address) {
        return address.version() == version() && AddressMath.compare(start, address) <= 0
                && AddressMath.compare(address, end) <= 0;
    }

    /** True if a pod may have the address as far as the range is concerned. */
    boolean allows(IpAddress address) {
        return contains(address) && !isSpecial(address) && excluding(address) == null;
    }

    /** The first address from {@code from} up to {@code to} that a pod may have, or null. */
    IpAddress firstAllowed(IpAddress from, IpAddress to) {
        IpAddress at = from;
        while (AddressMath.compare(at, to) <= 0) {
            final Prefix excluded = excluding(at);
            if (excluded == null && !isSpecial(at)) {
                return at;
            }
            final IpAddress next = AddressMath.next(excluded == null ? at : AddressMath.last(excluded));
            if (AddressMath.compare(next, at) < 0) {
                return null;
            }
            at = next;
        }
        return null;
    }

    boolean overlaps(AddressRange other) {
        return version() == other.version() && AddressMath.compare(start, other.end) <= 0
                && AddressMath.compare(other.start, end) <= 0;
    }

    private boolean isSpecial(IpAddress address) {
        return address.equals(gateway) || address.equals(AddressMath.first(subnet))
                || version() == 4 && address.equals(AddressMath.last(subnet));
    }

    private Prefix excluding(IpAddress address) {
        for (Prefix prefix : exclude) {
            if (prefix.contains(address)) {
                return prefix;
            }
        }
        return null;
    }

    private static void requireIn(Prefix subnet, IpAddress address, String what) {
        if (!subnet.contains(address)) {
            throw new IllegalArgumentException(what + " " + IpText.text(address) + " is not in "
                    + IpText.text(subnet));
        }
    }
}
