package dev.ringway.agent;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.config.CniConfig;
import dev.ringway.config.EjectionConfig;
import dev.ringway.config.SwitchConfig;
import dev.ringway.control.PodSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.fib.IpAddress;
import dev.ringway.observe.CountersOp;
import dev.ringway.observe.EjectionLog;
import dev.ringway.observe.FlowsOp;
import dev.ringway.observe.NodeInfo;
import dev.ringway.observe.PeersOp;
import dev.ringway.observe.PodsOp;
import dev.ringway.observe.ProcessTime;
import dev.ringway.observe.ProxyHealthServer;
import dev.ringway.observe.Readiness;
import dev.ringway.observe.ResolveOp;
import dev.ringway.observe.RoutesOp;
import dev.ringway.observe.ServicesOp;
import dev.ringway.observe.StatusOp;
import dev.ringway.observe.metrics.DataPathProbe;
import dev.ringway.observe.metrics.ServiceCollector;
import dev.ringway.observe.metrics.SwitchCollector;
import dev.ringway.observe.metrics.TrafficCollector;
import dev.ringway.podnet.ControlOp;
import dev.ringway.podnet.ForwardPolicy;
import dev.ringway.podnet.HostNetwork;
import dev.ringway.podnet.HostPorts;
import dev.ringway.podnet.PodManager;
import dev.ringway.podnet.PortNumbers;
import dev.ringway.podnet.StaticPods;
import dev.ringway.podnet.cni.CniNetwork;
import dev.ringway.podnet.cni.CniSettings;
import dev.ringway.shard.Dataplane;
import dev.ringway.shard.DataplaneSettings;
import dev.ringway.shard.FlowSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A switch that is up: the packet path, the node's own end and the pods, put together from a configuration in the
 * order that lets packets flow soonest, changed by another, and taken down. Belongs to the daemon's main thread.
 */
final class RunningSwitch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunningSwitch.class.getName());

    private final Underlay underlay;
    private final int podMtu;
    private final SnapshotPublisher publisher;
    private final Dataplane dataplane;
    private final HostNetwork host;
    private final PodManager pods;
    private final StaticPods staticPods;
    private final CniNetwork cni;
    private final NodeServices services;
    private final EjectionLog ejectionLog;
    /** Where nodes and Services come from, or null: files. */
    private final ClusterSource source;
    private final Monitoring monitoring;
    private final ProxyHealth health;
    private boolean announced;
    /** What a former daemon left has been taken over. */
    private boolean adopted;
    /** Other threads ask for the addresses of its static pods. */
    private volatile SwitchConfig config;

    private RunningSwitch(SwitchConfig config, ClusterSource source, Monitoring monitoring) throws StartException {
        this.config = config;
        this.monitoring = monitoring;
        this.source = source;
        underlay = Underlay.find(config);
        podMtu = underlay.podMtu(config);
        if (podMtu > underlay.largestInner(config)) {
            final String message = "mtu: " + podMtu + " bytes do not cross " + underlay.interfaceName()
                    + " whole, whose MTU " + underlay.mtu() + " leaves " + underlay.largestInner(config)
                    + "; larger packets to other nodes are answered by ICMP";
            LOG.log(WARNING, message);
            if (source != null) {
                source.warn("MTUMismatch", message);
            }
        }
        final int shards = config.threading().shards();
        final HostPorts hostPorts = new HostPorts(config.host().interfaceName());
        publisher = new SnapshotPublisher(config.node(), config.cluster(), config.encap().port(), underlay.mtu(),
                shards);
        dataplane = openDataplane();
        final PortNumbers numbers = new PortNumbers();
        host = new HostNetwork(dataplane, publisher, numbers, config.host().interfaceName(), podMtu,
                config.tunOffload(), shards, hostPorts);
        pods = new PodManager(dataplane, publisher, numbers, podMtu, config.tunOffload(), shards);
        staticPods = new StaticPods(pods);
        ejectionLog = new EjectionLog(dataplane, publisher);
        cni = openCni(hostPorts);
        services = new NodeServices(config, source, publisher, this::serves, monitoring.programming());
        health = new ProxyHealth(config.services().healthz(), new ProxyHealthServer.Status() {
            @Override
            public boolean isHealthy() {
                return serves();
            }

            @Override
            public boolean isEligible() {
                return source == null || !source.isNodeLeaving();
            }

            @Override
            public long lastUpdatedMs() {
                return monitoring.programming().lastInLineMs();
            }

            @Override
            public boolean has(int version) {
                return publisher.current().self().serviceAddress(version) != null;
            }
        });
    }

    /**
     * Starts everything; when this returns, packets of all pods that could be connected are switched.
     *
     * @param config with this node in its cluster
     * @param source where changes of nodes and Services come from, or null: files
     * @param monitoring told how it goes
     */
    static RunningSwitch start(SwitchConfig config, ClusterSource source, Monitoring monitoring)
            throws StartException {
        final RunningSwitch running = new RunningSwitch(config, source, monitoring);
        try {
            running.dataplane.start();
            running.publisher.connect(running.dataplane::publish);
            step("packet path runs");
            running.host.open(config.host().masquerade());
            step("node's own end connected");
            running.services.start();
            running.follow();
            step("Services in force");
            running.staticPods.want(config.pods(), nowMs());
            running.cni.adopt(nowMs());
            running.adopted = true;
            running.settle();
            return running;
        } catch (IOException e) {
            running.close();
            throw new StartException(config.host().interfaceName() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    /** Tells where the time of a start goes. */
    static void step(String done) {
        LOG.log(DEBUG, done + " " + ProcessTime.sinceStartMs() + " ms after the start");
    }

    /** Looks for what on this node may stand in pods' way, once packets flow. */
    void lookAround() {
        try {
            for (String chain : ForwardPolicy.droppingChains()) {
                LOG.log(WARNING, "the nftables chain " + chain + " drops forwarded packets unless a rule accepts them;"
                        + " for pods to reach the outside it needs: nft insert rule " + chain + " iifname "
                        + config.host().interfaceName() + " accept, and the same with oifname");
            }
        } catch (IOException e) {
            LOG.log(WARNING, "looking for chains that drop forwarded packets: " + e.getMessage());
        }
    }

    /** Looks after pods and the node's own device; to be called about once a second. */
    void tick() {
        staticPods.tick(nowMs());
        cni.tick(nowMs());
        follow();
        if (source != null && monitoring.problem() != null) {
            source.warn("PortTaken", monitoring.problem());
        }
        services.tick();
        health.tick();
        ejectionLog.tick(nowMs());
        final Throwable failure = dataplane.takeFailure();
        if (failure != null) {
            LOG.log(ERROR, "a packet was dropped by a defect of the switch; please report it", failure);
        }
        try {
            host.tick(config.host().masquerade());
        } catch (IOException e) {
            LOG.log(WARNING, config.host().interfaceName() + ": " + e.getMessage() + "; will be tried again");
        }
    }

    /** Brings into force what the cluster's source has told of since. */
    void follow() {
        if (source == null) {
            return;
        }
        if (forwards() && !announced) {
            source.announce();
            announced = true;
        }
        monitoring.programming().begin();
        final ClusterSource.Change change = source.poll(nowMs());
        if (change != null) {
            take(change);
            settle();
        }
        monitoring.programming().end();
    }

    /** From now on senders are told what is not there, if that is known. */
    private void settle() {
        if (adopted && services.isKnown()) {
            publisher.settle();
        }
    }

    private void take(ClusterSource.Change change) {
        if (change.cluster() != null) {
            config = config.with(Reload.settled(config.self(), change.cluster()));
            applyCluster(config);
            monitoring.programming().nodesInForce();
            LOG.log(INFO, "nodes have changed: " + peers() + " peers, generation "
                    + publisher.current().generation());
        }
        services.take(change);
    }

    private void applyCluster(SwitchConfig next) {
        publisher.setCluster(next.cluster());
        try {
            host.apply(next.cluster(), next.self(), next.host().masquerade());
        } catch (IOException e) {
            LOG.log(WARNING, next.host().interfaceName() + " is not in line with the new configuration: "
                    + e.getMessage());
        }
        services.configure();
    }

    NodeServices services() {
        return services;
    }

    /** Brings a changed configuration into force as far as a running switch can; pods that stay lose no packet. */
    void reload(SwitchConfig file) {
        monitoring.programming().begin();
        final Reload reload = Reload.of(config, file);
        final SwitchConfig next = reload.config();
        staticPods.retain(next.pods());
        applyCluster(next);
        monitoring.programming().nodesInForce();
        staticPods.want(next.pods(), nowMs());
        config = next;
        LOG.log(INFO, "configuration read again: " + peers() + " peers, " + next.pods().size()
                + " static pods, generation " + publisher.current().generation());
        if (!reload.restartKeys().isEmpty()) {
            LOG.log(WARNING, "changed, but only in force after a restart: " + String.join(", ", reload.restartKeys()));
        }
    }

    List<ControlOp> ops(String version, Readiness readiness) {
        final NodeInfo info = new NodeInfo(version, config.node(), underlay.interfaceName(), config.self().address(),
                underlay.mtu(), config.encap().tunnel(), config.encap().port(), podMtu, config.threading().mode(),
                config.threading().shards());
        return List.of(new StatusOp(info, readiness, dataplane, publisher, host, pods, this::waitingPods,
                        services.listing()),
                new PodsOp(pods), new RoutesOp(publisher), new PeersOp(publisher),
                new CountersOp(dataplane, publisher, host, pods),
                new ServicesOp(services.listing(), dataplane), new FlowsOp(dataplane, publisher),
                new ResolveOp(dataplane, publisher, services.listing(), services::steered,
                        () -> config.host().masquerade()), cni.op());
    }

    /** From now on the switch is shown to who asks for metrics and health. */
    void show(Readiness readiness) {
        monitoring.started(dataplane,
                new DataPathProbe(publisher, dataplane, host, config.host().interfaceName()), readiness.startMs(),
                List.of(new TrafficCollector(publisher, host, pods), new ServiceCollector(publisher, dataplane),
                        new SwitchCollector(dataplane, publisher, pods, this::waitingPods, source), health));
    }

    /** Pods that should be connected and are not, and why. */
    private Map<String, String> waitingPods() {
        final Map<String, String> waiting = new LinkedHashMap<>(staticPods.waiting());
        waiting.putAll(cni.waiting());
        return waiting;
    }

    /** True while packets reach the node and pods can be added. */
    boolean forwards() {
        return host.port() != null;
    }

    /** True while Services are served: what load balancers ask. Any thread. */
    private boolean serves() {
        return forwards() && services.isHealthy() && monitoring.isAlive();
    }

    /** How many pods are connected. */
    int podCount() {
        return pods.pods().size();
    }

    /** One line for the log. */
    String summary() {
        return (pods.pods().size() - cni.size()) + " of " + config.pods().size() + " static pods, " + cni.size()
                + " of a container runtime, " + peers() + " peers, pods' MTU "
                + podMtu + ", underlay " + underlay.interfaceName() + " MTU " + underlay.mtu() + ", "
                + String.join(", ", dataplane.offloads().entrySet().stream().map(Object::toString).toList());
    }

    boolean removesAtStop() {
        return config.removeAtStop();
    }

    /** Ends the packet path, then removes what was made, or leaves it for the next daemon. */
    @Override
    public void close() {
        final boolean remove = config.removeAtStop();
        monitoring.stopping();
        health.close();
        try {
            dataplane.close();
            if (remove) {
                flowSettings().delete(config.threading().shards());
            }
        } catch (IOException e) {
            LOG.log(WARNING, "a file of flows stays behind: " + e.getMessage());
        } finally {
            services.close(remove);
            pods.close(remove);
            host.close(remove);
            cni.close();
        }
    }

    private int peers() {
        return publisher.current().vteps().all().size();
    }

    private CniNetwork openCni(HostPorts hostPorts) throws StartException {
        final CniConfig wanted = config.cni();
        try {
            return CniNetwork.open(new CniSettings(wanted.stateDir(), wanted.ranges(), wanted.reservations(),
                    wanted.netnsDirectories()), pods, hostPorts, publisher, this::isStatic, podMtu);
        } catch (IOException e) {
            dataplane.close();
            throw new StartException("cni.stateDir: " + e.getMessage(), e);
        }
    }

    private boolean isStatic(IpAddress address) {
        for (PodSpec pod : config.pods()) {
            if (pod.addresses().contains(address)) {
                return true;
            }
        }
        return false;
    }

    private Dataplane openDataplane() throws StartException {
        final DataplaneSettings settings = new DataplaneSettings(config.threading().mode(),
                config.threading().shards(), config.threading().spin(), config.ringSlots(),
                config.sockets().sourcePorts(), config.sockets().receiveBuffer(), config.sockets().sendBuffer(),
                config.sockets().gso(), config.sockets().gro(), config.encap().checksum(),
                config.encap().uniformDscp(), config.self().address().version(), config.self().address(),
                config.encap().port(), config.encap().tunnel(),
                flowSettings());
        try {
            return DataplaneFactory.open(settings, publisher.current());
        } catch (IOException e) {
            throw new StartException("the underlay's sockets: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new StartException("io_uring cannot be used (does the sysctl kernel.io_uring_disabled or a container"
                    + " runtime's seccomp profile forbid it?): " + e.getMessage(), e);
        }
    }

    private FlowSettings flowSettings() {
        final EjectionConfig ejection = config.services().ejection();
        final Path socket = config.controlSocket();
        return new FlowSettings(config.services().maxFlows() / config.threading().shards(),
                socket.resolveSibling(socket.getFileName() + ".flows"), ejection.enabled() ? ejection.failures() : 0,
                ejection.retrySeconds(), config.services().masqueradeAll());
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
