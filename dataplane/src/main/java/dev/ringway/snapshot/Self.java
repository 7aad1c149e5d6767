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
 * @param service4 IPv4 address that stands for the node in translated packets: the network address of its first IPv4
 *                 pod range, which no pod has and the kernel does not take for its own; or null
 * @param service6 the same for IPv6, or null
 * @param addresses others that its own processes send from
 * @param podCidrs its pod ranges; ARP and neighbour solicitations of the overlay are answered for them
 * @param outsideClients how clients outside are handed on to other nodes, and taken from these
 * @param settled  false while pods of a former daemon may still be taken over, or Services are not known yet: nobody is
 *                 told that something is not there
 */
public record Self(long mac, IpAddress gateway4, IpAddress gateway6, IpAddress service4, IpAddress service6,
        IpAddress[] addresses, Prefix[] podCidrs, OutsideClients outsideClients, boolean settled) {
    public IpAddress gateway(int version) {
        return version == 4 ? gateway4 : gateway6;
    }

    /** Stands for this node in translated packets; null without a range of this IP version. */
    public IpAddress serviceAddress(int version) {
        return version == 4 ? service4 : service6;
    }

    /** True for {@link #serviceAddress}. */
    public boolean isServiceAddress(int version, long hi, long lo) {
        return is(serviceAddress(version), version, hi, lo);
    }

    /** True if the address is one that this node's own processes send from, as far as the switch knows. */
    public boolean isNode(int version, long hi, long lo) {
        if (is(gateway(version), version, hi, lo)) {
            return true;
        }
        for (IpAddress address : addresses) {
            if (is(address, version, hi, lo)) {
                return true;
            }
        }
        return false;
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
