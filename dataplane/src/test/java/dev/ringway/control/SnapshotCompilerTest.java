package dev.ringway.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.fib.Vtep;
import dev.ringway.service.ServiceTable;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotCompilerTest {
    private final NodeSpec self = Clusters.node(1);
    private final TunPort host = Clusters.port(0, "host");
    private final TunPort web = Clusters.port(2, "default/web-1");
    private final PodSpec pod = Clusters.pod("default/web-1", "10.244.1.10", "fd00:244:1::a");

    @Test
    void routes() {
        final ClusterSpec cluster = Clusters.of(self, Clusters.node(2));
        final Map<String, Vtep> vteps = new VtepRegistry(4789, 1500, 1).update(cluster, "node1");
        final Snapshot snapshot = SnapshotCompiler.compile(7, cluster, self,
                List.of(IpText.address("fd00:30::1")), vteps, host, Map.of(pod, web), ServiceTable.EMPTY, true);

        final Adjacency toNode2 = Adjacency.tunnel(vteps.get("node2"));
        final Map<Prefix, Adjacency> expected = new HashMap<>();
        expected.put(IpText.prefix("0.0.0.0/0"), Adjacency.host(0));
        expected.put(IpText.prefix("::/0"), Adjacency.host(0));
        expected.put(IpText.prefix("10.244.0.0/16"), Adjacency.UNREACHABLE);
        expected.put(IpText.prefix("fd00:244::/32"), Adjacency.UNREACHABLE);
        expected.put(IpText.prefix("10.244.2.0/24"), toNode2);
        expected.put(IpText.prefix("fd00:244:2::/64"), toNode2);
        expected.put(IpText.prefix("10.244.1.0/24"), Adjacency.UNREACHABLE);
        expected.put(IpText.prefix("fd00:244:1::/64"), Adjacency.UNREACHABLE);
        expected.put(Clusters.only("10.244.1.1"), Adjacency.host(0));
        expected.put(Clusters.only("fd00:244:1::1"), Adjacency.host(0));
        expected.put(Clusters.only("10.244.1.10"), Adjacency.pod(2));
        expected.put(Clusters.only("fd00:244:1::a"), Adjacency.pod(2));
        assertEquals(expected, snapshot.fib().routes());

        assertEquals(7, snapshot.generation());
        assertArrayEquals(new TunPort[] {host, null, web}, snapshot.ports());
        assertSame(vteps.get("node2"), snapshot.vteps().lookup(0xAC1E_0002L << 32, 0));
        assertEquals(IpText.address("10.244.1.1"), snapshot.self().gateway4());
        assertEquals(IpText.address("fd00:244:1::1"), snapshot.self().gateway6());
        assertEquals(IpText.address("10.244.1.0"), snapshot.self().serviceAddress(4));
        assertEquals(IpText.address("fd00:244:1::"), snapshot.self().serviceAddress(6));
        for (String own : List.of("10.244.1.1", "fd00:244:1::1", "fd00:30::1", "172.30.0.1")) {
            final IpAddress address = IpText.address(own);
            assertTrue(snapshot.self().isNode(address.version(), address.hi(), address.lo()), own);
        }
        assertEquals(self.mac(), snapshot.self().mac());
        assertEquals(self.podCidrs(), List.of(snapshot.self().podCidrs()));
    }

    @Test
    void withoutTheHostPortNothingLeavesTheCluster() {
        final Snapshot snapshot =
                SnapshotCompiler.compile(1, Clusters.of(self), self, List.of(), Map.of(), null, Map.of(),
                        ServiceTable.EMPTY, true);
        assertNull(snapshot.fib().lookup(4, 0x0808_0808L << 32, 0));
        assertSame(Adjacency.UNREACHABLE, snapshot.fib().lookup(4, 0x0AF4_0101L << 32, 0));
        assertEquals(0, snapshot.ports().length);
    }

    @Test
    void aNodeMayHaveTheWholeCluster() {
        final NodeSpec other = new NodeSpec("node2", IpText.address("172.30.0.2"),
                List.of(IpText.prefix("10.244.0.0/16")), 2, 0);
        final NodeSpec lonely = new NodeSpec("node1", IpText.address("172.30.0.1"),
                List.of(IpText.prefix("10.9.0.0/16")), 1, 0);
        final ClusterSpec cluster = Clusters.of(lonely, other);
        final Map<String, Vtep> vteps = new VtepRegistry(4789, 1500, 1).update(cluster, "node1");
        final Snapshot snapshot = SnapshotCompiler.compile(1, cluster, lonely, List.of(), vteps, host, Map.of(),
                ServiceTable.EMPTY, true);
        assertEquals(Adjacency.tunnel(vteps.get("node2")), snapshot.fib().lookup(4, 0x0AF4_0101L << 32, 0));
        assertNull(snapshot.self().gateway6());
    }
}
