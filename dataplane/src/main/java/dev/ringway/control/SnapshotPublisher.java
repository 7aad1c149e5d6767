package dev.ringway.control;

import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Vtep;
import dev.ringway.service.ServiceTable;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The one place where tables change: takes one change at a time, compiles everything anew and hands the result on
 * under the next generation number. Any control thread may call it; {@link #current} never waits.
 */
public final class SnapshotPublisher {
    private final String node;
    private final VtepRegistry registry;
    private final Map<PodSpec, TunPort> pods = new LinkedHashMap<>();
    private ClusterSpec cluster;
    private Map<String, Vtep> vteps;
    private TunPort host;
    private List<IpAddress> addresses = List.of();
    private boolean settled;
    private ServiceTable services = ServiceTable.EMPTY;
    private Consumer<Snapshot> sink = snapshot -> { };
    private volatile View view;

    /** Wanted state and the tables made from it, of the same moment. */
    public record View(ClusterSpec cluster, NodeSpec self, Snapshot snapshot, Traffic retiredPeers) {
    }

    /**
     * Compiles the first generation, without any port.
     *
     * @param node        this node's name, one of the cluster's
     * @param udpPort     port of the tunnel on every node
     * @param underlayMtu MTU of the own underlay interface
     */
    public SnapshotPublisher(String node, ClusterSpec cluster, int udpPort, int underlayMtu, int shards) {
        this.node = node;
        this.cluster = cluster;
        registry = new VtepRegistry(udpPort, underlayMtu, shards);
        vteps = registry.update(cluster, node);
        view = compile(1);
    }

    public View view() {
        return view;
    }

    public Snapshot current() {
        return view.snapshot;
    }

    /** Where packets to {@code address} go now, or null if nowhere. */
    public Adjacency route(IpAddress address) {
        return current().fib().lookup(address.version(), address.hi(), address.lo());
    }

    /** Names who gets all further generations: the dataplane, which was opened with the current one. */
    public synchronized void connect(Consumer<Snapshot> to) {
        sink = to;
    }

    public synchronized void setHost(TunPort port) {
        host = port;
        publish();
    }

    /** All pods that were connected before are connected again, and Services are known: who is not there is not. */
    public synchronized void settle() {
        if (!settled) {
            settled = true;
            publish();
        }
    }

    /** Names the addresses that this node's interfaces have. */
    public synchronized void setAddresses(List<IpAddress> own) {
        if (!own.equals(addresses)) {
            addresses = List.copyOf(own);
            publish();
        }
    }

    /** Replaces the topology. */
    public synchronized void setCluster(ClusterSpec next) {
        if (next.node(node) == null) {
            throw new IllegalArgumentException("node " + node + " is not in the cluster");
        }
        cluster = next;
        vteps = registry.update(next, node);
        publish();
    }

    public synchronized void addPod(PodSpec pod, TunPort port) {
        pods.put(pod, port);
        publish();
    }

    public synchronized void removePod(PodSpec pod) {
        if (pods.remove(pod) != null) {
            publish();
        }
    }

    /** Replaces the services, and nothing else: routes are not compiled again, since services change often. */
    public synchronized void setServices(ServiceTable next) {
        services = next;
        final View before = view;
        hand(new View(before.cluster, before.self,
                before.snapshot.with(before.snapshot.generation() + 1, next), before.retiredPeers));
    }

    private void publish() {
        hand(compile(view.snapshot.generation() + 1));
    }

    private void hand(View next) {
        sink.accept(next.snapshot);
        view = next;
    }

    private View compile(long generation) {
        final NodeSpec self = cluster.node(node);
        return new View(cluster, self,
                SnapshotCompiler.compile(generation, cluster, self, addresses, vteps, host, pods, services, settled),
                registry.retired());
    }
}
