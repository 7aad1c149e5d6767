package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.PodSpec;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.ipam.AddressRange;
import dev.ringway.ipam.RangeSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The section {@code cni}. All addresses must be of this node's ranges: other nodes know the way to no others. */
final class CniReader {
    private static final Path STATE_DIR = Path.of("/var/lib/ringway");
    private static final List<Path> NETNS_DIRECTORIES = List.of(Path.of("/run/netns"), Path.of("/var/run/netns"),
            Path.of("/run/docker/netns"), Path.of("/run/user"));

    private final NodeSpec self;
    private final List<PodSpec> staticPods;

    private CniReader(NodeSpec self, List<PodSpec> staticPods) {
        this.self = self;
        this.staticPods = staticPods;
    }

    /** @param self this node, or null if its own entry was refused: then ranges cannot be checked */
    static CniConfig read(Section section, NodeSpec self, List<PodSpec> staticPods) {
        final CniReader reader = new CniReader(self, staticPods);
        try (section) {
            final Value stateDir = section.value("stateDir");
            final Value directories = section.value("netnsDirectories");
            final List<Path> netnsDirectories = new ArrayList<>();
            for (Value item : directories.items(null)) {
                netnsDirectories.add(item.parsed("a directory", Names::absolutePath));
            }
            try (Section ipam = section.section("ipam")) {
                return new CniConfig(stateDir.isAbsent() ? STATE_DIR : orElse(stateDir.parsed("", Names::absolutePath)),
                        directories.isAbsent() || netnsDirectories.contains(null) ? NETNS_DIRECTORIES
                                : netnsDirectories,
                        reader.ranges(ipam.value("ranges")), reader.reservations(ipam.section("reservations")));
            }
        }
    }

    private static Path orElse(Path parsed) {
        return parsed == null ? STATE_DIR : parsed;
    }

    private List<RangeSet> ranges(Value value) {
        final List<RangeSet> sets = new ArrayList<>();
        if (value.isAuto()) {
            return sets;
        }
        for (Value item : value.items("a set of ranges of each IP version; or auto")) {
            final List<AddressRange> ranges = new ArrayList<>();
            for (Value range : item.items("a range, as in {subnet: 10.244.1.0/25}")) {
                final AddressRange read = range(range);
                if (read != null) {
                    ranges.add(read);
                }
            }
            try {
                final RangeSet set = ranges.isEmpty() ? null : new RangeSet(ranges);
                for (RangeSet other : sets) {
                    if (set != null && set.overlaps(other)) {
                        item.refuse("overlaps another set; a pod gets an address of each");
                    }
                }
                if (set != null) {
                    sets.add(set);
                }
            } catch (IllegalArgumentException e) {
                item.refuse(e.getMessage());
            }
        }
        return sets;
    }

    private AddressRange range(Value value) {
        try (Section section = value.section()) {
            final Value subnetKey = section.value("subnet");
            final Prefix subnet = subnetKey.parsed("the range's subnet", IpText::prefix);
            final IpAddress start = address(section.value("rangeStart"));
            final IpAddress end = address(section.value("rangeEnd"));
            final IpAddress gateway = address(section.value("gateway"));
            final List<Prefix> exclude = new ArrayList<>();
            for (Value item : section.value("exclude").items(null)) {
                final Prefix excluded = item.parsed("an address or a range", CniReader::addressOrPrefix);
                if (excluded != null) {
                    exclude.add(excluded);
                }
            }
            if (subnet == null) {
                return null;
            }
            if (self != null && self.podCidrs().stream().noneMatch(cidr -> cidr.contains(subnet))) {
                subnetKey.refuse(IpText.text(subnet) + " lies in none of this node's podCidrs");
            }
            try {
                return AddressRange.of(subnet, start, end, gateway, exclude);
            } catch (IllegalArgumentException e) {
                value.refuse(e.getMessage());
                return null;
            }
        }
    }

    private Map<String, List<IpAddress>> reservations(Section section) {
        final Map<String, List<IpAddress>> reservations = new LinkedHashMap<>();
        final Map<IpAddress, String> owners = new HashMap<>();
        staticPods.forEach(pod -> pod.addresses().forEach(address -> owners.put(address, pod.name())));
        section.entries().forEach((name, value) -> {
            final List<IpAddress> addresses = new ArrayList<>();
            try {
                Names.pod(name);
            } catch (IllegalArgumentException e) {
                value.refuse(e.getMessage());
            }
            for (Value item : value.items("its addresses")) {
                final IpAddress address = item.parsed("an address", IpText::address);
                if (address != null) {
                    checkPlace(item, address);
                    final String other = owners.putIfAbsent(address, name);
                    if (other != null) {
                        item.refuse(IpText.text(address) + " is already that of " + other);
                    }
                    addresses.add(address);
                }
            }
            reservations.put(name, addresses);
        });
        return reservations;
    }

    private void checkPlace(Value item, IpAddress address) {
        if (self == null) {
            return;
        }
        if (Ranges.around(self.podCidrs(), address) == null) {
            item.refuse(IpText.text(address) + " lies in none of this node's podCidrs");
        } else if (self.gateways().contains(address)) {
            item.refuse(IpText.text(address) + " is the gateway, this node's own");
        }
    }

    private static IpAddress address(Value value) {
        return value.isAbsent() ? null : value.parsed("", IpText::address);
    }

    private static Prefix addressOrPrefix(String text) {
        return text.indexOf('/') >= 0 ? IpText.prefix(text) : IpText.address(text).asPrefix();
    }
}
