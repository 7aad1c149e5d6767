package dev.ringway.snapshot;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;

/**
 * What the switch must know of its own node.
 *
 * @param mac      MAC address of its VTEP in the overlay, low 48 bits
 * @param gateway4 IPv4 address it sends ICMP errors from (first of its IPv4 pod range), or null
 * @param gateway6 the same for IPv6, or null
 * @param address  its underlay address
 * @param podCidrs its pod ranges; ARP and neighbour solicitations of the overlay are answered for them
 * @param outsideClients how clients outside are handed on to other nodes, and taken from these
 * @param settled  false while pods of a former daemon may still be taken over: nobody is told that one is not there
 */
public record Self(long mac, IpAddress gateway4, IpAddress gateway6, IpAddress address, Prefix[] podCidrs,
        OutsideClients outsideClients, boolean settled) {
    public IpAddress gateway(int version) {
        return version == 4 ? gateway4 : gateway6;
    }

    /**
     * The address that stands for this node in translated packets where its gateway will not do: the network address
     * of its first range, which no pod has and the kernel does not take for its own. Null without a range. Allocates.
     */
    public IpAddress serviceAddress(int version) {
        return Prefix.networkAddress(podCidrs, version);
    }

    /** True for {@link #serviceAddress}, which the gateway comes after. Allocates nothing. */
    public boolean isServiceAddress(int version, long hi, long lo) {
        return version == 4 ? gateway4 != null && hi == gateway4.hi() - (1L << 32)
                : gateway6 != null && hi == gateway6.hi() && lo == gateway6.lo() - 1;
    }

    /** True if the address is one that this node's own processes send from, as far as the switch knows. */
    public boolean isNode(int version, long hi, long lo) {
        return is(gateway(version), version, hi, lo) || is(address, version, hi, lo);
    }

    private static boolean is(IpAddress known, int version, long hi, long lo) {
        return known != null && known.version() == version && known.hi() == hi && known.lo() == lo;
    }

    /** True if the address lies in this node's pod ranges. */
    public boolean owns(int version, long hi, long lo) {
        for (Prefix prefix : podCidrs) {
            if (prefix.contains(version, hi, lo)) {
                return true;
            }
        }
        return false;
    }
}
