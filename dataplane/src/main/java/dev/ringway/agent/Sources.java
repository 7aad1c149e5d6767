package dev.ringway.agent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.config.SourceConfig;
import dev.ringway.config.SwitchConfig;
import dev.ringway.control.IpText;
import dev.ringway.control.PodSpec;
import dev.ringway.control.etcd.EtcdSettings;
import dev.ringway.control.etcd.EtcdSource;
import dev.ringway.control.kubernetes.KubernetesSettings;
import dev.ringway.control.kubernetes.KubernetesSource;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Opens what {@code cluster.source} names, and waits until it knows this node's place in the cluster. */
final class Sources {
    /** Any port will do. */
    private static final int DISCARD = 9;
    private static final System.Logger LOG = System.getLogger(Sources.class.getName());

    private Sources() {
    }

    /** The source of nodes and Services, or null if they come from files. */
    static ClusterSource open(SwitchConfig config, String version) throws StartException {
        return switch (config.source()) {
            case SourceConfig.Files files -> null;
            case SourceConfig.Kubernetes kubernetes -> KubernetesSource.open(new KubernetesSettings(config.node(),
                    config.cluster().podCidrs(), config.cluster().serviceCidrs(), config.encap().tunnel(), 0,
                    kubernetes.underlayVersion(), kubernetes.outsideClients(), version, kubernetes.apiServer(),
                    kubernetes.kubeconfig(), kubernetes.stateFile()), config.services().balance());
            case SourceConfig.Etcd etcd -> EtcdSource.open(new EtcdSettings(config.node(),
                    config.cluster().podCidrs(), config.cluster().serviceCidrs(), etcd.podCidrs(),
                    etcd.address() == null ? ownAddress(etcd.endpoints().getFirst()) : etcd.address(),
                    config.services().zone(), 0, etcd.outsideClients(), version, etcd.endpoints(), etcd.prefix(),
                    etcd.user(), password(etcd.passwordFile()), etcd.ca(), etcd.cert(), etcd.key(),
                    etcd.leaseSeconds(), etcd.graceSeconds(), etcd.stateFile()), config.services().balance());
        };
    }

    /** The address that this node has on the way to there; no packet is sent to find out. */
    private static IpAddress ownAddress(String endpoint) throws StartException {
        final URI uri = URI.create(endpoint);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? DISCARD : uri.getPort()));
            if (!socket.getLocalAddress().isLoopbackAddress() && !socket.getLocalAddress().isAnyLocalAddress()) {
                return IpText.address(socket.getLocalAddress().getHostAddress().replaceFirst("%.*", ""));
            }
        } catch (IOException | IllegalArgumentException | UncheckedIOException e) {
            throw new StartException("etcd.address: auto: which address leads to " + endpoint + " is not known ("
                    + e.getMessage() + "); set it to this node's address on the underlay", e);
        }
        throw new StartException("etcd.address: " + endpoint + " is this machine itself; set it to this node's address"
                + " on the underlay");
    }

    private static String password(Path file) throws StartException {
        try {
            return file == null ? null : Files.readString(file).strip();
        } catch (IOException e) {
            throw new StartException("etcd.passwordFile: " + e.getMessage(), e);
        }
    }

    /** Waiting for a source; {@link #poll} is called until there is a result. */
    static final class Joining {
        private final ClusterSource source;
        private final SwitchConfig config;
        private final Set<String> told = new HashSet<>();

        Joining(ClusterSource source, SwitchConfig config) {
            this.source = source;
            this.config = config;
            LOG.log(INFO, "node " + config.node() + " looks for its place in the cluster");
        }

        /**
         * The configuration with the cluster's nodes, or null: not known yet. What is in the way is told once.
         *
         * @throws StartException if what the source says of this node and what its file says cannot both be
         */
        SwitchConfig poll(long nowMs) throws StartException {
            final ClusterSource.Change change = source.poll(nowMs);
            for (String warning : source.warnings()) {
                if (told.add(warning)) {
                    LOG.log(WARNING, warning);
                }
            }
            if (change == null || change.cluster() == null) {
                return null;
            }
            final SwitchConfig whole = config.with(change.cluster());
            checkPods(whole);
            return whole;
        }

        private static void checkPods(SwitchConfig whole) throws StartException {
            for (PodSpec pod : whole.pods()) {
                for (IpAddress address : pod.addresses()) {
                    if (!Prefix.anyContains(whole.self().podCidrs(), address)) {
                        throw new StartException("pods: " + pod.name() + " has " + IpText.text(address)
                                + ", which lies in none of this node's ranges: " + ranges(whole));
                    }
                }
            }
        }

        private static String ranges(SwitchConfig whole) {
            final List<String> ranges = whole.self().podCidrs().stream().map(IpText::text).toList();
            return String.join(", ", ranges);
        }
    }
}
