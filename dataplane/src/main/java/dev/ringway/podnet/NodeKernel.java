package dev.ringway.podnet;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.NodeSpec;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.List;

/**
 * What the routes of {@link HostNetwork} and the masquerading rules of {@link HostRules} and {@link HostServiceRules}
 * make of a packet, told without asking the kernel. Whoever changes those must change this. Immutable.
 */
public final class NodeKernel {
    private final ClusterSpec cluster;
    private final NodeSpec self;
    private final boolean masquerade;

    /** @param masquerade what leaves the cluster gets an address of the node ({@code host.masquerade}) */
    public NodeKernel(ClusterSpec cluster, NodeSpec self, boolean masquerade) {
        this.cluster = cluster;
        this.self = self;
        this.masquerade = masquerade;
    }

    /** The longest range whose route leads to the switch that an address is in, or null: the kernel decides. */
    public Prefix route(IpAddress to) {
        final List<Prefix> ranges = new ArrayList<>(cluster.podCidrs());
        ranges.addAll(cluster.serviceCidrs());
        Prefix longest = null;
        for (Prefix range : ranges) {
            if (range.contains(to)
                    && (longest == null || range.length() > longest.length())) {
                longest = range;
            }
        }
        return longest;
    }

    /**
     * What a packet into the node's device comes from then: the node's gateway address for what is of no pod range and
     * goes to a cluster IP ({@link HostServiceRules}) or to a pod of another node ({@link HostRules}), and for what is
     * of the node's loopback ({@link HostPortRules}); else its own.
     */
    public IpAddress sourceInto(IpAddress from, IpAddress to) {
        final IpAddress gateway = self.gateway(to.version());
        final boolean masqueraded = gateway != null && (isLoopback(from) || !isPod(from)
                && (Prefix.anyContains(cluster.serviceCidrs(), to)
                || isPod(to) && !Prefix.anyContains(self.podCidrs(), to)));
        return masqueraded ? gateway : from;
    }

    /** True for 127.0.0.0/8. */
    public static boolean isLoopback(IpAddress address) {
        return address.version() == 4 && address.hi() >>> 56 == 127;
    }

    /** True if a packet that the node forwards to the outside gets one of the node's addresses. */
    public boolean isMasqueradedOut(IpAddress from, IpAddress to) {
        return masquerade && isPod(from) && !isPod(to);
    }

    private boolean isPod(IpAddress address) {
        return Prefix.anyContains(cluster.podCidrs(), address);
    }
}
