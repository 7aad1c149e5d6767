package dev.ringway.control.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.config.ObjectText;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a node tells of itself under {@code nodes/}. Keys that are not known are passed over: they are a newer
 * version's.
 *
 * @param mac      of its tunnel end; the one that follows from its name if it does not tell
 * @param zone     for people; empty: none
 * @param version  of Ringway, for people; empty: it does not tell
 * @param revision of etcd, by which the newer of two is known
 */
record PeerNode(String name, IpAddress address, List<Prefix> podCidrs, long mac, String zone, String version,
        OutsideClients outsideClients, long revision) implements Kept {
    PeerNode {
        podCidrs = List.copyOf(podCidrs);
    }

    /** @throws IllegalArgumentException that says what is wrong, for people */
    static PeerNode read(String name, String text, long revision) {
        return read(name, ObjectText.parse(text), revision);
    }

    /** @throws IllegalArgumentException that says what is wrong, for people */
    static PeerNode read(String name, JsonNode tree, long revision) {
        final JsonNode cidrs = tree.path("podCidrs");
        if (!cidrs.isArray()) {
            throw new IllegalArgumentException("podCidrs: must be a list of ranges");
        }
        final List<Prefix> podCidrs = new ArrayList<>(2);
        for (JsonNode one : cidrs) {
            podCidrs.add(parse("podCidrs", one, IpText::prefix));
        }
        return new PeerNode(name, parse("address", tree.path("address"), IpText::address), podCidrs,
                tree.has("mac") ? parse("mac", tree.path("mac"), MacAddress::parse) : MacAddress.ofNode(name),
                tree.path("zone").asText(""), tree.path("version").asText(""), tree.has("outsideClients")
                        ? parse("outsideClients", tree.path("outsideClients"), OutsideClients::of)
                        : OutsideClients.MASQUERADE, revision);
    }

    /** As {@link #read} takes it. */
    ObjectNode tree() {
        final ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("address", IpText.text(address));
        final ArrayNode ranges = tree.putArray("podCidrs");
        podCidrs.forEach(range -> ranges.add(IpText.text(range)));
        tree.put("mac", MacAddress.text(mac));
        if (!zone.isEmpty()) {
            tree.put("zone", zone);
        }
        if (!version.isEmpty()) {
            tree.put("version", version);
        }
        if (outsideClients != OutsideClients.MASQUERADE) {
            tree.put("outsideClients", outsideClients.word());
        }
        return tree;
    }

    private static <T> T parse(String key, JsonNode value, Function<String, T> parser) {
        if (!value.isTextual()) {
            throw new IllegalArgumentException(key + (value.isMissingNode() ? ": is missing" : ": must be text"));
        }
        try {
            return parser.apply(value.asText());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }
}
