package dev.ringway.control.services;

import dev.ringway.control.IpText;
import dev.ringway.control.services.Warnings.Warning;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Balance;
import dev.ringway.service.ServicePort;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** From a port of a Service and its endpoints to its objects in the table; what came out the same stays the same. */
final class PortCompiler {
    private final NodeView node;
    private final Balance defaultBalance;
    private final MaglevBudget maglev;
    private final BackendCompiler backends;
    private final FrontendCompiler frontends;

    PortCompiler(NodeView node, Balance defaultBalance, MaglevBudget maglev, BackendCompiler backends,
            FrontendCompiler frontends) {
        this.node = node;
        this.defaultBalance = defaultBalance;
        this.maglev = maglev;
        this.backends = backends;
        this.frontends = frontends;
    }

    void update(PortState state, ServiceSpec service, EndpointSliceSpec[] slices, List<Warning> warnings) {
        final List<Endpoint> endpoints = Endpoint.of(service, state.spec, state.version, slices, node);
        final Backend[] listed = backends.update(state.backends, endpoints);
        state.backends = listed;
        final Candidates candidates = Candidates.of(endpoints, node.name(), node.zone());
        state.hint = candidates.hint();
        final boolean external = isExternal(service, state);
        final boolean externalLocal = external && service.externalLocal();
        final Balance balance = balance(state, service, warnings);
        final ServicePort before = state.compiled;
        final BackendSet cluster = set(before == null ? null : before.cluster,
                pick(listed, candidates.cluster()), balance, !service.internalLocal() || external);
        BackendSet local = set(before == null ? null : before.local, pick(listed, candidates.local()), balance,
                service.internalLocal() || externalLocal);
        if (local != cluster && local.hasMaglev() == cluster.hasMaglev()
                && Arrays.equals(local.backends, cluster.backends)) {
            local = cluster;
        }
        final String name = state.owner.key + (state.spec.name().isEmpty() ? "" : ":" + state.spec.name());
        final ServicePort now = new ServicePort(state.id, name, cluster, local, candidates.anyEndpoint(),
                service.internalLocal(), externalLocal, service.affinitySeconds(), balance);
        state.compiled = before != null && same(before, now) ? before : now;
        frontends.update(state, state.compiled, service, warnings);
        if (endpoints.isEmpty()) {
            tellNoPort(state, slices, warnings);
        } else if (service.internalLocal() || externalLocal) {
            tellNoNode(state, endpoints, warnings);
        }
    }

    /** Endpoints are there, and yet none of the port: a name that the Service and its slices do not share. */
    private static void tellNoPort(PortState state, EndpointSliceSpec[] slices, List<Warning> warnings) {
        int endpoints = 0;
        final Set<String> names = new TreeSet<>();
        for (EndpointSliceSpec slice : slices) {
            if (slice.version() == state.version) {
                endpoints += slice.endpoints().size();
                slice.ports().forEach(port -> names.add("'" + port.name() + "' " + Protocols.word(port.protocol())));
            }
        }
        if (endpoints > 0) {
            warnings.add(new Warning(Warnings.Kind.NO_PORT, state.owner.key + ": the port '" + state.spec.name() + "' "
                    + Protocols.word(state.spec.protocol()) + " has no backends: none of the Service's " + endpoints
                    + " IPv" + state.version + " endpoints has a port of this name and protocol; they have "
                    + (names.isEmpty() ? "none" : String.join(", ", names))));
        }
    }

    private void tellNoNode(PortState state, List<Endpoint> endpoints, List<Warning> warnings) {
        int unknown = 0;
        Endpoint first = null;
        for (Endpoint endpoint : endpoints) {
            if (!node.knowsNodeOf(endpoint.spec())) {
                first = first == null ? endpoint : first;
                unknown++;
            }
        }
        if (first != null) {
            warnings.add(new Warning(Warnings.Kind.NO_NODE, state.owner.key + ": " + unknown + " of "
                    + endpoints.size() + " endpoints, the first of them " + IpText.text(first.spec().address())
                    + ", have no nodeName and an address of no node: with traffic policy Local no node sends to"
                    + " them"));
        }
    }

    void drop(PortState state) {
        frontends.drop(state);
        backends.update(state.backends, List.of());
        maglev.release(state.id);
    }

    private Balance balance(PortState state, ServiceSpec service, List<Warning> warnings) {
        final Balance wanted = service.balance() == null ? defaultBalance : service.balance();
        if (wanted != Balance.MAGLEV) {
            maglev.release(state.id);
            return wanted;
        }
        if (maglev.take(state.id)) {
            return wanted;
        }
        warnings.add(new Warning(Warnings.Kind.NOT_MAGLEV, state.owner.key + ": balanced at random instead of by"
                + " maglev, which " + MaglevBudget.MOST + " service ports have already"));
        return Balance.RANDOM;
    }

    private static boolean isExternal(ServiceSpec service, PortState state) {
        if (Exposure.hasNodePort(service, state.spec)) {
            return true;
        }
        return service.externalIps().stream().anyMatch(address -> address.version() == state.version)
                || service.type() == ServiceType.LOAD_BALANCER && service.loadBalancer().stream()
                        .anyMatch(one -> one.vip() && one.address().version() == state.version);
    }

    /** @param used false if no traffic policy lets packets in this set, so that it needs no table */
    private static BackendSet set(BackendSet before, Backend[] backends, Balance balance,
            boolean used) {
        final boolean table = balance == Balance.MAGLEV && used;
        if (before != null && Arrays.equals(before.backends, backends)
                && (backends.length < 2 || before.hasMaglev() == table)) {
            return before;
        }
        return BackendSet.of(backends, table);
    }

    private static Backend[] pick(Backend[] from, int[] which) {
        if (which.length == from.length) {
            return from;
        }
        final Backend[] picked = new Backend[which.length];
        for (int i = 0; i < which.length; i++) {
            picked[i] = from[which[i]];
        }
        return picked;
    }

    private static boolean same(ServicePort a, ServicePort b) {
        return a.name.equals(b.name) && a.cluster == b.cluster && a.local == b.local && a.anyBackend == b.anyBackend
                && a.internalLocal == b.internalLocal && a.externalLocal == b.externalLocal
                && a.affinitySeconds == b.affinitySeconds && a.balance == b.balance;
    }
}
