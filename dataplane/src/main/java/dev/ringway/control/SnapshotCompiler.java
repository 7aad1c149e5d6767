package dev.ringway.control;

import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Fib;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.fib.Vtep;
import dev.ringway.fib.VtepTable;
import dev.ringway.service.ServiceTable;
import dev.ringway.snapshot.Self;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Wanted state and live ports in, tables out. Pure: no state, no system calls. */
final class SnapshotCompiler {
    private static final Prefix ALL_IPV4 = new Prefix(4, 0, 0, 0);
    private static final Prefix ALL_IPV6 = new Prefix(6, 0, 0, 0);

    private SnapshotCompiler() {
    }

    /**
     * @param self  this node
     * @param vteps the other nodes' end points by node name
     * @param host  the node's own port, or null while it is not open
     * @param pods  live pods of this node and their ports
     * @param services compiled elsewhere
     * @param addresses this node's own, beside the one of its end point
     * @param settled  all pods that were connected before are, and Services are known
     */
    static Snapshot compile(long generation, ClusterSpec cluster, NodeSpec self, List<IpAddress> addresses,
            Map<String, Vtep> vteps, TunPort host, Map<PodSpec, TunPort> pods, ServiceTable services,
            boolean settled) {
        final Prefix[] own = self.podCidrs().toArray(new Prefix[0]);
        final List<IpAddress> sources = new ArrayList<>(addresses);
        if (!sources.contains(self.address())) {
            sources.add(self.address());
        }
        return new Snapshot(generation, new Fib(routes(cluster, self, vteps, host, pods)),
                new VtepTable(vteps.values()), ports(host, pods),
                new Self(self.mac(), self.gateway(4), self.gateway(6), Prefix.networkAddress(own, 4),
                        Prefix.networkAddress(own, 6), sources.toArray(new IpAddress[0]), own,
                        self.outsideClients(), settled), services);
    }

    /** Later lines win where two prefixes are equal, as when the cluster's range is that of its only node. */
    private static Map<Prefix, Adjacency> routes(ClusterSpec cluster, NodeSpec self, Map<String, Vtep> vteps,
            TunPort host, Map<PodSpec, TunPort> pods) {
        final Map<Prefix, Adjacency> routes = new HashMap<>();
        if (host != null) {
            routes.put(ALL_IPV4, Adjacency.host(host.number()));
            routes.put(ALL_IPV6, Adjacency.host(host.number()));
        }
        for (Prefix range : cluster.podCidrs()) {
            routes.put(range, Adjacency.UNREACHABLE);
        }
        for (Prefix range : cluster.serviceCidrs()) {
            routes.put(range, Adjacency.UNREACHABLE);
        }
        for (NodeSpec node : cluster.nodes()) {
            final Vtep vtep = vteps.get(node.name());
            if (vtep != null) {
                final Adjacency tunnel = Adjacency.tunnel(vtep);
                for (Prefix range : node.podCidrs()) {
                    routes.put(range, tunnel);
                }
            }
        }
        for (Prefix range : self.podCidrs()) {
            routes.put(range, Adjacency.UNREACHABLE);
        }
        if (host != null) {
            for (IpAddress gateway : self.gateways()) {
                routes.put(gateway.asPrefix(), Adjacency.host(host.number()));
            }
        }
        pods.forEach((pod, port) -> {
            final Adjacency local = Adjacency.pod(port.number());
            for (IpAddress address : pod.addresses()) {
                routes.put(address.asPrefix(), local);
            }
        });
        return routes;
    }

    private static TunPort[] ports(TunPort host, Map<PodSpec, TunPort> pods) {
        int most = host == null ? -1 : host.number();
        for (TunPort port : pods.values()) {
            most = Math.max(most, port.number());
        }
        final TunPort[] ports = new TunPort[most + 1];
        if (host != null) {
            ports[host.number()] = host;
        }
        for (TunPort port : pods.values()) {
            ports[port.number()] = port;
        }
        return ports;
    }
}
