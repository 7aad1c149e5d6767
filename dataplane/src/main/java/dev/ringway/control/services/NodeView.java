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
        IpAddress serviceAddress4, IpAddress serviceAddress6, Ranges ranges) {
    public NodeView {
        addresses = List.copyOf(addresses);
        nodePortAddresses = List.copyOf(nodePortAddresses);
    }

    /** Of a node in a cluster whose ranges are not known. */
    public NodeView(String name, String zone, List<IpAddress> addresses, List<IpAddress> nodePortAddresses,
            IpAddress serviceAddress4, IpAddress serviceAddress6) {
        this(name, zone, addresses, nodePortAddresses, serviceAddress4, serviceAddress6,
                new Ranges(List.of(), List.of(), List.of()));
    }

    /**
     * What addresses are given out of.
     *
     * @param own      this node's pods'
     * @param pods     all pods'
     * @param services cluster IPs'; empty: not known
     */
    public record Ranges(List<Prefix> own, List<Prefix> pods, List<Prefix> services) {
        public Ranges {
            own = List.copyOf(own);
            pods = List.copyOf(pods);
            services = List.copyOf(services);
        }
    }

    IpAddress serviceAddress(int version) {
        return version == 4 ? serviceAddress4 : serviceAddress6;
    }

    /** True if one of its addresses lies in the range. */
    boolean isIn(Prefix range) {
        for (IpAddress address : addresses) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** True if the endpoint runs on this node; of one that does not say, its address tells. */
    boolean has(EndpointSpec endpoint) {
        return endpoint.node() != null ? name.equals(endpoint.node())
                : Prefix.anyContains(ranges.own, endpoint.address()) || addresses.contains(endpoint.address());
    }

    /** False if nothing tells which node the endpoint runs on. */
    boolean knowsNodeOf(EndpointSpec endpoint) {
        return ranges.pods.isEmpty() || endpoint.node() != null || Prefix.anyContains(ranges.pods, endpoint.address())
                || has(endpoint);
    }
}
