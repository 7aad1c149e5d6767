package dev.ringway.control.etcd;

import dev.ringway.control.MacAddress;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.nio.file.Path;
import java.util.List;

/**
 * What the source must be told.
 *
 * @param node               this node's name
 * @param podCidrs           ranges that hold all pods of the cluster, the same on all nodes
 * @param serviceCidrs       ranges of cluster IPs; empty: not known
 * @param nodePodCidrs       this node's ranges; empty: free ones are claimed, one of each IP version of podCidrs
 * @param address            underlay address of this node's tunnel end
 * @param zone               this node's zone; empty: none
 * @param mac                MAC of this node's tunnel end, or 0: the one that follows from its name
 * @param outsideClients how this node hands clients of Services outside the cluster on to others
 * @param version            of Ringway, for people who look at the keys
 * @param endpoints          URLs of etcd's members
 * @param prefix             what all keys begin with, as in {@code /ringway}
 * @param user               user and password of etcd, or null: none are needed
 * @param ca                 PEM file of the authorities that etcd's certificate may come from; null: the JVM's own
 * @param cert               PEM file of the certificate to show etcd, or null: none
 * @param key                PEM file (PKCS 8) of its key, or null
 * @param leaseSeconds       how long this node's key outlives it
 * @param graceSeconds       how long a node whose key has vanished is still sent packets
 * @param stateFile          where the last state is kept for a start without etcd
 */
public record EtcdSettings(String node, List<Prefix> podCidrs, List<Prefix> serviceCidrs, List<Prefix> nodePodCidrs,
        IpAddress address, String zone, long mac, OutsideClients outsideClients, String version, List<String> endpoints,
        String prefix, String user, String password, Path ca, Path cert, Path key, int leaseSeconds, int graceSeconds,
        Path stateFile) {
    public static final String DEFAULT_PREFIX = "/ringway";
    public static final int DEFAULT_LEASE_SECONDS = 15;
    public static final int DEFAULT_GRACE_SECONDS = 60;

    public EtcdSettings {
        podCidrs = List.copyOf(podCidrs);
        serviceCidrs = List.copyOf(serviceCidrs);
        nodePodCidrs = List.copyOf(nodePodCidrs);
        endpoints = List.copyOf(endpoints);
        if (prefix.isEmpty() || prefix.endsWith("/")) {
            throw new IllegalArgumentException("the prefix of etcd's keys must be like /ringway, without a / at its"
                    + " end, not '" + prefix + "'");
        }
    }

    long vtepMac() {
        return mac == 0 ? MacAddress.ofNode(node) : mac;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "EtcdSettings[node=" + node + ", endpoints=" + endpoints + ", prefix=" + prefix + "]";
    }
}
