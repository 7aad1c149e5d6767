package dev.ringway.control.kubernetes;

import dev.ringway.control.MacAddress;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.nio.file.Path;
import java.util.List;

/**
 * What the source must be told.
 *
 * @param node            name of this node's Node
 * @param podCidrs        ranges that hold all pods of the cluster; the API does not have them
 * @param serviceCidrs    ranges of cluster IPs; empty: not known
 * @param tunnel          the encapsulation, the same on all nodes
 * @param mac             MAC of this node's tunnel end, or 0: the one that follows from its name
 * @param underlayVersion IP version of the tunnel, the same on all nodes; 0: IPv4 if this node has an InternalIP of it
 * @param outsideClients how this node hands clients of Services outside the cluster on to others
 * @param version         of Ringway, for the Node's annotations
 * @param apiServer       URL of the API server, or null: as a pod of the cluster finds it (needs cluster IPs to work
 *                        without this switch), or as the kubeconfig says
 * @param kubeconfig      file, or null: the pod's service account
 * @param stateFile       where the last state is kept for a start without the API
 */
public record KubernetesSettings(String node, List<Prefix> podCidrs, List<Prefix> serviceCidrs, TunnelSettings tunnel,
        long mac, int underlayVersion, OutsideClients outsideClients, String version, String apiServer, Path kubeconfig,
        Path stateFile) {
    public KubernetesSettings {
        podCidrs = List.copyOf(podCidrs);
        serviceCidrs = List.copyOf(serviceCidrs);
    }

    long vtepMac() {
        return mac == 0 ? MacAddress.ofNode(node) : mac;
    }
}
