package dev.ringway.lab;

import java.util.ArrayList;
import java.util.List;

/** Two endpoints between which something is measured, and what their way shows. */
record Flow(String path, Endpoint from, Endpoint to, int version) {
    /** Pod to pod across nodes (both IP versions), within a node; as far as the lab has so many. */
    static List<Flow> betweenPods(LabSpec spec) {
        final List<Flow> flows = new ArrayList<>();
        if (spec.nodes() > 1) {
            for (int version : spec.versions()) {
                flows.add(new Flow("across nodes", spec.pod(1, 1), spec.pod(2, 1), version));
            }
        }
        if (spec.pods() > 1) {
            flows.add(new Flow("same node", spec.pod(1, 1), spec.pod(1, 2), 4));
        }
        return flows;
    }

    String toAddress() {
        return to.address(version);
    }

    String text() {
        return from.label() + " -> " + to.label();
    }
}
