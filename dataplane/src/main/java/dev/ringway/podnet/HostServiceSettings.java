package dev.ringway.podnet;

import dev.ringway.control.NodeSpec;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.util.List;

/**
 * What the node's rules for Services are made of, besides the Services.
 *
 * @param podCidrs          ranges of all pods of the cluster
 * @param self              this node
 * @param clusterCidrs      ranges of ClusterIPs, which the node's processes reach through the node's device
 * @param nodePortAddresses addresses of the node that NodePorts are open on
 */
public record HostServiceSettings(List<Prefix> podCidrs, NodeSpec self, List<Prefix> clusterCidrs,
        List<IpAddress> nodePortAddresses) {
    public HostServiceSettings {
        podCidrs = List.copyOf(podCidrs);
        clusterCidrs = List.copyOf(clusterCidrs);
        nodePortAddresses = List.copyOf(nodePortAddresses);
    }

    /**
     * Where the kernel steers what comes from outside: the network address of the node's first pod range, which no pod
     * has and which the kernel routes into the node's device. Null if the node has no pods of this version.
     */
    public IpAddress serviceAddress(int version) {
        return Prefix.networkAddress(self.podCidrs().toArray(new Prefix[0]), version);
    }

    /** True if clients outside must reach the switch as they are, since another node may answer them. */
    boolean direct() {
        return self.outsideClients() == OutsideClients.DIRECT;
    }
}
