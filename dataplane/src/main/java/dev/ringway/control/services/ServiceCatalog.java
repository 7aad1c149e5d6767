package dev.ringway.control.services;

import dev.ringway.control.FirstLines;
import dev.ringway.control.services.Warnings.Warning;
import dev.ringway.service.Balance;
import dev.ringway.service.ServiceTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The Services and EndpointSlices as wanted, and their compiler: {@link #compile} works in proportion to what was put
 * and removed since it ran last, and what stays keeps its handles, numbers and tokens. Belongs to one control thread.
 */
public final class ServiceCatalog {
    /** Whose warnings are those about health checks, which depend on several Services. */
    private static final ServiceKey HEALTH_CHECKS = new ServiceKey("", "");

    /** In the order in which people are told of them, so that they can be told of some after the other. */
    private final TreeMap<ServiceKey, ServiceState> services = new TreeMap<>();
    /** The Service of each slice. */
    private final Map<ServiceKey, ServiceState> slices = new HashMap<>();
    private final ArrayDeque<ServiceState> queue = new ArrayDeque<>();
    private final Slots slots = new Slots();
    private final Ports ports = new Ports();
    private final Steering steering = new Steering();
    private final Waiting waiting = new Waiting();
    private final MaglevBudget maglev = new MaglevBudget();
    private final HealthChecks healthChecks = new HealthChecks();
    private final Warnings warnings;
    private final Balance defaultBalance;
    private final boolean together;
    private NodeView node;
    private Compiled last = new Compiled(ServiceTable.EMPTY, List.of(), List.of(), List.of(), Changes.NONE);
    /** What is wanted has not been compiled yet, or not for this node. */
    private boolean whole = true;
    private long serviceChanges;
    private long sliceChanges;
    /** Of slices since the last compilation, if they tell; not of those that were there when this node came. */
    private final List<Long> changedMs = new ArrayList<>();

    public ServiceCatalog(NodeView self) {
        this(self, Balance.RANDOM);
    }

    /** @param defaultBalance for Services that do not say */
    public ServiceCatalog(NodeView self, Balance defaultBalance) {
        this(self, defaultBalance, false, FirstLines.MOST);
    }

    /**
     * Of a source that may be wrong as a whole.
     *
     * @param defaultBalance for Services that do not say
     * @param together       Services and their slices come at the same time, so that one without the other is a slip
     * @param mostWarnings   of a kind that are told
     */
    public ServiceCatalog(NodeView self, Balance defaultBalance, boolean together, int mostWarnings) {
        warnings = new Warnings(mostWarnings);
        node = self;
        this.defaultBalance = defaultBalance;
        this.together = together;
    }

    public NodeView node() {
        return node;
    }

    /** Takes note of what has changed about this node; then everything is compiled anew, handles and all kept. */
    public void setNode(NodeView self) {
        if (!self.equals(node)) {
            node = self;
            whole = true;
            services.values().forEach(this::queue);
        }
    }

    public void put(ServiceSpec service) {
        final ServiceState state = service(service.key());
        if (!service.equals(state.spec)) {
            state.spec = service;
            serviceChanges++;
            queue(state);
        }
    }

    public void removeService(String namespace, String name) {
        final ServiceState state = services.get(new ServiceKey(namespace, name));
        if (state != null && state.spec != null) {
            state.spec = null;
            serviceChanges++;
            queue(state);
        }
    }

    public void put(EndpointSliceSpec slice) {
        final ServiceKey key = new ServiceKey(slice.namespace(), slice.name());
        final ServiceState before = slices.get(key);
        if (!slice.isProxied()) {
            removeSlice(slice.namespace(), slice.name());
            return;
        }
        final ServiceState now = service(new ServiceKey(slice.namespace(), slice.service()));
        if (before != null && before != now) {
            before.setSlice(slice.name(), null);
            queue(before);
        }
        final EndpointSliceSpec known = now.slice(slice.name());
        if (!slice.equals(known)) {
            now.setSlice(slice.name(), slice);
            slices.put(key, now);
            sliceChanges++;
            if (slice.changedMs() != 0 && (known == null || slice.changedMs() != known.changedMs())
                    && last.changes() != Changes.NONE) {
                changedMs.add(slice.changedMs());
            }
            queue(now);
        }
    }

    public void removeSlice(String namespace, String name) {
        final ServiceState state = slices.remove(new ServiceKey(namespace, name));
        if (state != null) {
            state.setSlice(name, null);
            sliceChanges++;
            queue(state);
        }
    }

    /** The tables of what is wanted now; the same object if nothing has changed. */
    public Compiled compile() {
        if (queue.isEmpty()) {
            return last;
        }
        final ServiceTable.Builder table = last.table().change();
        final PortCompiler compiler = new PortCompiler(node, defaultBalance, maglev, new BackendCompiler(slots, table),
                new FrontendCompiler(node, table, steering, waiting, ports, this::queue));
        for (ServiceState state = queue.poll(); state != null; state = queue.poll()) {
            state.queued = false;
            // One that was removed may still be woken by what it waited for.
            if (services.get(state.key) == state) {
                compile(state, compiler);
                if (state.isUnused()) {
                    services.remove(state.key);
                }
            }
        }
        final ServiceTable built = table.build();
        warnings.set(HEALTH_CHECKS, healthChecks.conflicts(built, node));
        last = new Compiled(built, steering.list(), healthChecks.list(), warnings.list(),
                new Changes(whole, serviceChanges, sliceChanges, List.copyOf(changedMs)));
        whole = false;
        changedMs.clear();
        return last;
    }

    /** The Services that are asked for, by name; for people. */
    public ServiceListing.Found find(ServiceQuery query) {
        final List<ServiceStatus> found = new ArrayList<>();
        final Map<NotServed, Integer> notServed = new EnumMap<>(NotServed.class);
        final ServiceKey from = query.fromKey();
        boolean more = false;
        int backends = 0;
        int total = 0;
        for (ServiceState state : (query.count() ? services : services.tailMap(from)).values()) {
            if (state.spec == null || !query.takes(state)) {
                continue;
            }
            if (state.ports.length == 0 && query.words().isEmpty()) {
                notServed.merge(NotServed.of(state.spec), 1, Integer::sum);
                continue;
            }
            total++;
            final int order = state.key.compareTo(from);
            if (order < 0 || order == 0 && query.behind()) {
                continue;
            }
            more |= found.size() == query.most() || backends > query.backends();
            if (!more) {
                found.add(ServiceStatus.of(state, node));
                backends += state.backends();
            } else if (!query.count()) {
                break;
            }
        }
        return new ServiceListing.Found(found, more, total, notServed);
    }

    private void compile(ServiceState state, PortCompiler compiler) {
        final ServiceSpec spec = state.spec;
        final List<PortState> now = new ArrayList<>(2);
        if (spec != null && spec.isProxied()) {
            for (ServicePortSpec port : spec.ports()) {
                for (int version = 4; version <= 6; version += 2) {
                    if (spec.clusterIp(version) != null) {
                        now.add(port(state, port, version));
                    }
                }
            }
        }
        for (PortState before : state.ports) {
            if (!now.contains(before)) {
                compiler.drop(before);
                ports.remove(before);
            }
        }
        state.ports = now.isEmpty() ? PortState.NONE : now.toArray(PortState.NONE);
        final List<Warning> found = new ArrayList<>(0);
        if (!now.isEmpty()) {
            AddressCheck.tell(spec, node, found);
        } else if (spec == null && state.slices.length > 0 && together) {
            found.add(new Warning(Warnings.Kind.NO_SERVICE, state.key + ": there is no such Service for EndpointSlice "
                    + state.slices[0].name()));
        }
        for (PortState port : state.ports) {
            compiler.update(port, spec, state.slices, found);
        }
        healthChecks.update(state, node);
        warnings.set(state.key, found);
    }

    private PortState port(ServiceState state, ServicePortSpec spec, int version) {
        final PortState known = state.port(spec, version);
        if (known == null) {
            return ports.add(state, version, spec);
        }
        known.spec = spec;
        return known;
    }

    private ServiceState service(ServiceKey key) {
        return services.computeIfAbsent(key, ServiceState::new);
    }

    private void queue(ServiceState state) {
        if (!state.queued) {
            state.queued = true;
            queue.add(state);
        }
    }
}
