package dev.ringway.config;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.nio.file.Path;
import java.util.List;

/** Where the cluster's nodes and Services come from: the key {@code cluster.source} and the section of that name. */
public sealed interface SourceConfig {
    /**
     * This file, and the one that {@code services.file} names.
     *
     * @param stateFile where the Services last read are kept for a start while they cannot be read
     */
    record Files(Path stateFile) implements SourceConfig {
    }

    /**
     * The API of Kubernetes.
     *
     * @param apiServer          URL, or null: as a pod of the cluster finds it, or as the kubeconfig says
     * @param kubeconfig         file, or null: the pod's service account
     * @param underlayVersion    IP version of the tunnel; 0: IPv4 if this node has an InternalIP of it
     * @param outsideClients of this node, as {@code cluster.nodes[].outsideClients}
     * @param stateFile          where the last state is kept for a start without the API
     */
    record Kubernetes(String apiServer, Path kubeconfig, int underlayVersion, OutsideClients outsideClients,
            Path stateFile) implements SourceConfig {
    }

    /**
     * etcd, with the keys that docs/etcd.md tells of.
     *
     * @param endpoints          URLs of its members
     * @param prefix             what all keys begin with
     * @param address            of this node's tunnel end, or null: the one that etcd is reached by
     * @param podCidrs           this node's ranges; empty: free ones are claimed
     * @param user               or null
     * @param passwordFile       or null
     * @param ca                 PEM file, or null
     * @param cert               PEM file, or null
     * @param key                PEM file, or null
     * @param leaseSeconds       how long this node's key outlives it
     * @param graceSeconds       how long a node whose key has vanished is still sent packets
     * @param outsideClients of this node, as {@code cluster.nodes[].outsideClients}
     * @param stateFile          where the last state is kept for a start without etcd
     */
    record Etcd(List<String> endpoints, String prefix, IpAddress address, List<Prefix> podCidrs, String user,
            Path passwordFile, Path ca, Path cert, Path key, int leaseSeconds, int graceSeconds,
            OutsideClients outsideClients, Path stateFile) implements SourceConfig {
        public Etcd {
            endpoints = List.copyOf(endpoints);
            podCidrs = List.copyOf(podCidrs);
        }
    }
}
