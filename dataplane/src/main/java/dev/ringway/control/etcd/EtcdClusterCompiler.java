package dev.ringway.control.etcd;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.store.Ranges;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Nodes as etcd has them, to nodes that can exchange packets with this one. Pure. What is wrong with one node leaves
 * out that node, or one of its ranges, and nothing else.
 */
final class EtcdClusterCompiler {
    private static final Comparator<PeerNode> NEWEST_FIRST =
            Comparator.comparingLong(PeerNode::revision).reversed().thenComparing(PeerNode::name);

    private final EtcdSettings settings;
    private final Members members;
    private final List<String> warnings = new ArrayList<>();
    private final List<NodeSpec> specs = new ArrayList<>();
    private final Set<IpAddress> addresses = new HashSet<>();
    private final Set<Long> macs = new HashSet<>();
    private final Ranges ranges = new Ranges();

    private EtcdClusterCompiler(EtcdSettings settings, Members members) {
        this.settings = settings;
        this.members = members;
    }

    /**
     * What follows from the nodes.
     *
     * @param cluster null: this node has no ranges yet
     */
    record Result(ClusterSpec cluster, List<String> warnings) {
    }

    /** @param ownRanges as this node has claimed them; empty: not yet */
    static Result compile(EtcdSettings settings, List<Prefix> ownRanges, Members members) {
        return ownRanges.isEmpty() ? new Result(null, List.of())
                : new EtcdClusterCompiler(settings, members).compile(ownRanges);
    }

    private Result compile(List<Prefix> ownRanges) {
        add(Session.self(settings, ownRanges));
        // Of two that tell the same, the older one is what a replaced machine has left behind.
        members.live().stream().sorted(NEWEST_FIRST).forEach(node -> addPeer(node, false));
        members.vanished().stream().sorted(NEWEST_FIRST).forEach(node -> addPeer(node, true));
        specs.sort(Comparator.comparing(NodeSpec::name));
        return new Result(new ClusterSpec(settings.podCidrs(), settings.serviceCidrs(), specs), warnings);
    }

    private void addPeer(PeerNode node, boolean vanished) {
        if (node.name().equals(settings.node())) {
            return;
        }
        if (vanished) {
            warn(node, "its key has vanished; packets for its pods are sent for " + settings.graceSeconds()
                    + " s longer (etcd.grace)");
        }
        final int version = settings.address().version();
        if (node.address().version() != version) {
            warn(node, "it has no IPv" + version + " address, and this node's tunnel is over IPv" + version);
        } else if (addresses.contains(node.address()) || macs.contains(node.mac())) {
            warn(node, (addresses.contains(node.address()) ? IpText.text(node.address()) : MacAddress.text(node.mac()))
                    + " is the tunnel end of another node, which is newer or this one");
        } else {
            final List<Prefix> cidrs = podCidrs(node, vanished);
            if (!cidrs.isEmpty()) {
                add(new NodeSpec(node.name(), node.address(), cidrs, node.mac(), 0, node.outsideClients()));
            }
        }
    }

    private List<Prefix> podCidrs(PeerNode node, boolean vanished) {
        final List<Prefix> all = new ArrayList<>(2);
        for (Prefix range : node.podCidrs()) {
            final String owner = members.owners().get(range);
            if (vanished && owner == null) {
                continue;
            }
            if (owner != null && !owner.equals(node.name())) {
                warn(node, IpText.text(range) + " is claimed by node " + owner);
            } else if (settings.podCidrs().stream().noneMatch(cluster -> cluster.contains(range))) {
                warn(node, IpText.text(range) + " is not in the cluster's ranges of pods");
            } else if (ranges.overlap(range) || all.stream().anyMatch(other -> other.version() == range.version())) {
                warn(node, IpText.text(range) + " overlaps the range of another node, which is newer or this one, or"
                        + " is a second one of its IP version");
            } else {
                all.add(range);
            }
        }
        return all;
    }

    private void add(NodeSpec node) {
        addresses.add(node.address());
        macs.add(node.mac());
        node.podCidrs().forEach(ranges::add);
        specs.add(node);
    }

    private void warn(PeerNode node, String what) {
        warnings.add("etcd's key " + settings.prefix() + "/" + NodeKey.key(node.name()) + ": " + what);
    }
}
