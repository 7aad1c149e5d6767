package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.ipam.AddressRange;
import dev.ringway.ipam.RangeSet;
import java.util.ArrayList;
import java.util.List;

/** What a request says about the addresses that we give out: ranges and addresses asked for, as host-local has them. */
final class IpamConfig {
    private static final List<String> RANGE_KEYS = List.of("subnet", "rangeStart", "rangeEnd", "gateway");

    private IpamConfig() {
    }

    /**
     * The range sets in force. Those of {@code runtimeConfig.ipRanges} come first, and narrow down what they overlap
     * with: the node's own set of those addresses is left out. {@code ipam.ranges} stand in for the node's.
     *
     * @param ofNode   the node's own
     * @param podCidrs all must lie in these: other nodes do not know the way to anything else
     */
    static List<RangeSet> ranges(JsonNode config, List<RangeSet> ofNode, List<Prefix> podCidrs) throws CniException {
        final List<RangeSet> asked = sets(config.path("runtimeConfig"), "ipRanges", podCidrs);
        final List<RangeSet> ofNetwork = sets(config.path("ipam"), "ranges", podCidrs);
        final List<RangeSet> sets = new ArrayList<>(asked);
        for (RangeSet set : ofNetwork.isEmpty() ? ofNode : ofNetwork) {
            if (asked.stream().noneMatch(set::overlaps)) {
                sets.add(set);
            }
        }
        for (int i = 0; i < sets.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (sets.get(i).overlaps(sets.get(j))) {
                    throw new CniException(CniException.INVALID_CONFIG, "range sets overlap: " + sets.get(j).key()
                            + " and " + sets.get(i).key());
                }
            }
        }
        return sets;
    }

    /**
     * The addresses asked for: those of {@code runtimeConfig.ips}, else of {@code args.cni.ips}, else CNI_ARGS' IP.
     */
    static List<IpAddress> requested(JsonNode config, CniArgs args) throws CniException {
        JsonNode texts = RuntimeConfig.array(config.path("runtimeConfig"), "ips");
        if (texts.isEmpty()) {
            texts = RuntimeConfig.array(config.path("args").path("cni"), "ips");
        }
        final List<IpAddress> addresses = new ArrayList<>();
        for (JsonNode text : texts) {
            addresses.add(RuntimeConfig.address(text.asText(), texts));
        }
        if (addresses.isEmpty() && !args.ip().isEmpty()) {
            for (String text : args.ip().split(",")) {
                try {
                    addresses.add(IpText.address(text));
                } catch (IllegalArgumentException e) {
                    throw new CniException(CniException.INVALID_ENVIRONMENT, "IP in CNI_ARGS: " + e.getMessage());
                }
            }
        }
        return addresses;
    }

    private static List<RangeSet> sets(JsonNode of, String key, List<Prefix> podCidrs) throws CniException {
        final List<RangeSet> sets = new ArrayList<>();
        for (JsonNode set : RuntimeConfig.array(of, key)) {
            final List<AddressRange> ranges = new ArrayList<>();
            for (JsonNode range : set) {
                ranges.add(range(range, key, podCidrs));
            }
            try {
                sets.add(new RangeSet(ranges));
            } catch (IllegalArgumentException e) {
                throw RuntimeConfig.invalid(key, set, e.getMessage());
            }
        }
        return sets;
    }

    private static AddressRange range(JsonNode range, String key, List<Prefix> podCidrs) throws CniException {
        for (var entry : range.properties()) {
            if (!RANGE_KEYS.contains(entry.getKey())) {
                throw new CniException(CniException.UNSUPPORTED_FIELD, "unsupported field " + key + "[][]."
                        + entry.getKey() + ": " + entry.getValue(), "known: " + String.join(", ", RANGE_KEYS));
            }
        }
        try {
            final Prefix subnet = IpText.prefix(range.path("subnet").asText(""));
            if (podCidrs.stream().noneMatch(cidr -> cidr.contains(subnet))) {
                throw new IllegalArgumentException(IpText.text(subnet) + " lies in none of this node's podCidrs");
            }
            return AddressRange.of(subnet, address(range, "rangeStart"), address(range, "rangeEnd"),
                    address(range, "gateway"), List.of());
        } catch (IllegalArgumentException e) {
            throw RuntimeConfig.invalid(key, range, e.getMessage());
        }
    }

    private static IpAddress address(JsonNode range, String key) {
        final String text = range.path(key).asText("");
        return text.isEmpty() ? null : IpText.address(text);
    }
}
