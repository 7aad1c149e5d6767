package dev.ringway.control;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.List;

/**
 * A node of the cluster as wanted.
 *
 * @param name     its name
 * @param address  underlay address of its VTEP
 * @param podCidrs ranges its pods' addresses come from
 * @param mac      MAC address of its VTEP in the overlay, low 48 bits
 * @param mtu      path MTU of the underlay towards it in bytes, or 0: that of the own interface
 * @param outsideClients how it hands clients of Services outside the cluster on to others, and takes them from these
 */
public record NodeSpec(String name, IpAddress address, List<Prefix> podCidrs, long mac, int mtu,
        OutsideClients outsideClients) {
    public NodeSpec {
        podCidrs = List.copyOf(podCidrs);
    }

    /** A node that knows no clients outside by their own addresses, as any that is not Ringway's. */
    public NodeSpec(String name, IpAddress address, List<Prefix> podCidrs, long mac, int mtu) {
        this(name, address, podCidrs, mac, mtu, OutsideClients.MASQUERADE);
    }

    /** Its gateway addresses: the first of each pod range, the address of its host device there. */
    public List<IpAddress> gateways() {
        final List<IpAddress> gateways = new ArrayList<>(podCidrs.size());
        for (Prefix range : podCidrs) {
            gateways.add(gateway(range));
        }
        return gateways;
    }

    /** The gateway of this IP version that ICMP errors come from, or null if it has no pods of it. */
    public IpAddress gateway(int version) {
        for (Prefix range : podCidrs) {
            if (range.version() == version) {
                return gateway(range);
            }
        }
        return null;
    }

    private static IpAddress gateway(Prefix range) {
        return range.version() == 4
                ? new IpAddress(4, range.hi() + (1L << 32), 0)
                : new IpAddress(6, range.hi(), range.lo() + 1);
    }
}
