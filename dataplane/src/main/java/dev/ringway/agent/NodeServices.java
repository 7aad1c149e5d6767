package dev.ringway.agent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.config.ServicesConfig;
import dev.ringway.config.SourceConfig;
import dev.ringway.config.SwitchConfig;
import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.files.FileSource;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.HealthCheck;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceFeed;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.SourceState;
import dev.ringway.control.services.Steered;
import dev.ringway.fib.Prefix;
import dev.ringway.observe.HealthCheckServer;
import dev.ringway.observe.metrics.Programming;
import dev.ringway.podnet.HostServiceSettings;
import dev.ringway.podnet.HostServices;
import dev.ringway.podnet.NodePortAddresses;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Services of this node, from the file to where they are in force: the switch's tables, the kernel's maps for clients
 * outside, and the health check ports. Belongs to the daemon's main thread.
 */
final class NodeServices {
    private static final System.Logger LOG = System.getLogger(NodeServices.class.getName());
    private static final List<Prefix> EVERYWHERE = List.of(IpText.prefix("0.0.0.0/0"), IpText.prefix("::/0"));
    /** How often the node's addresses are looked at, in ticks. */
    private static final int ADDRESS_TICKS = 10;
    /** After that, load balancers are told to ask other nodes. */
    private static final long MOST_FAILING_MS = 60_000;

    private final SnapshotPublisher publisher;
    private final ServicesConfig config;
    /** Where what files said is kept over a restart, or null: Services come from elsewhere. */
    private final Path stateFile;
    private final ClusterSource cluster;
    private final String device;
    private final HealthCheckServer checks;
    private final Programming programming;
    private NodePortAddresses addresses = new NodePortAddresses(List.of(), List.of());
    private FileSource files;
    private ServiceFeed feed;
    private String zone;
    private HostServices steering;
    private volatile Compiled compiled;
    /** Those of the feed that were told. */
    private List<String> warnings = List.of();
    /** What else is wrong. */
    private volatile List<String> ownWarnings = List.of();
    private final Failures failures = new Failures();
    private volatile Runnable news = () -> { };
    private int ticks;

    /**
     * @param cluster     where Services come from, or null: from files, if the configuration names any
     * @param healthy     whether the switch does its work, for load balancers
     * @param programming told when changes are in force
     */
    NodeServices(SwitchConfig config, ClusterSource cluster, SnapshotPublisher publisher, BooleanSupplier healthy,
            Programming programming) {
        this.programming = programming;
        this.cluster = cluster;
        this.publisher = publisher;
        this.config = config.services();
        stateFile = config.source() instanceof SourceConfig.Files from ? from.stateFile() : null;
        zone = config.services().zone();
        device = config.host().interfaceName();
        checks = new HealthCheckServer(healthy);
    }

    /** Brings what the files say into force; what does not succeed is told and tried again by {@link #tick}. */
    void start() {
        final SnapshotPublisher.View view = publisher.view();
        lookForAddresses(view);
        if (cluster != null) {
            cluster.setNode(nodeView(view));
            feed = cluster;
        } else if (config.source() != null) {
            files = new FileSource(config.source(), stateFile, nodeView(view), config.balance());
            feed = files;
            files.start(programming::noticed, () -> news.run());
        }
        steering = new HostServices(device, settings(view.cluster(), view.self()));
        bringIntoForce();
    }

    /** Looks for changes; to be called about once a second. */
    void tick() {
        if (++ticks % ADDRESS_TICKS == 0 && feed != null) {
            lookForAddresses(publisher.view());
            configure();
            failures.attempt(Failures.Kind.CHECK, "", steering::check);
        }
        bringIntoForce();
    }

    /** Brings into force what has been read of files, without waiting for the next {@link #tick}. */
    void look() {
        if (files != null) {
            bringIntoForce();
        }
    }

    /** Names what is run, on any thread, when {@link #look} would find something new; now as well. */
    void onNews(Runnable wake) {
        news = wake;
        wake.run();
    }

    /** Brings what the cluster's source has told into force. */
    void take(ClusterSource.Change change) {
        if (config.zone().isEmpty() && !change.zone().equals(zone)) {
            zone = change.zone();
            cluster.setNode(nodeView(publisher.view()));
        }
        if (change.services() != null) {
            final Compiled before = compiled;
            take(change.services());
            bringIntoForce(before);
        }
    }

    /** Takes note of another cluster or other ranges of this node. */
    void configure() {
        final SnapshotPublisher.View view = publisher.view();
        if (feed != null) {
            feed.setNode(nodeView(view));
        }
        failures.attempt(Failures.Kind.STEERING, "",
                () -> steering.configure(settings(view.cluster(), view.self())));
    }

    /** True if all Services there are have been told of once, so that what is not known does not exist. */
    boolean isKnown() {
        return cluster == null || compiled != null;
    }

    /** True unless what comes from outside could not be steered for longer than a passing failure lasts. */
    boolean isHealthy() {
        return failures.lastMs() < MOST_FAILING_MS;
    }

    ServiceListing listing() {
        return feed == null ? ServiceListing.NONE : new NodeListing(feed, () -> ownWarnings, failures::text);
    }

    /** What the kernel sends to the switch; any thread. */
    List<Steered> steered() {
        final Compiled now = compiled;
        return now == null ? List.of() : now.steered();
    }

    /** @param remove false: what the kernel steers to the switch stays so for the next daemon */
    void close(boolean remove) {
        if (files != null) {
            files.close();
        }
        checks.close();
        if (steering != null) {
            steering.close(remove);
        }
    }

    private void bringIntoForce() {
        final Compiled before = compiled;
        if (files != null) {
            programming.begin();
            final Compiled next = files.poll();
            if (next != null) {
                take(next);
            }
        }
        bringIntoForce(before);
        if (files != null && !files.isBusy()) {
            programming.end();
        }
    }

    /** @param before what was in force until now */
    private void bringIntoForce(Compiled before) {
        if (feed != null) {
            tellNew(feed.warnings());
        }
        failures.attempt(Failures.Kind.STEERING, "",
                () -> steering.apply(compiled == null ? List.of() : compiled.steered()));
        if (compiled != null) {
            // As kube-proxy: where NodePorts are, or everywhere if nothing is said.
            checks.apply(compiled.healthChecks(),
                    config.nodePortAddresses().isEmpty() ? null : addresses.nodePorts());
            ownWarnings = checks.missing().stream().map(port -> "healthCheckNodePort " + port + " of "
                    + serviceOf(port) + ": it cannot be opened on this node (the log says why), so that load balancers"
                    + " may get no answer of ours").toList();
            if (cluster != null && !checks.missing().isEmpty()) {
                cluster.warn("PortTaken", "health check node ports that cannot be opened on this node: "
                        + checks.missing());
            }
        }
        if (compiled != before) {
            programming.servicesInForce(compiled.changes());
        }
        if (feed != null) {
            final SourceState source = feed.sourceState();
            programming.servicesInLine(compiled != null && failures.text() == null && source.current(),
                    source.readMs());
        }
    }

    private String serviceOf(int healthCheckNodePort) {
        for (HealthCheck check : compiled.healthChecks()) {
            if (check.nodePort() == healthCheckNodePort) {
                return check.namespace() + "/" + check.name();
            }
        }
        return "no Service";
    }

    private void take(Compiled next) {
        publisher.setServices(next.table());
        compiled = next;
        LOG.log(INFO, "Services: " + next.table().size() + " addresses and ports, "
                + next.table().backendCount() + " backends");
    }

    private void tellNew(List<String> now) {
        final Set<String> before = new HashSet<>(warnings);
        for (String warning : now) {
            if (!before.contains(warning)) {
                LOG.log(WARNING, warning);
            }
        }
        warnings = now;
    }

    private void lookForAddresses(SnapshotPublisher.View view) {
        if (cluster == null && config.source() == null) {
            return;
        }
        failures.attempt(Failures.Kind.ADDRESSES, "this node's addresses, which NodePorts are open on: ", () -> {
            addresses = NodePortAddresses.find(device,
                    config.nodePortAddresses().isEmpty() ? EVERYWHERE : config.nodePortAddresses(),
                    view.cluster().serviceCidrs());
            publisher.setAddresses(addresses.all());
        });
    }

    private NodeView nodeView(SnapshotPublisher.View view) {
        final HostServiceSettings settings = settings(view.cluster(), view.self());
        return new NodeView(view.self().name(), zone, addresses.all(), addresses.nodePorts(),
                settings.serviceAddress(4), settings.serviceAddress(6), new NodeView.Ranges(view.self().podCidrs(),
                        view.cluster().podCidrs(), view.cluster().serviceCidrs()));
    }

    private HostServiceSettings settings(ClusterSpec cluster, NodeSpec self) {
        return new HostServiceSettings(cluster.podCidrs(), self, cluster.serviceCidrs(), addresses.nodePorts());
    }
}
