package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether an address that no pod has is answered by ICMP "unreachable" rather than by silence, so that programs give
 * up at once.
 */
record Refused(Endpoint from, String address, int version, PingResult ping) implements Finding {
    private static final Ping WAY = new Ping(1, 0, 3);

    /** From a pod of each node: an unknown pod of its own node, of the next node, and of no node. */
    static List<Refused> probe(LabSpec spec) throws InterruptedException {
        final List<Concurrently.Task<Refused>> probes = new ArrayList<>();
        for (int node = 1; node <= spec.nodes(); node++) {
            final Endpoint from = spec.pod(node, 1);
            for (int version : spec.versions()) {
                final List<String> addresses = new ArrayList<>();
                addresses.add(LabSpec.unknownAddress(node, version));
                if (spec.nodes() > 1) {
                    addresses.add(LabSpec.unknownAddress(node % spec.nodes() + 1, version));
                }
                addresses.add(LabSpec.unassignedAddress(version));
                for (String address : addresses) {
                    probes.add(() -> new Refused(from, address, version, WAY.run(from, address)));
                }
            }
        }
        return Concurrently.run(probes);
    }

    /** Said by a router, not by the pod's own kernel, which would only show that the pod has no route. */
    @Override
    public boolean ok() {
        for (PingResult.Error error : ping.errors()) {
            if (error.text().contains("nreachable") && !error.from().isEmpty()
                    && !from.addresses().contains(error.from())) {
                return !ping.answered();
            }
        }
        return false;
    }

    @Override
    public String complaint() {
        return from.label() + " -> " + address + ", which no pod has: "
                + (ping.answered() ? "something answered" : "expected 'unreachable' from a node, but "
                + ping.complaint()) + "; again: ringway lab exec " + from.label() + " ping -n " + address;
    }

    @Override
    public ObjectNode json() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("from", from.label())
                .put("address", address).put("version", version).put("ok", ok());
        if (!ping.errors().isEmpty()) {
            json.put("answeredBy", ping.errors().getFirst().from()).put("message", ping.errors().getFirst().text());
        }
        return json;
    }
}
