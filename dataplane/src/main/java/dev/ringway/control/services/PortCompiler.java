package dev.ringway.control.services;

import dev.ringway.service.Backend;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Balance;
import dev.ringway.service.ServicePort;
import java.util.Arrays;
import java.util.List;

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

    void update(PortState state, ServiceSpec service, EndpointSliceSpec[] slices, List<String> warnings) {
        final List<Endpoint> endpoints = Endpoint.of(service, state.spec, state.version, slices, node.name());
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
    }

    void drop(PortState state) {
        frontends.drop(state);
        backends.update(state.backends, List.of());
        maglev.release(state.id);
    }

    private Balance balance(PortState state, ServiceSpec service, List<String> warnings) {
        final Balance wanted = service.balance() == null ? defaultBalance : service.balance();
        if (wanted != Balance.MAGLEV) {
            maglev.release(state.id);
            return wanted;
        }
        if (maglev.take(state.id)) {
            return wanted;
        }
        warnings.add(state.owner.key + ": balanced at random instead of by maglev, which " + MaglevBudget.MOST
                + " service ports have already");
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
