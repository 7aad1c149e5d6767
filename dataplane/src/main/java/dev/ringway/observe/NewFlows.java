package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.services.ServiceStatus;
import dev.ringway.packet.DropReason;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServicePort;

/** What a new flow to a port of a Service comes to, for a pod of this node and for a client outside. */
final class NewFlows {
    private static final String PODS = "fromPods";
    private static final String OUTSIDE = "fromOutside";

    private final ServiceStatus.Port port;
    private final Ejected ejected;
    /** Clients outside have an address for it. */
    private final boolean external;

    NewFlows(ServiceStatus.Port port, Ejected ejected) {
        this.port = port;
        this.ejected = ejected;
        boolean some = false;
        for (Frontend frontend : port.frontends()) {
            some |= frontend.kind != Kind.CLUSTER_IP;
        }
        external = some;
    }

    void put(ObjectNode node) {
        final ServicePort inForce = port.inForce();
        put(node.putObject(PODS), inForce.isLocal(false, false), "internalTrafficPolicy");
        if (external) {
            put(node.putObject(OUTSIDE), inForce.isLocal(true, true), "externalTrafficPolicy");
        }
    }

    private void put(ObjectNode node, boolean local, String policy) {
        final ServicePort inForce = port.inForce();
        final BackendSet set = inForce.backends(local);
        if (set.isEmpty()) {
            final boolean refused = inForce.refusal(local) == DropReason.SERVICE_REFUSED;
            node.put("decision", refused ? "refused" : "dropped").put("backends", 0).put("why", !refused
                    ? "no endpoint on this node, " + policy + " Local"
                    : port.backends().isEmpty() ? "no endpoints" : "no endpoint is ready");
            return;
        }
        final int admitted = ejected.admitted(set);
        node.put("decision", "backend").put("backends", admitted == 0 ? set.size() : admitted);
        if (admitted == 0) {
            node.put("why", "all are ejected, one of them is tried all the same");
        } else if (!set.isWeighed()) {
            node.put("why", "all have weight 0, which counts as equal");
        } else if (local) {
            node.put("why", "those of this node, " + policy + " Local");
        }
    }

    /** Whether a backend is among those that new flows may get. */
    void put(ObjectNode node, ServiceStatus.BackendStatus backend) {
        final ServicePort inForce = port.inForce();
        node.put(PODS, mayGet(backend, inForce.isLocal(false, false)));
        if (external) {
            node.put(OUTSIDE, mayGet(backend, inForce.isLocal(true, true)));
        }
    }

    private boolean mayGet(ServiceStatus.BackendStatus backend, boolean local) {
        return (local ? backend.usedLocally() : backend.used())
                && (backend.weight() > 0 || !port.inForce().backends(local).isWeighed())
                && !ejected.isEverywhere(backend.handle());
    }
}
