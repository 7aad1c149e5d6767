package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Backend;
import dev.ringway.service.Frontend;
import dev.ringway.service.ServicePort;
import java.util.ArrayList;
import java.util.List;

/**
 * A Service as it is in the tables, for people.
 *
 * @param notServed           why it is not, or null
 * @param notCaptured         addresses of its load balancer that are left alone, because of their ipMode
 * @param sourceRanges        who may use the others; empty: everyone
 * @param healthCheckNodePort 0: none
 */
public record ServiceStatus(String namespace, String name, ServiceType type, NotServed notServed,
        List<IpAddress> notCaptured, List<Prefix> sourceRanges, int healthCheckNodePort, List<Port> ports) {
    /**
     * A port, of one IP version.
     *
     * @param inForce   as packets see it
     * @param frontends where it is reached, tokens too
     * @param hint      by what topology hints have narrowed its backends for this node, or empty: not at all
     * @param backends  all that are listed, usable or not
     */
    public record Port(String name, int protocol, int version, int port, int nodePort, ServicePort inForce,
            List<Frontend> frontends, String hint, List<BackendStatus> backends) {
    }

    /**
     * A backend.
     *
     * @param node        where it runs, or null
     * @param state       ready, terminating (but serving) or not ready
     * @param used        gets new flows from here with policy Cluster
     * @param usedLocally gets new flows from here with policy Local
     * @param handle      names it in flows
     */
    public record BackendStatus(IpAddress address, int port, String node, String zone, boolean local, String state,
            boolean used, boolean usedLocally, int weight, int handle) {
    }

    static ServiceStatus of(ServiceState state, NodeView node) {
        final List<Port> ports = new ArrayList<>();
        for (PortState port : state.ports) {
            if (port.compiled != null) {
                ports.add(port(state, port, node));
            }
        }
        final ServiceSpec spec = state.spec;
        final List<IpAddress> notCaptured = new ArrayList<>(0);
        for (IngressSpec ingress : spec.loadBalancer()) {
            if (!ingress.vip()) {
                notCaptured.add(ingress.address());
            }
        }
        return new ServiceStatus(state.key.namespace(), state.key.name(), spec.type(),
                state.ports.length == 0 ? NotServed.of(spec) : null, List.copyOf(notCaptured),
                spec.loadBalancerSourceRanges(), spec.healthCheckNodePort(), List.copyOf(ports));
    }

    /** Endpoints, a port's backends and its sets of them are all in the order of their addresses. */
    private static Port port(ServiceState state, PortState port, NodeView node) {
        final List<BackendStatus> backends = new ArrayList<>();
        final Backend[] cluster = port.compiled.cluster.backends;
        final Backend[] local = port.compiled.local.backends;
        int inCluster = 0;
        int inLocal = 0;
        int at = 0;
        for (Endpoint endpoint : Endpoint.of(state.spec, port.spec, port.version, state.slices, node)) {
            while (at < port.backends.length && endpoint.isBehind(port.backends[at])) {
                at++;
            }
            // What was put and not compiled yet is not in the tables.
            if (at == port.backends.length || !endpoint.isAt(port.backends[at])) {
                continue;
            }
            while (inCluster < cluster.length && endpoint.isBehind(cluster[inCluster])) {
                inCluster++;
            }
            while (inLocal < local.length && endpoint.isBehind(local[inLocal])) {
                inLocal++;
            }
            final Backend backend = port.backends[at];
            backends.add(new BackendStatus(endpoint.spec().address(), endpoint.port(), endpoint.spec().node(),
                    endpoint.spec().zone(), backend.local, word(endpoint),
                    inCluster < cluster.length && cluster[inCluster] == backend,
                    inLocal < local.length && local[inLocal] == backend, backend.weight, backend.handle));
        }
        return new Port(port.spec.name(), port.spec.protocol(), port.version, port.spec.port(), port.spec.nodePort(),
                port.compiled, List.of(port.frontends), hint(port.hint, node), List.copyOf(backends));
    }

    private static String hint(String by, NodeView node) {
        return switch (by) {
            case Candidates.BY_NODE -> "node " + node.name();
            case Candidates.BY_ZONE -> "zone " + node.zone();
            default -> "";
        };
    }

    private static String word(Endpoint endpoint) {
        return endpoint.ready() ? "ready" : endpoint.isServingTerminating() ? "terminating" : "not ready";
    }
}
