package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** What load balancers are told that look for nodes with endpoints of a Service. Control thread only. */
final class HealthChecks {
    private final TreeMap<ServiceKey, HealthCheck> checks = new TreeMap<>();
    private List<HealthCheck> list = List.of();
    private boolean changed;

    void update(ServiceState state, String node) {
        final ServiceSpec spec = state.spec;
        if (spec == null || !spec.isProxied() || spec.type() != ServiceType.LOAD_BALANCER || !spec.externalLocal()
                || spec.healthCheckNodePort() == 0) {
            changed |= checks.remove(state.key) != null;
            return;
        }
        final HealthCheck now = new HealthCheck(spec.namespace(), spec.name(), spec.healthCheckNodePort(),
                Math.max(localReady(state, 4, node), localReady(state, 6, node)));
        changed |= !now.equals(checks.put(state.key, now));
    }

    List<HealthCheck> list() {
        if (changed) {
            list = List.copyOf(checks.values());
            changed = false;
        }
        return list;
    }

    /** Pods, by their addresses of one version: one with several ports, or in several slices, counts once. */
    private static int localReady(ServiceState state, int version, String node) {
        final Set<IpAddress> ready = new HashSet<>();
        for (EndpointSliceSpec slice : state.slices) {
            if (slice.version() == version) {
                for (EndpointSpec endpoint : slice.endpoints()) {
                    if (node.equals(endpoint.node())
                            && (endpoint.ready() || state.spec.publishNotReadyAddresses())) {
                        ready.add(endpoint.address());
                    }
                }
            }
        }
        return ready.size();
    }
}
