package dev.ringway.snapshot;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;

/**
 * What the switch must know of its own node.
 *
 * @param mac      MAC address of its VTEP in the overlay, low 48 bits
 * @param gateway4 IPv4 address it sends ICMP errors from (first of its IPv4 pod range), or null
 * @param gateway6 the same for IPv6, or null
 * @param podCidrs its pod ranges; ARP and neighbour solicitations of the overlay are answered for them
 */
public record Self(long mac, IpAddress gateway4, IpAddress gateway6, Prefix[] podCidrs) {
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
