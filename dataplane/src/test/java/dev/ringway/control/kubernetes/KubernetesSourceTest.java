package dev.ringway.control.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.control.store.Following;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source against an API server that does what the documentation says, and fails as servers do. */
class KubernetesSourceTest {
    @TempDir
    private Path directory;
    private FakeApi api;
    private Following following;

    @BeforeEach
    void start() {
        api = new FakeApi();
        api.put(FakeApi.NODES, Objects.node(1));
        api.put(FakeApi.NODES, Objects.node(2));
        api.put(FakeApi.SERVICES, Objects.service("a", "10.96.0.1"));
        api.put(FakeApi.SLICES, Objects.slice("a", "10.244.1.5"));
    }

    @AfterEach
    void stop() {
        if (following != null) {
            following.close();
        }
        api.close();
    }

    private Path stateFile() {
        return directory.resolve("state/kubernetes.json");
    }

    private void follow() {
        following = Objects.follow(Objects.settings(api.url(), stateFile()));
    }

    private void followUntilKnown() {
        follow();
        following.await("first state", () -> following.peers().equals(List.of("node2"))
                && following.backends("10.96.0.1") == 1 && following.source.isConnected());
    }

    private static ObjectNode labelled(ObjectNode object, String label) {
        ((ObjectNode) object.get("metadata").get("labels")).put(label, "");
        return object;
    }

    @Test
    void addedChangedDeleted() {
        followUntilKnown();
        assertTrue(following.source.isSynced());
        assertEquals(List.of(), following.source.warnings());
        assertEquals(IpText.address("172.30.0.2"), following.cluster.node("node2").address());
        assertFalse(following.poll(), "nothing has changed");

        api.put(FakeApi.NODES, Objects.node(3));
        api.put(FakeApi.SERVICES, Objects.service("b", "10.96.0.2"));
        api.put(FakeApi.SLICES, Objects.slice("b", "10.244.3.5"));
        following.await("what was added", () -> following.peers().contains("node3")
                && following.backends("10.96.0.2") == 1);

        final ObjectNode moved = Objects.node(3);
        Objects.annotations(moved).put("flannel.alpha.coreos.com/public-ip", "172.30.0.33");
        api.put(FakeApi.NODES, moved);
        api.put(FakeApi.SERVICES, Objects.service("b", "10.96.0.3"));
        following.await("what was changed", () -> following.backends("10.96.0.3") == 1
                && following.backends("10.96.0.2") == -1
                && IpText.text(following.cluster.node("node3").address()).equals("172.30.0.33"));

        api.delete(FakeApi.NODES, "node3");
        api.delete(FakeApi.SLICES, "default/b-1");
        following.await("what was deleted", () -> following.peers().equals(List.of("node2"))
                && following.backends("10.96.0.3") == 0);
        api.delete(FakeApi.SERVICES, "default/b");
        following.await("what was deleted", () -> following.backends("10.96.0.3") == -1);
    }

    /** People who ask the API why a node is not ready find it there, once. */
    @Test
    void aNodeWithoutRangesIsAnEvent() {
        final ObjectNode node = Objects.node(1);
        ((ObjectNode) node.get("spec")).remove(List.of("podCIDR", "podCIDRs"));
        api.put(FakeApi.NODES, node);
        follow();
        following.await("the event", () -> !api.created().isEmpty());
        final ObjectNode event = Objects.json(api.created().getFirst());
        assertEquals("NoPlaceInCluster", event.path("reason").asText());
        assertEquals("node1", event.path("involvedObject").path("name").asText());
        assertTrue(event.path("message").asText().contains("--allocate-node-cidrs"), event.toString());
        api.put(FakeApi.NODES, Objects.node(3));
        api.put(FakeApi.NODES, Objects.node(1));
        following.await("the place", () -> following.peers().contains("node3"));
        assertEquals(1, api.created().size());
    }

    /** A Node's heartbeat is no change. */
    @Test
    void heartbeatsChangeNothing() {
        followUntilKnown();
        final ObjectNode node = Objects.node(2);
        ((ObjectNode) node.get("status")).putArray("conditions").addObject().put("type", "Ready").put("status", "True");
        api.put(FakeApi.NODES, node);
        api.put(FakeApi.NODES, Objects.node(3));
        following.await("the node behind it", () -> following.peers().contains("node3"));
        final ClusterSpec before = following.cluster;
        api.put(FakeApi.NODES, node);
        api.put(FakeApi.SERVICES, Objects.service("b", "10.96.0.2"));
        following.await("the service behind it", () -> following.backends("10.96.0.2") == 0);
        assertEquals(before, following.cluster);
    }

    @Test
    void listsComeByThePage() {
        for (int n = 3; n <= 130; n++) {
            api.put(FakeApi.NODES, Objects.node(n));
        }
        follow();
        following.await("all nodes", () -> following.peers().size() == 129);
        assertTrue(api.requests().stream().filter(request -> request.contains(FakeApi.NODES)
                && request.contains("limit=50") && request.contains("continue=")).count() >= 2);
        assertFalse(following.cluster.nodes().size() > 130);
    }

    /** Nothing is compiled before Services and their endpoints are both known. */
    @Test
    void nothingIsHalfKnown() {
        following = Objects.follow(Objects.settings("http://127.0.0.1:1", stateFile()));
        for (int i = 0; i < 50; i++) {
            assertFalse(following.poll());
        }
        assertFalse(following.source.isSynced());
        assertFalse(following.source.isConnected());
        following.await("a word on it", () -> following.warns("the Kubernetes API: "));
    }

    @Test
    void otherProxysServicesAreNotAskedForAndGoWhenLabelled() {
        api.put(FakeApi.SERVICES, labelled(Objects.service("b", "10.96.0.2"),
                "service.kubernetes.io/service-proxy-name"));
        api.put(FakeApi.SLICES, labelled(Objects.slice("a", "10.244.1.9").deepCopy(),
                "service.kubernetes.io/service-proxy-name"));
        api.put(FakeApi.SLICES, Objects.slice("a", "10.244.1.5"));
        followUntilKnown();
        assertEquals(-1, following.backends("10.96.0.2"));
        assertTrue(api.requests().stream().anyMatch(request -> request.startsWith("GET " + FakeApi.SERVICES)
                && request.contains("!service.kubernetes.io/headless")
                && request.contains("!service.kubernetes.io/service-proxy-name")));
        api.put(FakeApi.SERVICES, labelled(Objects.service("a", "10.96.0.1"),
                "service.kubernetes.io/service-proxy-name"));
        following.await("the Service to go", () -> following.backends("10.96.0.1") == -1);
    }

    @Test
    void watchThatEndsGoesOnWhereItWas() {
        followUntilKnown();
        final long lists = lists();
        // The client takes a watch that ends at once without a word for one whose version is too old.
        for (String kind : List.of(FakeApi.NODES, FakeApi.SERVICES, FakeApi.SLICES)) {
            api.emit(kind, "BOOKMARK", Objects.json("{'kind':'" + kind(kind) + "','apiVersion':'v1','metadata':{"
                    + "'resourceVersion':'" + api.revision() + "'}}"));
        }
        api.closeWatches();
        api.put(FakeApi.SERVICES, Objects.service("b", "10.96.0.2"));
        api.delete(FakeApi.NODES, "node2");
        following.await("what came meanwhile", () -> following.backends("10.96.0.2") == 0
                && following.peers().isEmpty());
        assertEquals(lists, lists());
    }

    private static String kind(String path) {
        return path.equals(FakeApi.NODES) ? "Node" : path.equals(FakeApi.SERVICES) ? "Service" : "EndpointSlice";
    }

    private long lists() {
        return api.requests().stream().filter(request -> !request.contains("watch=true")).count();
    }

    @Test
    void historyThatIsForgottenIsListedAnew() {
        followUntilKnown();
        api.forgetHistory();
        api.delete(FakeApi.SLICES, "default/a-1");
        api.delete(FakeApi.NODES, "node2");
        api.put(FakeApi.NODES, Objects.node(3));
        api.forgetHistory();
        following.await("the state after it", () -> following.peers().equals(List.of("node3"))
                && following.backends("10.96.0.1") == 0);
    }

    @Test
    void outageLeavesThingsAsTheyWere() {
        followUntilKnown();
        api.stop();
        following.await("a word on it", () -> !following.source.isConnected()
                && following.warns("the Kubernetes API: "));
        assertEquals(List.of("node2"), following.peers());
        assertEquals(1, following.backends("10.96.0.1"));
        api.delete(FakeApi.NODES, "node2");
        api.put(FakeApi.SERVICES, Objects.service("b", "10.96.0.2"));
        api.restart();
        following.await("what came meanwhile", () -> following.peers().isEmpty()
                && following.backends("10.96.0.2") == 0 && following.source.isConnected());
        assertFalse(following.warns("the Kubernetes API: "));
    }

    /** As when the API server's machine is lost and another takes its address: the old connections never end. */
    @Test
    void deadConnectionsAreNoticed() throws IOException {
        try (Relay relay = new Relay(api.port())) {
            following = Objects.follow(Objects.settings(relay.url(), stateFile()));
            following.await("first state", () -> following.peers().equals(List.of("node2"))
                    && following.source.isConnected());
            relay.lose();
            final long nowMs = System.nanoTime() / 1_000_000;
            following.source.poll(nowMs + Watchdog.EVERY_MS);
            following.await("the silence", () -> following.warns("does not answer"));
            assertFalse(following.source.isConnected());
            relay.find();
            api.put(FakeApi.NODES, Objects.node(3));
            following.source.poll(nowMs + 2 * Watchdog.EVERY_MS + Watchdog.GRACE_MS);
            following.await("what came after it", () -> following.peers().contains("node3"));
            following.await("the connection", () -> following.source.isConnected());
            api.delete(FakeApi.NODES, "node3");
            following.await("what came then", () -> !following.peers().contains("node3"));
        }
    }

    /** As on a node without kube-proxy, where the API's cluster IP is not to be had before this switch runs. */
    @Test
    void whoCannotBeginIsToldWhatToSet() {
        following = Objects.follow(Objects.settings(null, stateFile()));
        following.await("the advice", () -> following.warns("kubernetes.apiServer must be set"));
    }

    @Test
    void refusalsAreToldAndTriedAgain() {
        api.refuse(403);
        follow();
        following.await("a word on it", () -> following.warns("refused"));
        api.refuse(0);
        following.await("the state", () -> following.peers().equals(List.of("node2")));
    }

    @Test
    void malformedObjectsHurtOnlyThemselves() {
        final ObjectNode text = Objects.slice("b", "10.244.1.6");
        ((ObjectNode) text.get("ports").get(0)).put("port", "http");
        api.put(FakeApi.SLICES, text);
        api.put(FakeApi.SLICES, Objects.json("{'kind':'EndpointSlice','metadata':{'name':'c','namespace':'default',"
                + "'labels':{'kubernetes.io/service-name':'a'}},'endpoints':7}"));
        final ObjectNode range = Objects.node(3);
        ((ObjectNode) range.get("spec")).putArray("podCIDRs").add("10.244.3.0/99");
        api.put(FakeApi.NODES, range);
        followUntilKnown();
        following.await("warnings", () -> following.warns("EndpointSlice default/b-1: ports[0].port")
                && following.warns("EndpointSlice default/c: ") && following.warns("Node node3: prefix length"));

        api.put(FakeApi.SERVICES, Objects.service("a", "10.96.0.1.5"));
        api.put(FakeApi.SERVICES, Objects.service("b", "10.96.0.2"));
        following.await("the Service behind it", () -> following.backends("10.96.0.2") == 0);
        assertEquals(1, following.backends("10.96.0.1"), "as it was when it could be read");
        assertTrue(following.warns("Service default/a: not taken over"));
        api.put(FakeApi.SERVICES, Objects.service("a", "10.96.0.1"));
        following.await("no more complaint", () -> !following.warns("Service default/a"));
    }

    @Test
    void eventsThatNameNothingOrAreNoEvents() {
        followUntilKnown();
        api.emit(FakeApi.NODES, "ADDED", Objects.json("{'kind':'Node','metadata':{'resourceVersion':'5'}}"));
        api.emit(FakeApi.NODES, "BOOKMARK", Objects.json("{'kind':'Node','apiVersion':'v1','metadata':{"
                + "'resourceVersion':'" + api.revision() + "'}}"));
        api.emit(FakeApi.NODES, "SHOUTED", Objects.node(9));
        api.put(FakeApi.NODES, Objects.node(3));
        following.await("the node behind them", () -> following.peers().equals(List.of("node2", "node3")));
    }

    /** Events that were overtaken, come twice, or from a server that lags behind. */
    @Test
    void staleAndDuplicateEvents() {
        followUntilKnown();
        final ObjectNode first = Objects.slice("a", "10.244.1.6");
        api.put(FakeApi.SLICES, first);
        final ObjectNode older = api.get(FakeApi.SLICES, "default/a-1");
        api.put(FakeApi.SLICES, Objects.slice("a", "10.244.1.7"));
        final ObjectNode newer = api.get(FakeApi.SLICES, "default/a-1");
        api.emit(FakeApi.SLICES, "MODIFIED", newer);
        older.withArray("/endpoints").removeAll();
        api.emit(FakeApi.SLICES, "MODIFIED", older);
        api.put(FakeApi.SLICES, Objects.slice("b", "10.244.1.8"));
        api.put(FakeApi.SERVICES, Objects.service("b", "10.96.0.2"));
        following.await("what came behind them", () -> following.backends("10.96.0.2") == 1);
        assertEquals(1, following.backends("10.96.0.1"));

        api.delete(FakeApi.SLICES, "default/a-1");
        api.emit(FakeApi.SLICES, "MODIFIED", newer);
        api.emit(FakeApi.SLICES, "DELETED", newer);
        api.emit(FakeApi.SLICES, "DELETED", newer);
        following.await("the deletion", () -> following.backends("10.96.0.1") == 0);
        final ObjectNode again = Objects.slice("a", "10.244.1.5");
        ((ObjectNode) again.get("metadata")).put("uid", "e-a-2");
        api.put(FakeApi.SLICES, again);
        api.emit(FakeApi.SLICES, "DELETED", newer);
        api.put(FakeApi.SLICES, Objects.slice("b", "10.244.1.9"));
        following.await("the new one of that name", () -> following.backends("10.96.0.1") == 1);
        for (int i = 0; i < 20; i++) {
            following.poll();
        }
        assertEquals(1, following.backends("10.96.0.1"));
    }

    @Test
    void startWithoutApiBeginsWhereItEnded() {
        followUntilKnown();
        following.close();
        assertTrue(Files.exists(stateFile()));
        api.stop();
        api.delete(FakeApi.NODES, "node2");
        api.put(FakeApi.SERVICES, Objects.service("a", "10.96.0.9"));

        follow();
        assertTrue(following.poll());
        assertEquals(List.of("node2"), following.peers());
        following.poll();
        assertEquals(1, following.backends("10.96.0.1"));
        assertFalse(following.source.isSynced());

        api.restart();
        following.await("the API's state", () -> following.peers().isEmpty() && following.backends("10.96.0.9") == 1);
        assertEquals(-1, following.backends("10.96.0.1"));
    }

    @Test
    void damagedFileIsNoState() throws IOException {
        followUntilKnown();
        following.close();
        final List<String> lines = Files.readAllLines(stateFile());
        for (List<String> damaged : List.of(lines.subList(0, lines.size() - 1), lines.subList(1, lines.size()),
                List.of(lines.getFirst(), lines.getLast()), List.of("{\"kind\":"), List.<String>of(),
                List.of(lines.getFirst().replace("\"version\":1", "\"version\":2"), lines.getLast()),
                List.of(lines.getFirst().replace("node1", "node7"), lines.getLast()))) {
            Files.write(stateFile(), damaged);
            following = Objects.follow(Objects.settings("http://127.0.0.1:1", stateFile()));
            assertFalse(following.poll(), () -> damaged.toString());
            following.close();
        }
    }

    @Test
    void tellsOfItselfWhenAskedTo() throws IOException {
        final ObjectNode own = Objects.node(1);
        Objects.annotations(own).removeAll();
        Objects.annotations(own).put("volumes.kubernetes.io/controller-managed-attach-detach", "true");
        api.put(FakeApi.NODES, own);
        followUntilKnown();
        assertEquals(List.of(), api.patches());
        following.source.announce();
        following.await("the annotations", () -> !api.patches().isEmpty());
        final String patch = api.patches().getFirst();
        assertTrue(patch.startsWith("/api/v1/nodes/node1/status application/strategic-merge-patch+json {"), patch);
        final JsonNode written = Objects.annotations(api.get(FakeApi.NODES, "node1"));
        assertEquals("0.1.0", written.path("ringway.dev/version").asText(), () -> patch + " " + written);
        assertEquals("true", written.get("flannel.alpha.coreos.com/kube-subnet-manager").asText());
        assertEquals("172.30.0.1", written.get("flannel.alpha.coreos.com/public-ip").asText());
        assertEquals("{\"VNI\":1,\"VtepMAC\":\"" + MacAddress.text(MacAddress.ofNode("node1")) + "\"}",
                written.get("flannel.alpha.coreos.com/backend-data").asText());
        assertEquals(6, written.size(), written::toString);
        api.put(FakeApi.NODES, Objects.node(3));
        following.await("the node behind it", () -> following.peers().contains("node3"));
        assertEquals(1, api.patches().size(), "nothing differs any more");

        following.source.withdraw();
        final JsonNode left = Objects.annotations(api.get(FakeApi.NODES, "node1"));
        assertEquals(1, left.size(), left::toString);
        assertNull(left.get("flannel.alpha.coreos.com/kube-subnet-manager"));
    }

    /** As when somebody deletes the Node and the kubelet registers it again. */
    @Test
    void ownNodeThatIsGoneForAWhile() {
        followUntilKnown();
        api.delete(FakeApi.NODES, "node1");
        api.put(FakeApi.NODES, Objects.node(3));
        following.await("the node behind it", () -> following.peers().equals(List.of("node2", "node3")));
        assertTrue(following.warns("there is no Node node1"));
        final ObjectNode again = Objects.node(1);
        ((ObjectNode) again.get("metadata")).put("uid", "n1-2");
        ((ObjectNode) again.get("spec")).putArray("podCIDRs").add("10.244.9.0/24");
        api.put(FakeApi.NODES, again);
        following.await("its new range", () -> IpText.text(
                following.cluster.node("node1").podCidrs().getFirst()).equals("10.244.9.0/24"));
        assertFalse(following.warns("there is no Node node1"));
    }
}
