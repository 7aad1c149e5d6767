package dev.ringway.shard;

import dev.ringway.control.IpText;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Fib;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import dev.ringway.fib.Vtep;
import dev.ringway.fib.VtepTable;
import dev.ringway.linux.Fd;
import dev.ringway.linux.SockAddr;
import dev.ringway.service.ServiceTable;
import dev.ringway.snapshot.Self;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunOffloads;
import dev.ringway.tun.TunPort;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The cluster that the path tests are in, as one of its three nodes sees it: the node's own port and seven pods of
 * which each is different. Node n has 10.244.n.0/24 and fd00:244:n::/64; its pod p has the addresses 10 + p in them.
 */
final class Topology {
    static final int HOST = 0;
    /** Pods with all offloads and the usual MTU. */
    static final int POD_A = 1;
    static final int POD_B = 2;
    /** MTU 1300. */
    static final int POD_SMALL = 3;
    /** Plain packets without virtio_net_hdr. */
    static final int POD_PLAIN = 4;
    /** virtio_net_hdr but no offload. */
    static final int POD_HEADER = 5;
    /** TCP super-packets but no UDP ones: before kernel 6.2. */
    static final int POD_TCP = 6;
    /** MTU 9000, so that it can send what no tunnel takes. */
    static final int POD_JUMBO = 7;

    static final int MTU = 1450;
    static final int NODES = 3;
    /** The underlay path to this node has MTU 1400, to the others 1500. */
    static final int FAR_NODE = 3;

    private final int shards;
    private final int self;
    private final int underlayVersion;
    private final List<Vtep> vteps = new ArrayList<>();
    private final TunPort[] ports;
    private final List<IpAddress> addresses = new ArrayList<>();
    private final Map<Prefix, Adjacency> routes = new HashMap<>();
    private ServiceTable services = ServiceTable.EMPTY;
    private Set<Integer> keepers = Set.of();
    private OutsideClients outsideClients = OutsideClients.MASQUERADE;
    private boolean settled = true;
    private long generation;

    /**
     * @param self            number of the node whose view it is
     * @param underlayVersion 4 or 6
     * @param udpPort         where the tunnel's datagrams go
     */
    Topology(int self, int underlayVersion, int udpPort) {
        this(self, underlayVersion, udpPort, 1);
    }

    /** @param shards port p is read by shard p modulo their number */
    Topology(int self, int underlayVersion, int udpPort, int shards) {
        this.shards = shards;
        this.self = self;
        this.underlayVersion = underlayVersion;
        addresses.add(underlay(self));
        ports = new TunPort[] {
            port(HOST, "host", TunOffloads.ALL, MTU, true),
            port(POD_A, "a", TunOffloads.ALL, MTU, false),
            port(POD_B, "b", TunOffloads.ALL, MTU, false),
            port(POD_SMALL, "small", TunOffloads.ALL, 1300, false),
            port(POD_PLAIN, "plain", TunOffloads.NONE, MTU, false),
            port(POD_HEADER, "header", new TunOffloads(true, false, false), MTU, false),
            port(POD_TCP, "tcp", TunOffloads.TSO, MTU, false),
            port(POD_JUMBO, "jumbo", TunOffloads.ALL, 9000, false)};
        route("0.0.0.0/0", Adjacency.host(HOST));
        route("::/0", Adjacency.host(HOST));
        route("10.244.0.0/16", Adjacency.UNREACHABLE);
        route("fd00:244::/32", Adjacency.UNREACHABLE);
        for (int node = 1; node <= NODES; node++) {
            final Adjacency way;
            if (node == self) {
                way = Adjacency.UNREACHABLE;
            } else {
                final Vtep vtep = vtep(node, node == FAR_NODE ? 1400 : 1500, udpPort);
                vteps.add(vtep);
                way = Adjacency.tunnel(vtep);
            }
            route(range4(node), way);
            route(range6(node), way);
        }
        route(gateway4(self) + "/32", Adjacency.host(HOST));
        route(gateway6(self) + "/128", Adjacency.host(HOST));
        for (int pod = POD_A; pod < ports.length; pod++) {
            route(pod4(self, pod) + "/32", Adjacency.pod(pod));
            route(pod6(self, pod) + "/128", Adjacency.pod(pod));
        }
    }

    /** IPv4 address of a pod. */
    static String pod4(int node, int pod) {
        return "10.244." + node + "." + (10 + pod);
    }

    static String pod6(int node, int pod) {
        return "fd00:244:" + node + "::" + Integer.toHexString(10 + pod);
    }

    static String gateway4(int node) {
        return "10.244." + node + ".1";
    }

    static String gateway6(int node) {
        return "fd00:244:" + node + "::1";
    }

    /** Stands for a node in translated packets. */
    static String service4(int node) {
        return "10.244." + node + ".0";
    }

    static String service6(int node) {
        return "fd00:244:" + node + "::";
    }

    private static String range4(int node) {
        return "10.244." + node + ".0/24";
    }

    private static String range6(int node) {
        return "fd00:244:" + node + "::/64";
    }

    static long mac(int node) {
        return 0x02_00_00_00_00_00L + node;
    }

    /** Underlay address of a node. */
    IpAddress underlay(int node) {
        return IpText.address(underlayVersion == 4 ? "172.30.0." + node : "fd00:30::" + node);
    }

    TunPort port(int number) {
        return ports[number];
    }

    TunPort[] ports() {
        return ports.clone();
    }

    /** The end point of another node; its index is the node's number. */
    Vtep vtep(int node) {
        return vteps.stream().filter(vtep -> vtep.index() == node).findFirst().orElseThrow();
    }

    /** Takes a pod away: its routes and its port. */
    void removePod(int pod) {
        routes.remove(IpText.prefix(pod4(self, pod) + "/32"));
        routes.remove(IpText.prefix(pod6(self, pod) + "/128"));
        ports[pod] = null;
    }

    /** Another node leaves the cluster. */
    void removeNode(int node) {
        vteps.removeIf(vtep -> vtep.index() == node);
        routes.put(IpText.prefix(range4(node)), Adjacency.UNREACHABLE);
        routes.put(IpText.prefix(range6(node)), Adjacency.UNREACHABLE);
    }

    /** Sends a prefix somewhere else. */
    void route(String prefix, Adjacency to) {
        routes.put(IpText.prefix(prefix), to);
    }

    /** The tables as they are now. */
    Snapshot snapshot() {
        return new Snapshot(++generation, new Fib(routes), new VtepTable(vteps), ports.clone(),
                new Self(mac(self), IpText.address(gateway4(self)), IpText.address(gateway6(self)),
                        IpText.address(service4(self)), IpText.address(service6(self)),
                        addresses.toArray(new IpAddress[0]),
                        new Prefix[] {IpText.prefix(range4(self)), IpText.prefix(range6(self))},
                        clients(self), settled), services);
    }

    /** Gives this node one more address. */
    void nodeAddress(String address) {
        addresses.add(IpText.address(address));
    }

    /** Pods of a former daemon may still be taken over. */
    void starting() {
        settled = false;
    }

    /** No more. */
    void settled() {
        settled = true;
    }

    /** These nodes keep the addresses of clients outside. */
    void keepers(Integer... nodes) {
        outsideClients(OutsideClients.KEEP, nodes);
    }

    /** Clients outside are known to these nodes so, and masqueraded by the others. */
    void outsideClients(OutsideClients how, Integer... nodes) {
        outsideClients = how;
        keepers = Set.of(nodes);
        for (int i = 0; i < vteps.size(); i++) {
            final Vtep before = vteps.get(i);
            final Vtep vtep = new Vtep(before.index(), before.node(), before.version(), before.hi(), before.lo(),
                    before.mac(), before.socketAddress(), before.socketAddressLength(), before.pathMtu(0),
                    clients(before.index()), shards);
            vteps.set(i, vtep);
            route(range4(before.index()), Adjacency.tunnel(vtep));
            route(range6(before.index()), Adjacency.tunnel(vtep));
        }
    }

    /** Switches by these services from the next snapshot on. */
    void services(ServiceTable table) {
        services = table;
    }

    private TunPort port(int number, String name, TunOffloads offloads, int mtu, boolean host) {
        return new TunPort(number, name, "eth0", new Fd(-1), offloads, mtu, host, number % shards,
                shards);
    }

    private Vtep vtep(int node, int mtu, int udpPort) {
        final IpAddress address = underlay(node);
        final long name = Arena.global().allocate(SockAddr.MAX_LENGTH, 8).address();
        final int length = SockAddr.write(name, underlayVersion, address.hi(), address.lo(), udpPort);
        return new Vtep(node, "node" + node, underlayVersion, address.hi(), address.lo(), mac(node), name, length, mtu,
                clients(node), shards);
    }

    private OutsideClients clients(int node) {
        return keepers.contains(node) ? outsideClients : OutsideClients.MASQUERADE;
    }
}
