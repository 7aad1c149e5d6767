package dev.ringway.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ringway.fib.Vtep;
import dev.ringway.linux.SockAddr;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotPublisherTest {
    private final List<Snapshot> published = new ArrayList<>();
    private final SnapshotPublisher publisher =
            new SnapshotPublisher("node1", Clusters.of(Clusters.node(1), Clusters.node(2)), 4789, 1500, 2);
    private final Vtep node2 = vtep("node2");

    SnapshotPublisherTest() {
        publisher.connect(published::add);
    }

    @Test
    void everyChangeIsAGeneration() {
        final TunPort port = Clusters.port(0, "a/b");
        final PodSpec pod = Clusters.pod("a/b", "10.244.1.10");
        assertEquals(1, publisher.current().generation());
        publisher.setHost(Clusters.port(1, "host"));
        publisher.addPod(pod, port);
        publisher.removePod(pod);
        publisher.removePod(pod);
        assertEquals(List.of(2L, 3L, 4L), published.stream().map(Snapshot::generation).toList());
        assertSame(published.getLast(), publisher.current());
        assertSame(port, published.get(1).port(0));
        assertNull(published.get(2).port(0));
    }

    @Test
    void aVtepStaysAsLongAsItsTunnelIsTheSame() {
        final NodeSpec before = Clusters.node(2);
        publisher.setCluster(Clusters.of(Clusters.node(3), before, Clusters.node(1)));
        assertSame(node2, vtep("node2"));
        publisher.setCluster(Clusters.of(Clusters.node(1), new NodeSpec("node2", before.address(),
                List.of(IpText.prefix("10.244.77.0/24")), before.mac(), 0)));
        assertSame(node2, vtep("node2"));
        assertNull(vtep("node3"));

        publisher.setCluster(Clusters.of(Clusters.node(1),
                new NodeSpec("node2", IpText.address("172.30.0.22"), before.podCidrs(), before.mac(), 0)));
        assertNotSame(node2, vtep("node2"));
        publisher.setCluster(Clusters.of(Clusters.node(1), before));
        assertNotSame(node2, vtep("node2"));
        assertEquals(3, vtep("node2").index());
    }

    @Test
    void aVtepHasTheSmallerMtuAndASocketAddress() {
        final NodeSpec before = Clusters.node(2);
        publisher.setCluster(Clusters.of(Clusters.node(1),
                new NodeSpec("node2", before.address(), before.podCidrs(), before.mac(), 1400),
                new NodeSpec("node3", IpText.address("172.30.0.3"), List.of(), 3, 9000)));
        assertEquals(1400, vtep("node2").pathMtu(0));
        assertEquals(1500, vtep("node3").pathMtu(0));
        final long address = vtep("node2").socketAddress();
        assertEquals(16, vtep("node2").socketAddressLength());
        assertEquals(0xAC1E_0002L << 32, SockAddr.hi(address));
        assertEquals(4789, SockAddr.port(address));
        assertEquals(2, vtep("node2").shards());
    }

    @Test
    void trafficOfNodesThatLeftIsKept() {
        node2.counters(0).sent(3, 300);
        node2.counters(1).received(2, 200);
        node2.counters(1).dropped();
        assertEquals(new Traffic(2, 200, 3, 300, 1), Traffic.of(node2));
        publisher.setCluster(Clusters.of(Clusters.node(1)));
        assertEquals(new Traffic(2, 200, 3, 300, 1), publisher.view().retiredPeers());
        publisher.setCluster(Clusters.of(Clusters.node(1), Clusters.node(2)));
        assertEquals(new Traffic(2, 200, 3, 300, 1), publisher.view().retiredPeers());
    }

    @Test
    void theNodeItselfCannotLeave() {
        assertThrows(IllegalArgumentException.class, () -> publisher.setCluster(Clusters.of(Clusters.node(2))));
        assertEquals(1, publisher.current().generation());
        assertSame(node2, vtep("node2"));
    }

    private Vtep vtep(String node) {
        return publisher.current().vteps().all().stream().filter(v -> v.node().equals(node)).findFirst().orElse(null);
    }
}
