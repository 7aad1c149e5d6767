package dev.ringway.control.etcd;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.SourceState;
import dev.ringway.control.store.StateFile;
import dev.ringway.control.store.StateKeeper;
import dev.ringway.control.store.StoredServices;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Balance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The cluster and its Services out of etcd, for hosts without Kubernetes. Begins with what was known when it ran last,
 * if there is such a state, and goes over to etcd's when that is known as a whole; from then on follows it, and keeps
 * its last word while it cannot be reached. {@link #poll} is the control thread's; the others may be called by any.
 */
public final class EtcdSource implements ClusterSource {
    private static final System.Logger LOG = System.getLogger(EtcdSource.class.getName());

    private final EtcdSettings settings;
    private final Feeds feeds;
    private final Session session;
    private final Members members;
    private final StoredServices services;
    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("etcd-state").factory());
    private final StateFile<Kept> file;
    private final StateKeeper<Kept> keeper;
    private EtcdClusterCompiler.Result cluster = new EtcdClusterCompiler.Result(null, List.of());
    private List<Prefix> ownRanges = List.of();
    private boolean withdrawn;

    private EtcdSource(EtcdSettings settings, Balance defaultBalance) {
        this.settings = settings;
        feeds = new Feeds(settings.prefix());
        session = new Session(settings, feeds);
        members = new Members(settings.node(), settings.graceSeconds() * 1_000L);
        services = new StoredServices(feeds.services.mailbox(), feeds.slices.mailbox(), defaultBalance);
        file = new StateFile<>(settings.stateFile(), "RingwayEtcdState", Kept.LINES);
        keeper = new StateKeeper<>(file, settings.node(), executor);
    }

    /**
     * Reads what was known last and starts asking etcd, without waiting for it.
     *
     * @param defaultBalance for Services that do not say
     */
    public static EtcdSource open(EtcdSettings settings, Balance defaultBalance) {
        final EtcdSource source = new EtcdSource(settings, defaultBalance);
        source.restore();
        source.session.start();
        return source;
    }

    private void restore() {
        try {
            final StateFile.State<Kept> state = file.read(settings.node());
            if (state != null) {
                members.restore(state.nodes());
                services.restore(state);
                session.claims().restore(state.nodes().stream().filter(Claim.class::isInstance)
                        .map(Claim.class::cast).toList());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the last state of etcd is not used: " + e.getMessage());
        }
    }

    @Override
    public synchronized Change poll(long nowMs) {
        // Before the members: who has ranges knows the others, or did when it ran last.
        final List<Prefix> ranges = session.claims().ranges();
        final boolean newMembers =
                members.take(feeds.nodes.mailbox(), feeds.ranges.mailbox(), nowMs, session.isConnected());
        final ClusterSpec newCluster = compileCluster(newMembers, ranges);
        final boolean newServices = services.take();
        if (newMembers || newServices) {
            keeper.changed();
        }
        final Compiled tables = services.compile();
        if (isSynced()) {
            keeper.tick(nowMs, this::state);
        }
        return newCluster == null && tables == null ? null : new Change(newCluster, settings.zone(), tables);
    }

    private ClusterSpec compileCluster(boolean newMembers, List<Prefix> ranges) {
        if (!newMembers && ranges.equals(ownRanges)) {
            return null;
        }
        ownRanges = ranges;
        final EtcdClusterCompiler.Result last = cluster;
        cluster = EtcdClusterCompiler.compile(settings, ranges, members);
        return Objects.equals(cluster.cluster(), last.cluster()) ? null : cluster.cluster();
    }

    @Override
    public synchronized void setNode(NodeView node) {
        services.setNode(node);
    }

    @Override
    public void onNews(Runnable wake) {
        feeds.onNews(wake);
        session.onNews(wake);
    }

    @Override
    public void announce() {
        session.announce();
    }

    @Override
    public void withdraw() throws IOException {
        session.withdraw();
        synchronized (this) {
            withdrawn = true;
            keeper.changed();
        }
    }

    private StateFile.State<Kept> state() {
        if (withdrawn) {
            members.withdraw();
        }
        return new StateFile.State<>(members.kept(), services.services(), services.slices());
    }

    @Override
    public boolean isSynced() {
        return feeds.isListed();
    }

    @Override
    public boolean isConnected() {
        return session.isConnected();
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
    public synchronized SourceState sourceState() {
        final List<String> problems = session.problems();
        return new SourceState("etcd", isSynced() && isConnected(), 0, !isSynced(), 0,
                problems.isEmpty() ? null : problems.getFirst());
    }

    /** What is wrong with etcd, with this node in it, and with its keys. */
    @Override
    public synchronized List<String> warnings() {
        final List<String> all = new ArrayList<>(session.problems());
        if (keeper.problem() != null) {
            all.add(keeper.problem());
        }
        all.addAll(cluster.warnings());
        all.addAll(feeds.warnings());
        all.addAll(services.warnings());
        return all;
    }

    @Override
    public void close() {
        session.close();
        executor.shutdownNow();
        synchronized (this) {
            if (keeper.isBehind() && isSynced()) {
                keeper.write(state());
            }
        }
    }
}
