package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.store.SpecTrees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What matters of a Node (core/v1), as it stands there: {@link ClusterCompiler} judges it. A Node changes every few
 * minutes, these parts of it hardly ever.
 *
 * @param created            {@code metadata.creationTimestamp}, which sorts as text; empty: not known
 * @param zone               label {@code topology.kubernetes.io/zone}; empty: none
 * @param podCidrs           {@code spec.podCIDRs}, or {@code spec.podCIDR} where there is only that
 * @param internalIps        {@code status.addresses} of type InternalIP
 * @param annotations        those of {@link NodeAnnotations}
 * @param networkUnavailable its condition of this name is true: pods are not let on it
 * @param leaving            it is being deleted, or about to be scaled away: load balancers are to pass it by
 */
record NodeObject(String name, String created, String zone, List<String> podCidrs, List<String> internalIps,
        Map<String, String> annotations, boolean networkUnavailable, boolean leaving) {
    /** Taint by which a cluster autoscaler says so, as kube-proxy knows it. */
    private static final String TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";
    static final String ZONE = "topology.kubernetes.io/zone";

    NodeObject {
        podCidrs = List.copyOf(podCidrs);
        internalIps = List.copyOf(internalIps);
        annotations = Map.copyOf(annotations);
    }

    /** @throws IllegalArgumentException if it is no Node at all */
    static NodeObject read(JsonNode object) {
        final JsonNode metadata = object.path("metadata");
        final String name = metadata.path("name").asText("");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("metadata.name is missing");
        }
        final Map<String, String> annotations = new TreeMap<>();
        metadata.path("annotations").properties().forEach(annotation -> {
            if (NodeAnnotations.isOurs(annotation.getKey())) {
                annotations.put(annotation.getKey(), annotation.getValue().asText());
            }
        });
        final List<String> podCidrs = texts(object.path("spec").path("podCIDRs"));
        final String podCidr = object.path("spec").path("podCIDR").asText("");
        return new NodeObject(name, metadata.path("creationTimestamp").asText(""),
                metadata.path("labels").path(ZONE).asText(""),
                podCidrs.isEmpty() && !podCidr.isEmpty() ? List.of(podCidr) : podCidrs,
                internalIps(object.path("status").path("addresses")), annotations,
                isNetworkUnavailable(object.path("status").path("conditions")),
                metadata.has("deletionTimestamp") || isToBeDeleted(object.path("spec").path("taints")));
    }

    /** As a Node again, with the parts that were read. */
    ObjectNode tree() {
        final ObjectNode tree = SpecTrees.object("Node", null, name);
        final ObjectNode metadata = (ObjectNode) tree.get("metadata");
        metadata.put("creationTimestamp", created());
        if (!zone().isEmpty()) {
            metadata.putObject("labels").put(ZONE, zone());
        }
        final ObjectNode annotations = metadata.putObject("annotations");
        annotations().forEach(annotations::put);
        final ArrayNode podCidrs = tree.putObject("spec").putArray("podCIDRs");
        podCidrs().forEach(podCidrs::add);
        final ArrayNode addresses = tree.putObject("status").putArray("addresses");
        internalIps().forEach(ip -> addresses.addObject().put("type", "InternalIP").put("address", ip));
        return tree;
    }

    private static List<String> texts(JsonNode list) {
        final List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static List<String> internalIps(JsonNode addresses) {
        final List<String> ips = new ArrayList<>();
        for (JsonNode address : addresses) {
            if (address.path("type").asText().equals("InternalIP")) {
                ips.add(address.path("address").asText());
            }
        }
        return ips;
    }

    private static boolean isToBeDeleted(JsonNode taints) {
        for (JsonNode taint : taints) {
            if (taint.path("key").asText().equals(TO_BE_DELETED)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNetworkUnavailable(JsonNode conditions) {
        for (JsonNode condition : conditions) {
            if (condition.path("type").asText().equals("NetworkUnavailable")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }
}
