package dev.ringway.control;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Vtep;
import dev.ringway.linux.SockAddr;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tunnel end points of the other nodes. A node keeps its {@link Vtep} as long as what the tunnel needs of it stays
 * the same, so that counters and the learned path MTU survive every publication. Used under the publisher's lock.
 *
 * <p>A Vtep's socket address is native memory that is never freed, because a send that is under way may point to it:
 * 32 bytes for each time a node joins or moves.
 */
final class VtepRegistry {
    private final int udpPort;
    private final int underlayMtu;
    private final int shards;
    private Map<String, Entry> entries = Map.of();
    private Traffic retired = Traffic.ZERO;
    private int nextIndex;

    private record Entry(IpAddress address, long mac, int mtu, OutsideClients outsideClients, Vtep vtep) {
        boolean fits(NodeSpec node) {
            return address.equals(node.address()) && mac == node.mac() && mtu == node.mtu()
                    && outsideClients == node.outsideClients();
        }
    }

    /**
     * @param udpPort     port of the tunnel on every node
     * @param underlayMtu MTU of the own underlay interface: no path is larger
     * @param shards      number of shards, each with its own counters
     */
    VtepRegistry(int udpPort, int underlayMtu, int shards) {
        this.udpPort = udpPort;
        this.underlayMtu = underlayMtu;
        this.shards = shards;
    }

    /** Brings the end points in line with the cluster; returns those of all nodes but {@code self}, by node name. */
    Map<String, Vtep> update(ClusterSpec cluster, String self) {
        final Map<String, Entry> next = new LinkedHashMap<>();
        final Map<String, Vtep> vteps = new LinkedHashMap<>();
        for (NodeSpec node : cluster.nodes()) {
            if (!node.name().equals(self)) {
                final Entry before = entries.get(node.name());
                final Entry entry = before != null && before.fits(node) ? before : create(node);
                next.put(node.name(), entry);
                vteps.put(node.name(), entry.vtep);
            }
        }
        entries.forEach((name, entry) -> {
            if (next.get(name) != entry) {
                retired = retired.plus(Traffic.of(entry.vtep));
            }
        });
        entries = next;
        return Collections.unmodifiableMap(vteps);
    }

    /** What went through end points that are no more, so that totals never go back. */
    Traffic retired() {
        return retired;
    }

    private Entry create(NodeSpec node) {
        final IpAddress address = node.address();
        final long memory = Arena.global().allocate(SockAddr.MAX_LENGTH, 8).address();
        final int length = SockAddr.write(memory, address.version(), address.hi(), address.lo(), udpPort);
        final int mtu = node.mtu() == 0 ? underlayMtu : Math.min(underlayMtu, node.mtu());
        final Vtep vtep = new Vtep(nextIndex++, node.name(), address.version(), address.hi(), address.lo(), node.mac(),
                memory, length, mtu, node.outsideClients(), shards);
        return new Entry(address, node.mac(), node.mtu(), node.outsideClients(), vtep);
    }
}
