package dev.ringway.control.services;

import dev.ringway.control.services.Warnings.Warning;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServiceTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What load balancers are told that look for nodes with endpoints of a Service. Control thread only. */
final class HealthChecks {
    private final TreeMap<ServiceKey, HealthCheck> checks = new TreeMap<>();
    private List<HealthCheck> list = List.of();
    private boolean changed;

    void update(ServiceState state, NodeView node) {
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

    /** What load balancers would be answered wrongly about. */
    List<Warning> conflicts(ServiceTable table, NodeView node) {
        final List<Warning> found = new ArrayList<>(0);
        final Map<Integer, HealthCheck> byPort = new HashMap<>();
        for (HealthCheck check : checks.values()) {
            final String port = check.namespace() + "/" + check.name() + ": healthCheckNodePort " + check.nodePort();
            final HealthCheck first = byPort.putIfAbsent(check.nodePort(), check);
            if (first != null) {
                found.add(new Warning(Warnings.Kind.HEALTH_CHECK, port + " is that of " + first.namespace() + "/"
                        + first.name() + ", too; that one's endpoints are told of"));
            }
            for (IpAddress address : node.nodePortAddresses()) {
                final Frontend there = table.lookup(address.version(), address.hi(), address.lo(), Protocols.TCP,
                        check.nodePort());
                if (there != null && there.kind == Kind.NODE_PORT) {
                    found.add(new Warning(Warnings.Kind.HEALTH_CHECK, port + " is a NodePort of " + there.port.name
                            + ", which answers instead"));
                    break;
                }
            }
        }
        return found;
    }

    /** Pods, by their addresses of one version: one with several ports, or in several slices, counts once. */
    private static int localReady(ServiceState state, int version, NodeView node) {
        final Set<IpAddress> ready = new HashSet<>();
        for (EndpointSliceSpec slice : state.slices) {
            if (slice.version() == version) {
                for (EndpointSpec endpoint : slice.endpoints()) {
                    if (node.has(endpoint)
                            && (endpoint.ready() || state.spec.publishNotReadyAddresses())) {
                        ready.add(endpoint.address());
                    }
                }
            }
        }
        return ready.size();
    }
}
