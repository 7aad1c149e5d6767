package dev.ringway.config;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.control.NodeSpec;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The section {@code cluster}: its ranges and nodes, each right by itself and all of them together. */
final class ClusterReader {
    private static final int LONGEST_RANGE4 = 30;
    private static final int LONGEST_RANGE6 = 126;
    private static final int LEAST_MTU = 576;
    private static final int MOST_MTU = 65_535;

    private final Problems problems;
    private final List<Prefix> serviceCidrs;
    private final String source;
    private final List<Located<Prefix>> podCidrs = new ArrayList<>();
    private boolean allRangesRead = true;
    private final List<Located<NodeSpec>> nodes = new ArrayList<>();
    private final List<Located<Prefix>> nodeRanges = new ArrayList<>();
    /** Of all nodes, also of those that are refused for something else. */
    private final Map<String, String> names = new LinkedHashMap<>();
    private final Map<IpAddress, String> addresses = new LinkedHashMap<>();
    private final Map<Long, String> macs = new HashMap<>();

    ClusterReader(Section section, Problems problems) {
        this.problems = problems;
        try (section) {
            source = section.value("source").choice(SourceReader.FILE, SourceReader.KUBERNETES,
                    SourceReader.ETCD);
            readRanges(section.value("podCidrs"));
            final Value list = section.value("nodes");
            if (isWhole()) {
                for (Value item : list.items("all nodes of the cluster, this one too")) {
                    readNode(item);
                }
            } else if (!list.isAbsent()) {
                list.refuse("nodes come from cluster.source, which is " + source);
            }
            serviceCidrs = ServiceCidrsReader.read(section.value("serviceCidrs"), ranges(podCidrs), specs());
        }
    }

    /** One of the words of {@link SourceReader}. */
    String source() {
        return source;
    }

    /** True if the file has all nodes itself. */
    boolean isWhole() {
        return source.equals(SourceReader.FILE);
    }

    ClusterSpec spec() {
        return new ClusterSpec(ranges(podCidrs), serviceCidrs, specs());
    }

    private List<NodeSpec> specs() {
        return nodes.stream().map(Located::value).toList();
    }

    List<Located<NodeSpec>> nodes() {
        return nodes;
    }

    /** The node of this name, or null if there is none or it was refused. */
    NodeSpec node(String name) {
        for (Located<NodeSpec> node : nodes) {
            if (node.value().name().equals(name)) {
                return node.value();
            }
        }
        return null;
    }

    boolean hasIpv6Pods() {
        for (Located<Prefix> range : podCidrs) {
            if (range.value().version() == 6) {
                return true;
            }
        }
        return false;
    }

    /** @param name what the key {@code node} says, or null if that was refused */
    void checkNode(Value key, String name) {
        if (name != null && !names.isEmpty() && !names.containsKey(name)) {
            key.refuse("'" + name + "' is none of cluster.nodes (" + String.join(", ", names.keySet()) + ")"
                    + Suggestion.near(name, names.keySet()));
        }
    }

    private void readRanges(Value list) {
        for (Value item : list.items("the ranges that hold all pods, as in [10.244.0.0/16]")) {
            final Prefix range = podRange(item);
            if (range != null) {
                checkOverlap(item.path(), range, podCidrs);
                podCidrs.add(new Located<>(range, item.path()));
            } else {
                allRangesRead = false;
            }
        }
    }

    private void readNode(Value item) {
        try (Section section = item.section()) {
            final Value nameKey = section.value("name");
            String name = nameKey.parsed("the node's name", Names::node);
            final String before = name == null ? null : names.putIfAbsent(name, nameKey.path());
            if (before != null) {
                checkUnique(nameKey, before, "name " + name);
                name = null;
            }
            final IpAddress address = nodeAddress(section.value("address"));
            final List<Prefix> ranges = nodeRanges(section.value("podCidrs"));
            final Long mac = mac(section.value("mac"), name);
            final int mtu = section.value("mtu").integerOrAuto(LEAST_MTU, MOST_MTU, " bytes");
            final OutsideClients clients = outsideClients(section);
            if (name != null && address != null && mac != null) {
                nodes.add(new Located<>(new NodeSpec(name, address, ranges, mac, mtu, clients), item.path()));
            }
        }
    }

    /** What a node is to do for clients of Services outside the cluster. */
    static OutsideClients outsideClients(Section node) {
        return OutsideClients.of(node.value("outsideClients").choice("masquerade", "keep", "direct"));
    }

    private IpAddress nodeAddress(Value value) {
        final IpAddress address = value.parsed("the underlay address of the node's VTEP", IpText::address);
        if (address == null) {
            return null;
        }
        final String text = IpText.text(address);
        if (!Ranges.isNodeAddress(address)) {
            value.refuse(text + " cannot be a node's address: it is unspecified, multicast, broadcast or link-local");
            return null;
        }
        final Prefix inside = Ranges.around(ranges(podCidrs), address);
        if (inside != null) {
            value.refuse(text + " lies in the pods' range " + IpText.text(inside)
                    + ": the tunnel would be routed into itself");
        }
        if (!addresses.isEmpty() && addresses.keySet().iterator().next().version() != address.version()) {
            value.refuse("is IPv" + address.version() + "; the addresses of all nodes are of one IP version, as "
                    + addresses.values().iterator().next() + " is");
        }
        checkUnique(value, addresses.putIfAbsent(address, value.path()), "address " + text);
        return address;
    }

    private List<Prefix> nodeRanges(Value list) {
        final List<Prefix> ranges = new ArrayList<>();
        for (Value item : list.items("the ranges of the node's pods, as in [10.244.1.0/24]")) {
            final Prefix range = podRange(item);
            if (range == null) {
                continue;
            }
            ranges.add(range);
            boolean inside = podCidrs.isEmpty() || !allRangesRead;
            for (Located<Prefix> cluster : podCidrs) {
                inside |= cluster.value().contains(range);
            }
            if (!inside) {
                item.refuse(IpText.text(range) + " lies in none of cluster.podCidrs");
            }
            final int longest = range.version() == 4 ? LONGEST_RANGE4 : LONGEST_RANGE6;
            if (range.length() > longest) {
                item.refuse(IpText.text(range) + " is too small for a gateway and pods; /" + longest + " or larger");
            }
            checkOverlap(item.path(), range, nodeRanges);
            nodeRanges.add(new Located<>(range, item.path()));
        }
        return ranges;
    }

    private Long mac(Value value, String name) {
        final Long mac = !value.isAuto() ? value.parsed("", MacAddress::parse)
                : name == null ? null : Long.valueOf(MacAddress.ofNode(name));
        if (mac != null) {
            checkUnique(value, macs.putIfAbsent(mac, value.path()), "MAC " + MacAddress.text(mac));
        }
        return mac;
    }

    private Prefix podRange(Value item) {
        final Prefix range = item.parsed("a range", IpText::prefix);
        final Prefix special = range == null ? null : Ranges.forbiddenForPods(range);
        if (special != null) {
            item.refuse(IpText.text(range) + " overlaps " + IpText.text(special)
                    + ", which pods cannot have addresses of");
            return null;
        }
        return range;
    }

    private void checkOverlap(String path, Prefix range, List<Located<Prefix>> others) {
        for (Located<Prefix> other : others) {
            if (Ranges.overlap(range, other.value())) {
                problems.add(path, IpText.text(range) + " overlaps " + other.path() + " (" + IpText.text(other.value())
                        + ")");
            }
        }
    }

    private static void checkUnique(Value value, String before, String what) {
        if (before != null) {
            value.refuse(what + " is already that of " + before);
        }
    }

    private static List<Prefix> ranges(List<Located<Prefix>> located) {
        final List<Prefix> ranges = new ArrayList<>();
        for (Located<Prefix> range : located) {
            ranges.add(range.value());
        }
        return ranges;
    }
}
