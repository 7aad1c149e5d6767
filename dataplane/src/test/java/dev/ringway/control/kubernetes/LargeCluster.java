package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A made-up cluster of any size: node1 is at 172.31.0.1 and has told nothing of itself yet, the others have. */
final class LargeCluster {
    private static final int ENDPOINTS_A_SLICE = 100;

    private LargeCluster() {
    }

    /** @param endpoints of all Services together */
    static void fill(FakeApi api, int nodes, int services, int endpoints) {
        for (int n = 1; n <= nodes; n++) {
            api.put(FakeApi.NODES, node(n));
        }
        final int each = endpoints / services;
        for (int s = 0; s < services; s++) {
            api.put(FakeApi.SERVICES, Objects.service("s" + s, "10.96." + (s >> 8) + "." + (s & 255)));
            for (int from = 0; from < each; from += ENDPOINTS_A_SLICE) {
                api.put(FakeApi.SLICES, slice(s, from, Math.min(each, from + ENDPOINTS_A_SLICE), nodes));
            }
        }
    }

    /** The first three bytes of its range. */
    private static String range(int n) {
        return "10." + (128 + (n >> 8)) + "." + (n & 255);
    }

    private static ObjectNode node(int n) {
        final ObjectNode node = Objects.node(n % 200 + 1);
        ((ObjectNode) node.get("metadata")).put("name", "node" + n).put("uid", "n" + n);
        final ObjectNode spec = (ObjectNode) node.get("spec");
        spec.put("podCIDR", range(n) + ".0/24").putArray("podCIDRs").add(range(n) + ".0/24");
        final String address = "172.31." + (n >> 8) + "." + (n & 255);
        ((ObjectNode) node.at("/status/addresses/1")).put("address", address);
        final ObjectNode annotations = Objects.annotations(node);
        if (n == 1) {
            annotations.removeAll();
        } else {
            annotations.put("flannel.alpha.coreos.com/public-ip", address)
                    .put("flannel.alpha.coreos.com/backend-data",
                            "{\"VNI\":1,\"VtepMAC\":\"02:00:00:00:%02x:%02x\"}".formatted(n >> 8, n & 255));
        }
        return node;
    }

    private static ObjectNode slice(int service, int from, int to, int nodes) {
        final ObjectNode slice = Objects.slice("s" + service, "0.0.0.0");
        ((ObjectNode) slice.get("metadata")).put("name", "s" + service + "-" + from).put("uid", "e" + service + "-"
                + from);
        final ArrayNode endpoints = slice.putArray("endpoints");
        for (int i = from; i < to; i++) {
            final int n = (service * 7 + i) % nodes + 1;
            final ObjectNode endpoint = endpoints.addObject();
            endpoint.putArray("addresses").add(range(n) + "." + (20 + (service + i) % 200));
            endpoint.put("nodeName", "node" + n).putObject("conditions").put("ready", true).put("serving", true)
                    .put("terminating", false);
            endpoint.putObject("targetRef").put("kind", "Pod").put("name", "s" + service + "-" + i)
                    .put("namespace", "default").put("uid", "p-" + service + "-" + i);
        }
        return slice;
    }
}
