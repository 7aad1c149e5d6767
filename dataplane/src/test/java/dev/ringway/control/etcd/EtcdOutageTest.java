package dev.ringway.control.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.control.store.Following;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources while a real etcd is away, comes back, and is not what it was. */
class EtcdOutageTest {
    @TempDir
    private Path directory;
    private EtcdServer etcd;
    private Hosts hosts;
    private final List<Following> followings = new ArrayList<>();

    @BeforeEach
    void start() {
        etcd = new EtcdServer(directory);
        hosts = new Hosts(directory, etcd.url());
        etcd.ctl("put", "/ringway/services/default/a", Hosts.service("a", "10.96.0.1"));
        etcd.ctl("put", "/ringway/endpointslices/default/a-1", Hosts.slice("a", "10.244.0.5"));
        etcd.ctl("put", "/ringway/nodes/node9", Hosts.node(9));
        etcd.ctl("put", "/ringway/ranges/10.244.9.0-24", "node9");
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

    private Following followUntilKnown(int n) {
        final Following following = follow(n);
        following.await("the state", () -> following.peers().contains("node9")
                && following.backends("10.96.0.1") == 1 && following.source.isConnected());
        following.source.announce();
        return following;
    }

    private void awaitOutage(Following following) {
        following.await("a word on it", () -> !following.source.isConnected()
                && following.warns("etcd at " + etcd.url() + ": "));
    }

    @Test
    void outageLeavesThingsAsTheyWere() {
        hosts.graceSeconds = 1;
        final Following one = followUntilKnown(1);
        final Following two = followUntilKnown(2);
        one.await("node2", () -> one.peers().equals(List.of("node2", "node9")));
        etcd.ctl("del", "/ringway/nodes/node9");
        one.await("a node that has vanished", () -> one.warns("/ringway/nodes/node9: its key has vanished")
                || one.peers().equals(List.of("node2")));
        etcd.stop();
        awaitOutage(one);
        awaitOutage(two);
        assertTrue(one.peers().contains("node2"));
        assertEquals(1, one.backends("10.96.0.1"));
        assertTrue(one.source.isSynced());
        etcd.start();
        one.await("etcd", () -> one.source.isConnected());
        two.await("etcd", () -> two.source.isConnected());
        etcd.ctl("put", "/ringway/endpointslices/default/a-1", Hosts.slice("a", "10.244.0.5", "10.244.0.6"));
        one.await("what came behind it", () -> one.backends("10.96.0.1") == 2);
        one.await("no complaint", () -> one.source.warnings().isEmpty());
        assertTrue(one.peers().contains("node2"));
    }

    private void changeEverything() {
        etcd.ctl("del", "/ringway/endpointslices/default/a-1");
        etcd.ctl("put", "/ringway/services/default/b", Hosts.service("b", "10.96.0.2"));
        etcd.ctl("put", "/ringway/endpointslices/default/b-1", Hosts.slice("b", "10.244.0.6"));
        etcd.ctl("put", "/ringway/nodes/node9", Hosts.node(9).replace("172.30.0.9", "172.30.0.99"));
        etcd.ctl("put", "/ringway/nodes/node8", Hosts.node(8));
    }

    private static boolean hasChanged(Following one) {
        return one.backends("10.96.0.1") == 0 && one.backends("10.96.0.2") == 1 && one.peers().contains("node8")
                && IpText.text(one.cluster.node("node9").address()).equals("172.30.0.99");
    }

    @Test
    void changesMeanwhileAreCaughtUp() {
        final Following one = followUntilKnown(1);
        etcd.stop();
        awaitOutage(one);
        etcd.startHidden();
        changeEverything();
        etcd.stop();
        etcd.start();
        one.await("what came meanwhile", () -> hasChanged(one));
    }

    @Test
    void historyThatIsForgottenIsListedAnew() {
        final Following one = followUntilKnown(1);
        etcd.stop();
        awaitOutage(one);
        etcd.startHidden();
        changeEverything();
        etcd.compact();
        etcd.stop();
        etcd.start();
        one.await("what came meanwhile", () -> hasChanged(one));
        one.await("no complaint", () -> one.source.warnings().isEmpty());
    }

    /** Leases end that nobody can keep alive. */
    @Test
    void nodesOutliveAnOutageLongerThanTheirLeases() {
        final Following one = followUntilKnown(1);
        final Following two = followUntilKnown(2);
        one.await("node2", () -> one.peers().equals(List.of("node2", "node9")));
        etcd.stop();
        awaitOutage(one);
        awaitOutage(two);
        etcd.startHidden();
        one.await("the end of the leases", () -> etcd.keys("/ringway/nodes/").equals(List.of("/ringway/nodes/node9")));
        etcd.stop();
        etcd.start();
        one.await("both to tell again, and to be there all the time", () -> {
            assertTrue(one.peers().contains("node2"));
            two.poll();
            return etcd.keys("/ringway/nodes/").size() == 3 && one.source.warnings().isEmpty();
        });
        assertEquals(List.of("node2", "node9"), one.peers());
    }

    /** As after a loss of the disk: what this node has is claimed again, the rest is the people's. */
    @Test
    void etcdThatHasLostEverything() {
        hosts.nodePodCidrs = Hosts.prefixes("10.244.7.0/24");
        final Following one = followUntilKnown(1);
        hosts.nodePodCidrs = List.of();
        final Following two = followUntilKnown(2);
        one.await("node2", () -> one.peers().equals(List.of("node2", "node9")));
        etcd.stop();
        etcd.wipe();
        etcd.start();
        one.await("the others to go", () -> one.backends("10.96.0.1") == -1 && !one.peers().contains("node9"));
        one.await("node2 to be back", () -> one.peers().equals(List.of("node2")));
        two.await("node1 to be back", () -> two.peers().equals(List.of("node1")));
        assertEquals("node1", etcd.get("/ringway/ranges/10.244.7.0-24"));
        assertEquals("node2", etcd.get("/ringway/ranges/10.244.0.0-24"));
    }

    @Test
    void nothingIsHalfKnown() {
        etcd.stop();
        final Following one = follow(1);
        awaitOutage(one);
        assertFalse(one.poll());
        assertFalse(one.source.isSynced());
        etcd.start();
        one.await("the state", () -> one.cluster != null);
        assertEquals(List.of("node9"), one.peers());
    }

    @Test
    void startWithoutEtcdBeginsWhereItEnded() {
        followUntilKnown(1).close();
        etcd.stop();
        final Following one = follow(1);
        assertTrue(one.poll());
        assertEquals(List.of("node9"), one.peers());
        assertEquals("10.244.0.0/24", IpText.text(one.cluster.node("node1").podCidrs().getFirst()));
        one.poll();
        assertEquals(1, one.backends("10.96.0.1"));
        assertFalse(one.source.isSynced());

        etcd.startHidden();
        changeEverything();
        etcd.stop();
        etcd.start();
        one.await("etcd's state", () -> hasChanged(one));
    }

    /** It is not known what of it has been given to others since. */
    @Test
    void nodeThatHasLeftHasNoRanges() throws IOException {
        final Following left = followUntilKnown(1);
        left.source.withdraw();
        left.close();
        etcd.stop();
        final Following one = follow(1);
        awaitOutage(one);
        assertFalse(one.poll());
        assertEquals(null, one.cluster);
    }

    @Test
    void damagedFileIsNoState() throws IOException {
        followUntilKnown(1).close();
        etcd.stop();
        final Path file = hosts.settings(1).stateFile();
        final List<String> lines = Files.readAllLines(file);
        assertEquals(8, lines.size(), lines::toString);
        for (List<String> damaged : List.of(lines.subList(0, lines.size() - 1), lines.subList(1, lines.size()),
                List.of(lines.getFirst(), lines.getLast()), List.<String>of(),
                List.of(lines.getFirst(), "{\"kind\":\"Secret\"}", "{\"kind\":\"End\",\"objects\":1}"),
                List.of(lines.getFirst().replace("Etcd", "Kubernetes"), lines.getLast()))) {
            Files.write(file, damaged);
            final Following one = follow(1);
            assertFalse(one.poll(), damaged::toString);
            one.close();
        }
    }
}
