package dev.ringway.control;

import dev.ringway.fib.Prefix;
import java.util.List;

/**
 * The cluster as wanted.
 *
 * @param podCidrs ranges that hold all pods of the cluster; what is unknown inside is unreachable, not outside
 * @param nodes    all nodes, this one among them
 */
public record ClusterSpec(List<Prefix> podCidrs, List<NodeSpec> nodes) {
    public ClusterSpec {
        podCidrs = List.copyOf(podCidrs);
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
