package dev.ringway.agent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.config.SourceConfig;
import dev.ringway.config.SwitchConfig;
import dev.ringway.control.IpText;
import dev.ringway.control.PodSpec;
import dev.ringway.control.kubernetes.KubernetesSettings;
import dev.ringway.control.kubernetes.KubernetesSource;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.fib.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Opens what {@code cluster.source} names, and waits until it knows this node's place in the cluster. */
final class Sources {
    private static final System.Logger LOG = System.getLogger(Sources.class.getName());

    private Sources() {
    }

    /** The source of nodes and Services, or null if they come from files. */
    static ClusterSource open(SwitchConfig config, String version) {
        return switch (config.source()) {
            case SourceConfig.Files files -> null;
            case SourceConfig.Kubernetes kubernetes -> KubernetesSource.open(new KubernetesSettings(config.node(),
                    config.cluster().podCidrs(), config.cluster().serviceCidrs(), config.encap().tunnel(), 0,
                    kubernetes.underlayVersion(), kubernetes.keepsClientAddress(), version, kubernetes.apiServer(),
                    kubernetes.kubeconfig(), kubernetes.stateFile()), config.services().balance());
        };
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
                    if (whole.self().podCidrs().stream().noneMatch(
                            range -> range.contains(address.version(), address.hi(), address.lo()))) {
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
