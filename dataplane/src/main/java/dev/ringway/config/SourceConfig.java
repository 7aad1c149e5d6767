package dev.ringway.config;

import java.nio.file.Path;

/** Where the cluster's nodes and Services come from: the key {@code cluster.source} and the section of that name. */
public sealed interface SourceConfig {
    /** This file, and the one that {@code services.file} names. */
    record Files() implements SourceConfig {
    }

    /**
     * The API of Kubernetes.
     *
     * @param apiServer          URL, or null: as a pod of the cluster finds it, or as the kubeconfig says
     * @param kubeconfig         file, or null: the pod's service account
     * @param underlayVersion    IP version of the tunnel; 0: IPv4 if this node has an InternalIP of it
     * @param keepsClientAddress of this node, as {@code cluster.nodes[].keepClientAddress}
     * @param stateFile          where the last state is kept for a start without the API
     */
    record Kubernetes(String apiServer, Path kubeconfig, int underlayVersion, boolean keepsClientAddress,
            Path stateFile) implements SourceConfig {
    }
}
