package dev.ringway.podnet;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.Traffic;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import dev.ringway.shard.Dataplane;
import dev.ringway.tun.TunDevice;
import dev.ringway.tun.TunPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The node's own end of the pod network: a TUN device with the gateway addresses, routes to the cluster's ranges
 * through it, kernel parameters and nftables rules. Whatever a former daemon left is taken over and brought in line.
 * Belongs to the daemon's main thread.
 */
public final class HostNetwork {
    private static final System.Logger LOG = System.getLogger(HostNetwork.class.getName());

    /** How often the rules are looked for, in ticks: a run of nft each time. */
    private static final int RULES_TICKS = 10;

    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;
    private final PortNumbers numbers;
    private final String name;
    private final int mtu;
    private final boolean offloads;
    private final int shards;
    private final HostPorts hostPorts;
    private TunDevice.Opened device;
    private volatile TunPort port;
    private int ticks;
    private volatile Traffic retired = Traffic.ZERO;

    /**
     * @param name      of the device
     * @param mtu       its MTU in bytes, that of pods
     * @param offloads  negotiate offloads
     * @param shards    number of shards
     * @param hostPorts ports of the node that lead to pods
     */
    public HostNetwork(Dataplane dataplane, SnapshotPublisher publisher, PortNumbers numbers, String name, int mtu,
            boolean offloads, int shards, HostPorts hostPorts) {
        this.dataplane = dataplane;
        this.publisher = publisher;
        this.numbers = numbers;
        this.name = name;
        this.mtu = mtu;
        this.offloads = offloads;
        this.shards = shards;
        this.hostPorts = hostPorts;
    }

    /** Brings the device up and connects it. */
    public void open(boolean masquerade) throws IOException {
        device = TunDevice.open(null, name, offloads);
        final SnapshotPublisher.View view = publisher.view();
        apply(view.cluster(), view.self(), masquerade);
        final TunPort opened = new TunPort(numbers.take(), "host", name, device.fd(), device.offloads(), mtu, true,
                dataplane.shardOf(view.self().gateways().getFirst()), shards);
        dataplane.addPort(opened);
        publisher.setHost(opened);
        port = opened;
    }

    /** Makes the device anew if someone deleted it; to be called about once a second. */
    public void tick(boolean masquerade) throws IOException {
        if (port != null && Devices.isGone(device)) {
            LOG.log(WARNING, name + " was deleted; making it again");
            publisher.setHost(null);
            dataplane.removePort(port);
            retired = retired.plus(Traffic.of(port));
            numbers.release(port.number());
            port = null;
            device.fd().close();
        }
        if (port == null) {
            open(masquerade);
        }
        if (++ticks % RULES_TICKS == 0 && !NftTables.list().contains(HostRules.TABLE)) {
            LOG.log(WARNING, "the nftables table " + HostRules.TABLE + " was removed (nft flush ruleset?); making it"
                    + " again");
            final SnapshotPublisher.View view = publisher.view();
            apply(view.cluster(), view.self(), masquerade);
        }
    }

    /** The node's own port, or null while it is not connected. */
    public TunPort port() {
        return port;
    }

    /** The node's own traffic with pods since the daemon started. */
    public Traffic traffic() {
        final TunPort connected = port;
        return connected == null ? retired : retired.plus(Traffic.of(connected));
    }

    /** Brings addresses, routes, parameters and rules in line with the cluster; idempotent. */
    public void apply(ClusterSpec cluster, NodeSpec self, boolean masquerade) throws IOException {
        final boolean direct = self.outsideClients() == OutsideClients.DIRECT;
        final List<String> set = HostSysctls.apply(name, has(cluster, 4), has(cluster, 6), direct);
        if (!set.isEmpty()) {
            LOG.log(INFO, "kernel parameters set, which stay so when the daemon ends: " + String.join(" ", set));
        }
        final String shown = setUp(name, mtu, cluster, self).run(null);
        final IpBatch stale = new IpBatch();
        Addresses.removeOthers(stale, name, self.gateways(), shown);
        removeOtherRoutes(stale, name, cluster, shown);
        if (!stale.isEmpty()) {
            stale.run(null);
        }
        if (direct) {
            MarkedRoute.install(name, self);
        } else if (MarkedRoute.isInstalled(Addresses.documents(shown))) {
            MarkedRoute.remove();
        }
        hostPorts.install(maps -> HostRules.install(name, cluster, self, masquerade, maps),
                !cluster.serviceCidrs().isEmpty());
    }

    /**
     * Ends the node's part, after the dataplane has been closed.
     *
     * @param remove false: device, routes and rules stay for the next daemon to take over
     */
    public void close(boolean remove) {
        if (device == null) {
            return;
        }
        if (remove) {
            try {
                nft(HostRules.remove());
                MarkedRoute.remove();
            } catch (IOException e) {
                LOG.log(WARNING, "rules of the node's kernel stay behind: " + e.getMessage());
            }
        }
        // Addresses and routes go with the device.
        Devices.close(device, remove);
    }

    static IpBatch setUp(String device, int mtu, ClusterSpec cluster, NodeSpec self) {
        final IpBatch batch = new IpBatch();
        batch.upTun(device, mtu);
        Addresses.wanted(batch, device, self.gateways());
        batch.add("route show table all dev " + device);
        for (Prefix range : ranges(cluster)) {
            // The hint makes the node's processes speak to pods from an address that every node knows the way to.
            batch.add("route replace " + IpText.text(range) + " dev " + device + (self.gateway(range.version()) == null
                    ? "" : " src " + IpText.text(self.gateway(range.version()))));
        }
        return batch;
    }

    /** Of a former cluster range. The kernel's own routes (local table, on-link) are left alone. */
    static void removeOtherRoutes(IpBatch batch, String device, ClusterSpec cluster, String shown)
            throws IOException {
        final Set<String> wanted = new HashSet<>();
        for (Prefix range : ranges(cluster)) {
            wanted.add(IpText.text(range));
        }
        for (JsonNode route : Addresses.documents(shown)) {
            final String destination = route.path("dst").asText();
            if (!destination.isEmpty() && !route.has("table") && !route.path("protocol").asText().equals("kernel")
                    && !wanted.contains(destination)) {
                batch.add("route del " + destination + " dev " + device);
            }
        }
    }

    /** What the node's processes reach through the switch. */
    private static List<Prefix> ranges(ClusterSpec cluster) {
        final List<Prefix> ranges = new ArrayList<>(cluster.podCidrs());
        ranges.addAll(cluster.serviceCidrs());
        return ranges;
    }

    static void nft(String script) throws IOException {
        final Tool.Result result = Tool.run(script, "nft", "-f", "-");
        if (result.status() != 0) {
            throw new IOException("nft: " + result.output().strip().replaceAll("\\s*\\R\\s*", "; "));
        }
    }

    private static boolean has(ClusterSpec cluster, int version) {
        for (Prefix range : cluster.podCidrs()) {
            if (range.version() == version) {
                return true;
            }
        }
        return false;
    }
}
