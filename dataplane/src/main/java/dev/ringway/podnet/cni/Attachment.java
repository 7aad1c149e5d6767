package dev.ringway.podnet.cni;

import dev.ringway.control.PodSpec;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.ipam.Lease;
import dev.ringway.podnet.HostPort;
import dev.ringway.tun.Shaping;
import java.nio.file.Path;
import java.util.List;

/**
 * A sandbox's interface that ADD made, with all that is needed to connect it again: what the state file holds.
 *
 * @param network   name of the network that it belongs to, for GC
 * @param namespace of the pod, or empty if the runtime did not tell
 * @param pod       its name, or empty
 * @param uid       of the pod, or empty
 * @param netns     path of the namespace as the runtime gave it
 * @param netnsId   identity of the namespace's file; another one at the path is another namespace
 * @param leases    addresses, with gateways for the result
 * @param mtu       in bytes, or 0: the node's pods' MTU
 * @param ipam      who gave the addresses: ringway, or the plugin's type
 */
record Attachment(String containerId, String ifname, String network, String namespace, String pod, String uid,
        String netns, String netnsId, List<Lease> leases, int mtu, List<Prefix> routes, List<HostPort> ports,
        Shaping shaping, String ipam) {
    Attachment {
        leases = List.copyOf(leases);
        routes = List.copyOf(routes);
        ports = List.copyOf(ports);
    }

    String id() {
        return containerId + "/" + ifname;
    }

    /** namespace/name of the pod, or of network and sandbox if the runtime did not tell. */
    String name() {
        return pod.isEmpty() ? network + "/" + containerId : (namespace.isEmpty() ? network : namespace) + "/" + pod;
    }

    List<IpAddress> addresses() {
        return leases.stream().map(Lease::address).toList();
    }

    PodSpec spec() {
        return new PodSpec(name(), containerId, Path.of(netns).normalize(), ifname, addresses(), shaping, mtu, routes);
    }
}
