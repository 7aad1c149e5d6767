package dev.ringway.control.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.store.Following;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources against a real etcd: nodes, ranges, Services. */
class EtcdSourceTest {
    @TempDir
    private Path directory;
    private EtcdServer etcd;
    private Hosts hosts;
    private final List<Following> followings = new ArrayList<>();

    @BeforeEach
    void start() {
        etcd = new EtcdServer(directory);
        hosts = new Hosts(directory, etcd.url());
    }

    @AfterEach
    void stop() {
        followings.forEach(Following::close);
        etcd.close();
    }

    private Following follow(int n) {
        final Following following = hosts.follow(n);
        followings.add(following);
        return following;
    }

    private Following followUntilIn(int n) {
        final Following following = follow(n);
        following.await("its place in the cluster", () -> following.cluster != null);
        following.source.announce();
        return following;
    }

    private static String ranges(Following following, String node) {
        final NodeSpec spec = following.cluster.node(node);
        return spec == null ? "none" : String.join(" ", spec.podCidrs().stream().map(IpText::text).toList());
    }

    @Test
    void nodesSeeEachOther() {
        final Following one = followUntilIn(1);
        final Following two = followUntilIn(2);
        one.await("node2", () -> one.peers().equals(List.of("node2")));
        two.await("node1", () -> two.peers().equals(List.of("node1")));
        assertEquals(one.cluster, two.cluster);
        assertEquals("10.244.0.0/24 fd00:244::/64", ranges(two, "node1"));
        assertEquals("10.244.1.0/24 fd00:244:0:1::/64", ranges(one, "node2"));
        assertEquals(IpText.address("172.30.0.2"), one.cluster.node("node2").address());
        assertEquals(MacAddress.ofNode("node2"), one.cluster.node("node2").mac());
        assertEquals(List.of(), one.source.warnings());
        assertTrue(one.source.isSynced());
        assertTrue(one.source.isConnected());
        assertFalse(one.poll(), "nothing has changed");
        assertEquals(List.of("/ringway/nodes/node1", "/ringway/nodes/node2", "/ringway/ranges/10.244.0.0-24",
                "/ringway/ranges/10.244.1.0-24", "/ringway/ranges/fd00:244:0:1::-64", "/ringway/ranges/fd00:244::-64"),
                etcd.keys("/ringway/"));
        assertEquals("{\"address\":\"172.30.0.1\",\"podCidrs\":[\"10.244.0.0/24\",\"fd00:244::/64\"],\"mac\":\""
                + MacAddress.text(MacAddress.ofNode("node1")) + "\",\"zone\":\"zone-a\",\"version\":\"0.1.0\"}",
                etcd.get("/ringway/nodes/node1"));
    }

    @Test
    void nobodyIsToldBeforeItIsAnnounced() {
        final Following one = follow(1);
        one.await("its place", () -> one.cluster != null);
        final Following two = followUntilIn(2);
        one.await("node2", () -> one.peers().equals(List.of("node2")));
        assertEquals("", etcd.get("/ringway/nodes/node1"));
        assertEquals(List.of(), two.peers());
    }

    @Test
    void nodesOfPeopleChangeAndGo() {
        final Following one = followUntilIn(1);
        etcd.ctl("put", "/ringway/nodes/node9", Hosts.node(9));
        one.await("node9", () -> one.peers().equals(List.of("node9")));
        etcd.ctl("put", "/ringway/nodes/node9", Hosts.node(9).replace("172.30.0.9", "172.30.0.99"));
        one.await("its new address", () -> IpText.text(one.cluster.node("node9").address()).equals("172.30.0.99"));
        etcd.ctl("put", "/ringway/nodes/node9", Hosts.node(9).replace("10.244.9.0/24", "10.244.9.0/99"));
        one.await("a complaint", () -> one.warns("/ringway/nodes/node9: podCidrs: "));
        assertEquals("10.244.9.0/24", ranges(one, "node9"), "as it was when it could be read");
        etcd.ctl("put", "/ringway/ranges/10.244.9.0-24", "node7");
        etcd.ctl("put", "/ringway/nodes/node9", Hosts.node(9));
        one.await("another node's claim to count", () -> one.peers().isEmpty()
                && one.warns("10.244.9.0/24 is claimed by node node7"));
        etcd.ctl("del", "/ringway/nodes/node9");
        etcd.ctl("put", "/ringway/node/typo", "x");
        one.await("no more complaint", () -> !one.warns("node9") && one.warns("/ringway/node/typo is in none of"));
        etcd.ctl("del", "/ringway/node/typo");
        one.await("no complaint", () -> one.source.warnings().isEmpty());
    }

    /** A lease that ends does not mean that the node is gone, so that it stays for a while. */
    @Test
    void nodeThatDies() {
        hosts.graceSeconds = 3;
        final Following one = followUntilIn(1);
        final Following two = followUntilIn(2);
        one.await("node2", () -> one.peers().equals(List.of("node2")));
        two.close();
        one.await("its key to vanish", () -> one.warns("/ringway/nodes/node2: its key has vanished"));
        assertEquals("", etcd.get("/ringway/nodes/node2"));
        assertEquals(List.of("node2"), one.peers());
        one.await("the end of the grace", () -> one.peers().isEmpty());
        assertEquals(List.of(), one.source.warnings());
        assertEquals("node2", etcd.get("/ringway/ranges/10.244.1.0-24"));

        final Following three = followUntilIn(3);
        final Following again = followUntilIn(2);
        one.await("both", () -> one.peers().equals(List.of("node2", "node3")));
        assertEquals("10.244.1.0/24 fd00:244:0:1::/64", ranges(again, "node2"));
        assertEquals("10.244.2.0/24 fd00:244:0:2::/64", ranges(three, "node3"));
    }

    @Test
    void nodeThatComesBackWithinTheGrace() {
        final Following one = followUntilIn(1);
        final Following two = followUntilIn(2);
        one.await("node2", () -> one.peers().equals(List.of("node2")));
        two.close();
        one.await("its key to vanish", () -> one.warns("/ringway/nodes/node2: its key has vanished"));
        followUntilIn(2);
        one.await("it to be back", () -> one.source.warnings().isEmpty());
        assertEquals(List.of("node2"), one.peers());
    }

    @Test
    void nodeThatLeaves() throws IOException {
        final Following one = followUntilIn(1);
        final Following two = followUntilIn(2);
        one.await("node2", () -> one.peers().equals(List.of("node2")));
        two.source.withdraw();
        two.close();
        one.await("it to go at once", () -> one.peers().isEmpty());
        assertEquals(List.of("/ringway/nodes/node1", "/ringway/ranges/10.244.0.0-24", "/ringway/ranges/fd00:244::-64"),
                etcd.keys("/ringway/"));
        final Following three = followUntilIn(3);
        assertEquals("10.244.1.0/24 fd00:244:0:1::/64", ranges(three, "node3"));
        final Following again = followUntilIn(2);
        assertEquals("10.244.2.0/24 fd00:244:0:2::/64", ranges(again, "node2"));
    }

    @Test
    void noRangeTwice() {
        hosts.podCidrs = Hosts.prefixes("10.244.0.0/21");
        for (int n = 1; n <= 8; n++) {
            follow(n);
        }
        final Set<String> given = new HashSet<>();
        for (int n = 1; n <= 8; n++) {
            final Following following = followings.get(n - 1);
            following.await("a range", () -> following.cluster != null);
            given.add(ranges(following, "node" + n));
        }
        assertEquals(8, given.size(), given::toString);
        assertEquals(8, etcd.keys("/ringway/ranges/").size());

        final Following ninth = follow(9);
        ninth.await("a word on it", () -> ninth.warns("no range of pods is free any more"));
        etcd.ctl("del", "/ringway/ranges/10.244.3.0-24");
        // Two want it now: the one that had it, and the ninth.
        ninth.await("one to have it", () -> etcd.keys("/ringway/ranges/").size() == 8);
    }

    @Test
    void configuredRanges() {
        hosts.nodePodCidrs = Hosts.prefixes("10.244.64.0/20", "fd00:244:0:40::/60");
        final Following one = followUntilIn(1);
        assertEquals("10.244.64.0/20 fd00:244:0:40::/60", ranges(one, "node1"));
        hosts.nodePodCidrs = Hosts.prefixes("10.244.65.0/24");
        final Following two = follow(2);
        two.await("a word on it", () -> two.warns("this node's range 10.244.65.0/24 (etcd.podCidrs) overlaps"
                + " 10.244.64.0/20, which is node node1's by etcd's key /ringway/ranges/10.244.64.0-20"));
        two.source.announce();
        assertEquals("", etcd.get("/ringway/ranges/10.244.65.0-24"));
        // Two want it now, and the first one has it.
        etcd.ctl("del", "/ringway/ranges/10.244.64.0-20");
        one.await("one of them to have it", () -> etcd.keys("/ringway/ranges/").size() == 2
                && one.warns("this node's range") != two.warns("this node's range"));
    }

    @Test
    void ownKeysThatSomebodyDeletes() {
        final Following one = followUntilIn(1);
        one.await("its key", () -> !etcd.get("/ringway/nodes/node1").isEmpty());
        etcd.ctl("del", "--prefix", "/ringway/");
        one.await("its keys again", () -> etcd.keys("/ringway/").size() == 3);
        assertEquals("10.244.0.0/24 fd00:244::/64", ranges(one, "node1"));
    }

    @Test
    void twoMachinesOfOneName() {
        final Following one = followUntilIn(1);
        one.await("its key", () -> !etcd.get("/ringway/nodes/node1").isEmpty());
        one.await("a word on it", () -> {
            if (!etcd.get("/ringway/nodes/node1").contains("172.30.0.66")) {
                etcd.ctl("put", "/ringway/nodes/node1", Hosts.node(66));
            }
            return one.warns("does not stay as this node writes it");
        });
        assertTrue(one.warns("172.30.0.66"));
    }

    @Test
    void servicesChangeAndGo() {
        final Following one = followUntilIn(1);
        etcd.ctl("put", "/ringway/services/default/a", Hosts.service("a", "10.96.0.1"));
        etcd.ctl("put", "/ringway/endpointslices/default/a-1", Hosts.slice("a", "10.244.0.5"));
        one.await("the Service", () -> one.backends("10.96.0.1") == 1);
        etcd.ctl("put", "/ringway/services/default/a", Hosts.service("a", "10.96.0.2"));
        etcd.ctl("put", "/ringway/endpointslices/default/a-1", Hosts.slice("a", "10.244.0.5", "10.244.0.6"));
        one.await("what was changed", () -> one.backends("10.96.0.2") == 2 && one.backends("10.96.0.1") == -1);

        etcd.ctl("put", "/ringway/services/default/a", "{\"kind\": \"Service\", \"metadata\": {");
        one.await("a word on it", () -> one.warns("/ringway/services/default/a: line 1: "));
        etcd.ctl("put", "/ringway/services/default/b", Hosts.service("c", "10.96.0.3"));
        one.await("a word on it", () -> one.warns("/ringway/services/default/b: metadata.name is c, and by the key it"
                + " is b; what was known of it before stays in force"));
        etcd.ctl("put", "/ringway/endpointslices/default/a-1", Hosts.slice("a", "10.244.0.555"));
        one.await("a word on it", () -> one.warns("/ringway/endpointslices/default/a-1: endpoints[0]"));
        assertEquals(2, one.backends("10.96.0.2"), "as it was when it could be read");

        etcd.ctl("put", "/ringway/endpointslices/default/a-1", Hosts.slice("a"));
        one.await("no backends", () -> one.backends("10.96.0.2") == 0);
        etcd.ctl("del", "/ringway/services/default/a");
        etcd.ctl("del", "/ringway/services/default/b");
        one.await("it to go", () -> one.backends("10.96.0.2") == -1);
        one.await("no more complaint", () -> one.source.warnings().isEmpty());
    }

    /** More than a page, and pages of more than an answer may have. */
    @Test
    void manyKeys() throws IOException {
        try (EtcdStore store = EtcdStore.open(hosts.settings(1))) {
            for (int i = 0; i < 300; i++) {
                final String padding = i < 40 ? " ".repeat(1 << 20) : "";
                store.put("services/default/s" + i,
                        Hosts.service("s" + i, "10.96." + (1 + i / 250) + "." + (1 + i % 250)) + padding, 0);
            }
        }
        final Following one = followUntilIn(1);
        final ServiceQuery all = new ServiceQuery(List.of(), "", false, 1, 0, true);
        one.await("all Services", () -> one.services != null && one.source.find(all).total() == 300);
    }
}
