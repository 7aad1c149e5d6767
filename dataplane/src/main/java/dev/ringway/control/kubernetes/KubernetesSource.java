package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.ClusterSpec;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.SourceState;
import dev.ringway.control.store.Mailbox;
import dev.ringway.control.store.StateFile;
import dev.ringway.control.store.StateKeeper;
import dev.ringway.control.store.StoredServices;
import dev.ringway.service.Balance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The cluster and its Services out of the Kubernetes API. Begins with what was known when it ran last, if there is
 * such a state, and goes over to the API's when that is known as a whole; from then on follows it, and keeps its last
 * word while it cannot be reached. {@link #poll} is the control thread's; the others may be called by any.
 */
public final class KubernetesSource implements ClusterSource {
    private static final System.Logger LOG = System.getLogger(KubernetesSource.class.getName());

    private final KubernetesSettings settings;
    private final ApiConnection api = new ApiConnection();
    private final NodePublisher publisher;
    private final NodeEvents events;
    private final Watchdog watchdog;
    private final StateFile<NodeObject> file;
    private final StateKeeper<NodeObject> keeper;
    private final Map<String, NodeObject> nodes = new TreeMap<>();
    private final StoredServices services;
    private ClusterCompiler.Result cluster = new ClusterCompiler.Result(null, Map.of(), "", List.of());
    /** This node's Node when it last had a place in the cluster. */
    private NodeObject lastOwn;
    private boolean nodesChanged;
    private volatile boolean leaving;
    private boolean announcing;

    private KubernetesSource(KubernetesSettings settings, Balance defaultBalance) {
        this.settings = settings;
        services = new StoredServices(api.services().mailbox(), api.slices().mailbox(), defaultBalance);
        publisher = new NodePublisher(api, api.executor(), settings.node());
        events = new NodeEvents(api, api.executor(), settings.node());
        watchdog = new Watchdog(api, api.executor());
        file = new StateFile<>(settings.stateFile(), "RingwayKubernetesState", new StateFile.Nodes<>() {
            @Override
            public NodeObject read(JsonNode line) {
                return NodeObject.read(line);
            }

            @Override
            public ObjectNode write(NodeObject node) {
                return node.tree();
            }
        });
        keeper = new StateKeeper<>(file, settings.node(), api.executor());
    }

    /**
     * Reads what was known last and starts asking the API, without waiting for it.
     *
     * @param defaultBalance for Services that do not say
     */
    public static KubernetesSource open(KubernetesSettings settings, Balance defaultBalance) {
        final KubernetesSource source = new KubernetesSource(settings, defaultBalance);
        source.restore();
        source.api.start(settings);
        return source;
    }

    private void restore() {
        try {
            final StateFile.State<NodeObject> state = file.read(settings.node());
            if (state != null) {
                state.nodes().forEach(node -> nodes.put(node.name(), node));
                services.restore(state);
                nodesChanged = true;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the last state of the Kubernetes API is not used: "
                    + e.getMessage());
        }
    }

    @Override
    public synchronized Change poll(long nowMs) {
        final ClusterSpec newCluster = pollNodes();
        if (services.take()) {
            keeper.changed();
        }
        final Compiled newServices = services.compile();
        announce(nowMs);
        watchdog.tick(nowMs);
        if (isSynced()) {
            keeper.tick(nowMs, this::state);
        }
        return newCluster == null && newServices == null ? null : new Change(newCluster, cluster.zone(), newServices);
    }

    @Override
    public boolean isNodeLeaving() {
        return leaving;
    }

    private ClusterSpec pollNodes() {
        final Mailbox.Batch<NodeObject> batch = api.nodes().mailbox().take();
        if (batch != null) {
            final Map<String, NodeObject> before = new HashMap<>(nodes);
            Mailbox.apply(batch, nodes);
            final NodeObject own = nodes.get(settings.node());
            leaving = own != null && own.leaving();
            final boolean changed = !before.equals(nodes);
            nodesChanged |= changed;
            if (changed) {
                keeper.changed();
            }
        }
        if (!nodesChanged) {
            return null;
        }
        nodesChanged = false;
        final ClusterCompiler.Result last = cluster;
        cluster = compileCluster();
        if (cluster.cluster() == null && api.nodes().mailbox().isListed()) {
            warn("NoPlaceInCluster", String.join("; ", cluster.warnings()));
        }
        final boolean same = Objects.equals(cluster.cluster(), last.cluster()) && cluster.zone().equals(last.zone());
        return same ? null : cluster.cluster();
    }

    /** A node that is not in the API for a moment, or without a range, keeps its place, and so its pods their peers. */
    private ClusterCompiler.Result compileCluster() {
        final ClusterCompiler.Result now = ClusterCompiler.compile(settings, nodes);
        if (now.cluster() != null) {
            lastOwn = nodes.get(settings.node());
            return now;
        }
        if (lastOwn == null) {
            return now;
        }
        final Map<String, NodeObject> asBefore = new TreeMap<>(nodes);
        asBefore.put(settings.node(), lastOwn);
        final ClusterCompiler.Result kept = ClusterCompiler.compile(settings, asBefore);
        final List<String> warnings = new ArrayList<>(now.warnings());
        warnings.addAll(kept.warnings());
        return new ClusterCompiler.Result(kept.cluster(), Map.of(), kept.zone(), warnings);
    }

    @Override
    public synchronized void setNode(NodeView node) {
        services.setNode(node);
    }

    @Override
    public void onNews(Runnable wake) {
        api.nodes().mailbox().onNews(wake);
        api.services().mailbox().onNews(wake);
        api.slices().mailbox().onNews(wake);
    }

    @Override
    public synchronized void announce() {
        announcing = true;
    }

    @Override
    public void withdraw() throws IOException {
        synchronized (this) {
            announcing = false;
        }
        try {
            publisher.write(NodeAnnotations.none());
        } catch (Exception e) {
            throw new IOException("the annotations of Node " + settings.node() + " are still there: "
                    + ApiConnection.text(e), e);
        }
    }

    @Override
    public void warn(String reason, String message) {
        events.tell(reason, message, System.nanoTime() / 1_000_000);
    }

    private void announce(long nowMs) {
        final NodeObject own = nodes.get(settings.node());
        // What the API has is known after its first list only: not from the file.
        if (announcing && own != null && !cluster.announced().isEmpty() && api.nodes().mailbox().isListed()) {
            publisher.tick(nowMs, own, cluster.announced());
        }
    }

    private StateFile.State<NodeObject> state() {
        return new StateFile.State<>(List.copyOf(nodes.values()), services.services(), services.slices());
    }

    @Override
    public boolean isSynced() {
        return api.nodes().mailbox().isListed() && api.services().mailbox().isListed()
                && api.slices().mailbox().isListed();
    }

    @Override
    public boolean isConnected() {
        return api.isWatching() && watchdog.problem() == null;
    }

    @Override
    public Pending pending() {
        return services.pending();
    }

    @Override
    public synchronized Found find(ServiceQuery query) {
        return services.find(query);
    }

    @Override
    public SourceState sourceState() {
        return new SourceState("kubernetes", isSynced() && isConnected(), 0, !isSynced(), 0, api.problem());
    }

    /** What is wrong with the API, with this node in it, and with its objects. */
    @Override
    public synchronized List<String> warnings() {
        final List<String> all = new ArrayList<>();
        for (String problem : new String[] {api.problem(), watchdog.problem(), publisher.problem(), keeper.problem()}) {
            if (problem != null) {
                all.add(problem);
            }
        }
        all.addAll(cluster.warnings());
        all.addAll(api.nodes().warnings());
        all.addAll(api.services().warnings());
        all.addAll(api.slices().warnings());
        all.addAll(services.warnings());
        return all;
    }

    @Override
    public void close() {
        final StateFile.State<NodeObject> last;
        events.flush();
        synchronized (this) {
            last = keeper.isBehind() && isSynced() ? state() : null;
        }
        api.close();
        if (last != null) {
            keeper.write(last);
        }
    }
}
