package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import java.util.ArrayList;
import java.util.List;

/** A Service as it is in the tables, for people. */
public record ServiceStatus(String namespace, String name, ServiceType type, List<Port> ports) {
    /**
     * A port, of one IP version.
     *
     * @param frontends where it is reached, tokens too
     * @param backends  all that are listed, usable or not
     */
    public record Port(String name, int protocol, int version, int port, int nodePort, boolean internalLocal,
            boolean externalLocal, int affinitySeconds, Balance balance, List<Frontend> frontends,
            List<BackendStatus> backends) {
    }

    /**
     * A backend.
     *
     * @param node   where it runs, or null
     * @param state  ready, terminating (but serving) or not ready
     * @param used   gets new flows from here with policy Cluster
     * @param handle names it in flows
     */
    public record BackendStatus(IpAddress address, int port, String node, String zone, boolean local, String state,
            boolean used, int weight, int handle) {
    }

    static ServiceStatus of(ServiceState state, NodeView node) {
        final List<Port> ports = new ArrayList<>();
        for (PortState port : state.ports) {
            if (port.compiled != null) {
                ports.add(port(state, port, node));
            }
        }
        return new ServiceStatus(state.key.namespace(), state.key.name(), state.spec.type(), List.copyOf(ports));
    }

    private static Port port(ServiceState state, PortState port, NodeView node) {
        final List<BackendStatus> backends = new ArrayList<>();
        for (Endpoint endpoint : Endpoint.of(state.spec, port.spec, port.version, state.slices, node.name())) {
            final Backend backend = find(port.backends, endpoint);
            // What was put and not compiled yet is not in the tables.
            if (backend != null) {
                backends.add(new BackendStatus(endpoint.spec().address(), endpoint.port(), endpoint.spec().node(),
                        endpoint.spec().zone(), backend.local, word(endpoint),
                        contains(port.compiled.cluster, backend), backend.weight, backend.handle));
            }
        }
        return new Port(port.spec.name(), port.spec.protocol(), port.version, port.spec.port(), port.spec.nodePort(),
                port.compiled.internalLocal, port.compiled.externalLocal, port.compiled.affinitySeconds,
                port.compiled.balance, List.of(port.frontends), List.copyOf(backends));
    }

    private static Backend find(Backend[] backends, Endpoint endpoint) {
        for (Backend backend : backends) {
            if (endpoint.isAt(backend)) {
                return backend;
            }
        }
        return null;
    }

    private static boolean contains(BackendSet set, Backend backend) {
        for (Backend one : set.backends) {
            if (one == backend) {
                return true;
            }
        }
        return false;
    }

    private static String word(Endpoint endpoint) {
        return endpoint.ready() ? "ready" : endpoint.isServingTerminating() ? "terminating" : "not ready";
    }
}
