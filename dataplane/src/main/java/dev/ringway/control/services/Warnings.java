package dev.ringway.control.services;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What is wrong with Services, by kind, of which only the first few are told: what is wrong with ten thousand of them
 * must not hide what is wrong with one. Control thread only.
 */
final class Warnings {
    private final int most;
    private final Map<ServiceKey, List<Warning>> all = new HashMap<>();
    private final Map<Kind, TreeSet<ServiceKey>> byKind = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private List<String> list = List.of();
    private boolean changed;

    /** Kinds in the order in which they are told. */
    enum Kind {
        TAKEN("addresses and ports that another Service has"),
        NO_TOKEN("addresses that cannot be reached from outside the cluster"),
        NOT_MAGLEV("ports that are not balanced by maglev"),
        ADDRESS("addresses that no Service can have"),
        OUTSIDE("cluster IPs outside cluster.serviceCidrs"),
        NO_PORT("ports without endpoints of their name"),
        NO_SERVICE("EndpointSlices without a Service"),
        NO_NODE("ports with endpoints that are on no known node"),
        HEALTH_CHECK("healthCheckNodePorts that something else has");

        private final String many;

        Kind(String many) {
            this.many = many;
        }
    }

    /** One of them, for people. */
    record Warning(Kind kind, String text) {
    }

    /** @param most of a kind that are told */
    Warnings(int most) {
        this.most = most;
    }

    /** Replaces those of a Service. */
    void set(ServiceKey service, List<Warning> now) {
        final List<Warning> before = now.isEmpty() ? all.remove(service) : all.put(service, List.copyOf(now));
        if (before == null ? now.isEmpty() : before.equals(now)) {
            return;
        }
        changed = true;
        if (before != null) {
            for (Warning one : before) {
                counts.merge(one.kind, -1, Integer::sum);
                byKind.get(one.kind).remove(service);
            }
        }
        for (Warning one : now) {
            counts.merge(one.kind, 1, Integer::sum);
            byKind.computeIfAbsent(one.kind, kind -> new TreeSet<>()).add(service);
        }
    }

    /** The first of each kind; the same object if nothing has changed. */
    List<String> list() {
        if (changed) {
            list = first();
            changed = false;
        }
        return list;
    }

    private List<String> first() {
        final List<String> told = new ArrayList<>();
        byKind.forEach((kind, services) -> {
            final int before = told.size();
            for (ServiceKey service : services) {
                for (Warning one : all.get(service)) {
                    if (one.kind == kind && told.size() - before < most) {
                        told.add(one.text);
                    }
                }
                if (told.size() - before == most) {
                    break;
                }
            }
            final int more = counts.get(kind) - (told.size() - before);
            if (more > 0) {
                told.add("and " + more + " more " + kind.many);
            }
        });
        return List.copyOf(told);
    }
}
