package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.PodSpec;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.linux.NetNs;
import dev.ringway.tun.Shaping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The list {@code pods}: each right by itself, inside this node's ranges, and no two with the same of anything. */
final class PodsReader {
    private static final long MOST_BITS = 1_000_000_000_000L;
    private static final long LEAST_BURST_BITS = 4L * 64 * 1024 * 8;

    private final NodeSpec self;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> interfaces = new HashMap<>();
    private final Map<IpAddress, String> addresses = new HashMap<>();

    private PodsReader(NodeSpec self) {
        this.self = self;
    }

    /** @param self this node, or null if its own entry was refused: then ranges cannot be checked */
    static List<PodSpec> read(Value list, NodeSpec self, Problems problems) {
        final PodsReader reader = new PodsReader(self);
        final List<PodSpec> pods = new ArrayList<>();
        for (Value item : list.items(null)) {
            try (Section section = item.section()) {
                final PodSpec pod = reader.pod(section);
                if (pod != null) {
                    pods.add(pod);
                }
            }
        }
        return pods;
    }

    private PodSpec pod(Section section) {
        final Value nameKey = section.value("name");
        final String name = nameKey.parsed("the pod's namespace/name", Names::pod);
        if (name != null) {
            checkUnique(nameKey, names.putIfAbsent(name, nameKey.path()), "pod " + name);
        }
        final Value netnsKey = section.value("netns");
        final String netns = netnsKey.parsed("path or name of the pod's network namespace", Names::netns);
        final Value interfaceKey = section.value("interface");
        final String device = interfaceKey.isAbsent() ? "eth0" : interfaceKey.parsed("", Names::networkInterface);
        final Path path = netns == null ? null : NetNs.path(netns);
        if (path != null && device != null) {
            checkUnique(netnsKey, interfaces.putIfAbsent(path + " " + device, netnsKey.path()),
                    "interface " + device + " in " + path);
        }
        final List<IpAddress> podAddresses = addresses(section.value("addresses"));
        final Shaping shaping = shaping(section.section("bandwidth"));
        return name == null || path == null || device == null || podAddresses.isEmpty() ? null
                : new PodSpec(name, path, device, podAddresses, shaping);
    }

    private static Shaping shaping(Section section) {
        try (section) {
            final long ingress = section.value("ingressRate").integer(0, 0, MOST_BITS, "bits per second");
            final long egress = section.value("egressRate").integer(0, 0, MOST_BITS, "bits per second");
            return new Shaping(ingress, burst(section.value("ingressBurst"), ingress), egress,
                    burst(section.value("egressBurst"), egress));
        }
    }

    /** Unless given: what the rate sends in 50 ms, and at least some super-packets. */
    private static long burst(Value value, long rate) {
        return value.integer(Math.max(rate / 20, LEAST_BURST_BITS), 0, MOST_BITS, "bits");
    }

    private List<IpAddress> addresses(Value list) {
        final List<IpAddress> read = new ArrayList<>();
        for (Value item : list.items("one address of each IP version that the pod has")) {
            final IpAddress address = item.parsed("an address", IpText::address);
            if (address != null) {
                checkPlace(item, address);
                checkUnique(item, addresses.putIfAbsent(address, item.path()), "address " + IpText.text(address));
                read.add(address);
            }
        }
        return read;
    }

    private void checkPlace(Value item, IpAddress address) {
        if (self == null) {
            return;
        }
        final String text = IpText.text(address);
        final Prefix range = Ranges.around(self.podCidrs(), address);
        if (range == null) {
            item.refuse(text + " lies in none of this node's podCidrs (" + String.join(", ", self.podCidrs().stream()
                    .map(IpText::text).toList()) + ")");
        } else if (address.equals(Ranges.first(range))) {
            item.refuse(text + " is the network address of " + IpText.text(range));
        } else if (self.gateways().contains(address)) {
            item.refuse(text + " is the gateway of " + IpText.text(range) + ", this node's own");
        } else if (range.version() == 4 && address.equals(Ranges.broadcast(range))) {
            item.refuse(text + " is the broadcast address of " + IpText.text(range));
        }
    }

    private static void checkUnique(Value value, String before, String what) {
        if (before != null) {
            value.refuse(what + " is already that of " + before);
        }
    }
}
