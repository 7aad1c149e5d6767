package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.util.List;

/**
 * What Services must know of this node.
 *
 * @param zone              empty: not known
 * @param addresses         its own addresses
 * @param nodePortAddresses those of them that NodePorts are open on
 * @param serviceAddress4   address that the kernel steers outside clients' IPv4 packets to, or null: there is none
 * @param serviceAddress6   the same for IPv6
 */
public record NodeView(String name, String zone, List<IpAddress> addresses, List<IpAddress> nodePortAddresses,
        IpAddress serviceAddress4, IpAddress serviceAddress6) {
    public NodeView {
        addresses = List.copyOf(addresses);
        nodePortAddresses = List.copyOf(nodePortAddresses);
    }

    IpAddress serviceAddress(int version) {
        return version == 4 ? serviceAddress4 : serviceAddress6;
    }

    /** True if one of its addresses lies in the range. */
    boolean isIn(Prefix range) {
        for (IpAddress address : addresses) {
            if (range.contains(address.version(), address.hi(), address.lo())) {
                return true;
            }
        }
        return false;
    }
}
