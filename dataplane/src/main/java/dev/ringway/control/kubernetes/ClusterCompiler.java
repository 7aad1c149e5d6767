package dev.ringway.control.kubernetes;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.store.Ranges;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Nodes as Kubernetes has them, to nodes that can exchange packets with this one. Pure. What is wrong with one node
 * leaves out that node, or one of its ranges, and nothing else.
 */
final class ClusterCompiler {
    private static final Comparator<NodeObject> NEWEST_FIRST =
            Comparator.comparing(NodeObject::created).reversed().thenComparing(NodeObject::name);

    private final KubernetesSettings settings;
    private final List<String> warnings = new ArrayList<>();
    private final Set<IpAddress> addresses = new HashSet<>();
    private final Set<Long> macs = new HashSet<>();
    private final Ranges ranges = new Ranges();

    private ClusterCompiler(KubernetesSettings settings) {
        this.settings = settings;
    }

    /**
     * What follows from the Nodes.
     *
     * @param cluster     null: this node has no place in it yet, and a warning tells why
     * @param announced   annotations that this node should have, null values for those it should not; empty: not known
     * @param zone        this node's; empty: not known
     */
    record Result(ClusterSpec cluster, Map<String, String> announced, String zone, List<String> warnings) {
    }

    static Result compile(KubernetesSettings settings, Map<String, NodeObject> nodes) {
        return new ClusterCompiler(settings).compile(nodes);
    }

    private Result compile(Map<String, NodeObject> nodes) {
        final NodeObject own = nodes.get(settings.node());
        final NodeSpec self = own == null ? null : self(own);
        if (own == null) {
            warnings.add("there is no Node " + settings.node() + " in the API (is this the node's name there?)");
        }
        if (self == null) {
            return new Result(null, Map.of(), own == null ? "" : own.zone(), warnings);
        }
        final List<NodeSpec> specs = new ArrayList<>(nodes.size());
        specs.add(self);
        take(self);
        // Of two nodes that claim the same, the older one is what a replaced machine has left behind.
        for (NodeObject node : nodes.values().stream().sorted(NEWEST_FIRST).toList()) {
            if (node != own) {
                addPeer(node, self, specs);
            }
        }
        specs.sort(Comparator.comparing(NodeSpec::name));
        return new Result(new ClusterSpec(settings.podCidrs(), settings.serviceCidrs(), specs), announced(own, self),
                own.zone(), warnings);
    }

    private NodeSpec self(NodeObject own) {
        final List<Prefix> cidrs = podCidrs(own);
        if (cidrs.isEmpty()) {
            warnings.add(own.podCidrs().isEmpty()
                    ? "Node " + own.name() + " has no spec.podCIDR: does the controller manager give them out"
                    + " (--allocate-node-cidrs)?" : "Node " + own.name() + " has no range that its pods could be in");
            return null;
        }
        final int preferred = settings.underlayVersion() != 0 ? settings.underlayVersion()
                : ownAddress(own, 4) != null ? 4 : 6;
        final IpAddress address = ownAddress(own, preferred);
        if (address == null) {
            warnings.add("Node " + own.name() + " has no InternalIP"
                    + (settings.underlayVersion() == 0 ? "" : " of IPv" + preferred) + " in its status");
            return null;
        }
        return new NodeSpec(own.name(), address, cidrs, settings.vtepMac(), 0, settings.outsideClients());
    }

    /** What this node's peers are to know; of both IP versions, because flannel passes over a node that lacks one. */
    private Map<String, String> announced(NodeObject own, NodeSpec self) {
        final IpAddress[] told = new IpAddress[2];
        for (int version = 4; version <= 6; version += 2) {
            final IpAddress address =
                    self.address().version() == version ? self.address() : ownAddress(own, version);
            told[version == 4 ? 0 : 1] = self.address().version() == version || self.gateway(version) != null
                    ? address : null;
        }
        return NodeAnnotations.of(settings.tunnel(), self.mac(), told[0], told[1],
                settings.outsideClients(), settings.version());
    }

    private IpAddress ownAddress(NodeObject own, int version) {
        final String chosen = own.annotations().get(NodeAnnotations.overwrite(version));
        final IpAddress overwritten =
                chosen == null || chosen.isEmpty() ? null : parse(own, chosen, IpText::address);
        return overwritten != null && overwritten.version() == version ? overwritten : internalIp(own, version);
    }

    private void addPeer(NodeObject node, NodeSpec self, List<NodeSpec> specs) {
        final Map<String, String> annotations = node.annotations();
        // Not a member yet: it has no tunnel end, and its pods are unreachable.
        if (!"true".equals(annotations.get(NodeAnnotations.MANAGED))) {
            return;
        }
        final String type = annotations.get(NodeAnnotations.TYPE);
        if (!NodeAnnotations.type(settings.tunnel()).equals(type)) {
            warn(node, "its backend is " + type + ", this node's " + NodeAnnotations.type(settings.tunnel()));
            return;
        }
        final int version = self.address().version();
        final String published = annotations.get(NodeAnnotations.address(version));
        final IpAddress address =
                published == null ? internalIp(node, version) : parse(node, published, IpText::address);
        if (address == null || address.version() != version) {
            warn(node, "it has no IPv" + version + " address, and this node's tunnel is over IPv" + version);
            return;
        }
        final long mac;
        final OutsideClients clients;
        try {
            clients = NodeAnnotations.outsideClients(annotations.get(NodeAnnotations.OUTSIDE_CLIENTS));
            mac = NodeAnnotations.mac(settings.tunnel(), annotations.get(NodeAnnotations.data(version)),
                    MacAddress.ofNode(node.name()));
        } catch (IllegalArgumentException e) {
            warn(node, e.getMessage());
            return;
        }
        if (addresses.contains(address) || macs.contains(mac)) {
            warn(node, (addresses.contains(address) ? IpText.text(address) : MacAddress.text(mac))
                    + " is the tunnel end of another node, which is newer or this one");
            return;
        }
        final List<Prefix> cidrs = reachable(node, podCidrs(node), version);
        if (!cidrs.isEmpty()) {
            final NodeSpec peer = new NodeSpec(node.name(), address, cidrs, mac, 0, clients);
            take(peer);
            specs.add(peer);
        }
    }

    /** flannel carries each IP version over the same one; Ringway all over one. */
    private List<Prefix> reachable(NodeObject node, List<Prefix> cidrs, int version) {
        if (node.annotations().containsKey(NodeAnnotations.VERSION)) {
            return cidrs;
        }
        final List<Prefix> same = cidrs.stream().filter(range -> range.version() == version).toList();
        if (same.size() < cidrs.size()) {
            warn(node, "it is flannel's and carries IPv" + (10 - version) + " over IPv" + (10 - version)
                    + " only, this node all over IPv" + version + ": its pods of the former are unreachable");
        }
        return same;
    }

    private List<Prefix> podCidrs(NodeObject node) {
        final List<Prefix> all = new ArrayList<>(2);
        for (String text : node.podCidrs()) {
            final Prefix range = parse(node, text, IpText::prefix);
            if (range == null) {
                continue;
            }
            if (settings.podCidrs().stream().noneMatch(cluster -> cluster.contains(range))) {
                warn(node, text + " is not in the cluster's ranges of pods");
            } else if (ranges.overlap(range) || all.stream().anyMatch(other -> other.version() == range.version())) {
                warn(node, text + " overlaps the range of another node, which is newer or this one, or is a second"
                        + " one of its IP version");
            } else {
                all.add(range);
            }
        }
        return all;
    }

    private IpAddress internalIp(NodeObject node, int version) {
        for (String text : node.internalIps()) {
            final IpAddress address = parse(node, text, IpText::address);
            if (address != null && address.version() == version) {
                return address;
            }
        }
        return null;
    }

    private void take(NodeSpec node) {
        addresses.add(node.address());
        macs.add(node.mac());
        node.podCidrs().forEach(ranges::add);
    }

    private <T> T parse(NodeObject node, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            warn(node, e.getMessage());
            return null;
        }
    }

    private void warn(NodeObject node, String what) {
        final String warning = "Node " + node.name() + ": " + what;
        if (!warnings.contains(warning)) {
            warnings.add(warning);
        }
    }
}
