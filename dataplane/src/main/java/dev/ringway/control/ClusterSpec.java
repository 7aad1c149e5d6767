package dev.ringway.control;

import dev.ringway.fib.Prefix;
import java.util.List;

/**
 * The cluster as wanted.
 *
 * @param podCidrs     ranges that hold all pods of the cluster; what is unknown inside is unreachable, not outside
 * @param serviceCidrs ranges that the Services' cluster IPs are given out of; the same holds for them
 * @param nodes        all nodes, this one among them
 */
public record ClusterSpec(List<Prefix> podCidrs, List<Prefix> serviceCidrs, List<NodeSpec> nodes) {
    public ClusterSpec {
        podCidrs = List.copyOf(podCidrs);
        serviceCidrs = List.copyOf(serviceCidrs);
        nodes = List.copyOf(nodes);
    }

    /** The node of this name, or null. */
    public NodeSpec node(String name) {
        for (NodeSpec node : nodes) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        return null;
    }
}
