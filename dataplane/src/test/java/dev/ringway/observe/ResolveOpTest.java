package dev.ringway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.IpText;
import dev.ringway.control.services.Steered;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.podnet.ControlException;
import dev.ringway.service.Kind;
import dev.ringway.shard.Rehearsals;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each stage says of packets that take the real way through node1 of {@link ObserveRig}. */
class ResolveOpTest {
    private static final int TCP = 6;
    private static final String WEB = ObserveRig.service("web", "10.96.0.1", ", type: NodePort, ports: [{name: http,"
            + " port: 80, nodePort: 30080}, {name: dns, port: 53, protocol: UDP, nodePort: 30053}]");

    @TempDir
    private Path directory;
    private ObserveRig rig;
    private ResolveOp op;
    private boolean masquerade = true;

    private void start(String... objects) throws Exception {
        rig = new ObserveRig(directory, String.join("", objects));
        rig.dataplane.rehearsal = Rehearsals.of(new VxlanSettings(7));
        rig.dataplane.ejections.add(rig.load.ejections());
        final List<Steered> steered = new ArrayList<>();
        rig.publisher.current().services().forEachFrontend(one -> {
            if (one.token) {
                steered.add(new Steered(one.version(), one.kind == Kind.NODE_PORT ? null
                        : one.address, one.protocol(), one.number, one.matchPort()));
            }
        });
        op = new ResolveOp(rig.dataplane, rig.publisher, rig.services, () -> steered, () -> masquerade);
    }

    private static String web(String... addresses) {
        return ObserveRig.endpoints("web", addresses).replace("[{port: 8080}]",
                "[{name: http, port: 8080}, {name: dns, port: 5353, protocol: UDP}]");
    }

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    private JsonNode ask(String source, String destination, Object port, String rest) throws Exception {
        return ObserveRig.run(op, "{'source':'" + source + "','destination':'" + destination + "'"
                + (port == null ? "" : ",'port':" + (port instanceof String ? "'" + port + "'" : port)) + rest + "}");
    }

    private JsonNode ask(String source, String destination, Object port) throws Exception {
        return ask(source, destination, port, "");
    }

    private static List<String> stages(JsonNode answer) {
        return answer.path("steps").findValuesAsText("stage");
    }

    private static JsonNode step(JsonNode answer, String stage) {
        for (JsonNode step : answer.path("steps")) {
            if (step.path("stage").asText().equals(stage)) {
                return step;
            }
        }
        throw new AssertionError("no stage " + stage + " in " + answer.toPrettyString());
    }

    private static void decides(JsonNode answer, String stage, String decision) {
        assertEquals(decision, step(answer, stage).path("decision").asText());
    }

    @Test
    void everyStageOfTheWayToAnotherNode() throws Exception {
        start(WEB, web("10.244.2.11"));
        final JsonNode answer = ask("10.244.1.11", "10.96.0.1", 80);
        assertEquals(List.of("from", "addresses", "reverse path", "service", "policy", "affinity", "candidates",
                "balance", "backend", "client", "route", "TTL", "MTU", "tunnel", "out"), stages(answer));
        decides(answer, "from", "pod test/a, read by shard 0");
        decides(answer, "reverse path", "10.244.1.11/32 leads back to pod test/a, where it comes from");
        decides(answer, "service", "test/web:http by its clusterIP 10.96.0.1:80/TCP");
        decides(answer, "policy", "a pod of this node, internalTrafficPolicy Cluster: 1 backend");
        decides(answer, "affinity", "none: each connection is for itself");
        decides(answer, "candidates", "10.244.2.11:8080 weight 1, on node2");
        decides(answer, "balance", "random, by weight: each run may differ");
        decides(answer, "backend", "10.244.2.11:8080");
        decides(answer, "client", "the backend sees the client's own address");
        decides(answer, "route", "10.244.2.0/24 leads to node node2");
        decides(answer, "TTL", "64 becomes 63");
        decides(answer, "MTU", "it has 40 bytes, the way takes 1450");
        decides(answer, "out", "node node2 through the tunnel");
        final JsonNode tunnel = step(answer, "tunnel");
        assertEquals("172.30.0.2:4789", tunnel.path("underlay").asText());
        assertEquals(7, tunnel.path("vni").asInt());
        final int port = tunnel.path("sourcePort").asInt();
        assertTrue(port >= 50_000 && port < 50_016, tunnel::toString);
        assertEquals("VXLAN, VNI 7, to 172.30.0.2:4789 from UDP port " + port + ", which the flow's hash has chosen",
                tunnel.path("decision").asText());
        assertEquals("delivered", answer.path("verdict").asText());
        assertEquals("test/web:http", answer.path("service").asText());
        assertEquals("10.244.2.11:8080", answer.path("backend").asText());
        assertEquals("node2", answer.path("node").asText());
        assertEquals("10.244.1.11:40000 > 10.244.2.11:8080/TCP", answer.path("packet").asText());
        rig.dataplane.rehearsal = Rehearsals.of(new GreSettings(true, -1));
        assertTrue(step(ask("10.244.1.11", "10.96.0.1", 80), "tunnel").path("decision").asText()
                .startsWith("GRE-in-UDP, key 4294967295, to "));
    }

    @Test
    void hereAndHairpin() throws Exception {
        start(WEB, web("10.244.1.11"));
        final JsonNode other = ask("10.244.1.12", "10.96.0.1", 80);
        decides(other, "out", "pod test/a on this node");
        assertEquals("node1", other.path("node").asText());
        assertFalse(stages(other).contains("tunnel"));
        final JsonNode hairpin = ask("10.244.1.11", "10.96.0.1", 80);
        assertEquals("HAIRPIN", step(hairpin, "client").path("reason").asText());
        assertTrue(step(hairpin, "client").path("decision").asText().startsWith("the backend sees 10.244.1.0:"));
        assertFalse(step(hairpin, "client").path("kept").asBoolean());
    }

    @Test
    void namesInThePlaceOfAddresses() throws Exception {
        start(WEB, web("10.244.2.11"));
        final JsonNode http = ask("test/a", "test/web", "http");
        decides(http, "names", "pod test/a is 10.244.1.11, Service test/web:http is 10.96.0.1:80");
        assertEquals("10.244.2.11:8080", http.path("backend").asText());
        assertEquals("10.244.2.11:5353", ask("test/a", "test/web", "dns").path("backend").asText(), "its protocol");
        assertEquals("10.244.2.11:5353", ask("test/a", "test/web", 53).path("backend").asText());
        decides(ask("test/a", "test/web", null, ",'protocol':'ICMP'"), "names",
                "pod test/a is 10.244.1.11, Service test/web:http is 10.96.0.1");
        assertTrue(ask("test/a", "10.96.0.1", 80, ",'sourcePort':77").path("packet").asText()
                .startsWith("10.244.1.11:77 > "));
    }

    @ParameterizedTest
    @CsvSource({
        "test/x, 10.96.0.1, 80, no pod of this node is called test/x",
        "10.244.1.11, test/x, 80, there is no Service test/x",
        "10.244.1.11, test/web, 81, Service test/web has no port 81",
        "10.244.1.11, test/none, 80, is not served: it has no cluster IP",
        "10.244.2.11, 10.96.0.1, 80, 'is behind node node2, whose switch decides; ask there'",
        "10.244.1.99, 10.96.0.1, 80, is no pod of this node",
        "10.244.1.11, fd00::1, 80, must be of one IP version",
        "10.244.1.11, web, 80, 'web' is not an IPv4 or IPv6 address"})
    void whatCannotBeAsked(String source, String destination, int port, String why) throws Exception {
        start(WEB, ObserveRig.service("none", "None", ""));
        final ControlException refusal =
                assertThrows(ControlException.class, () -> ask(source, destination, port));
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    }

    @Test
    void refusalsNameTheirStage() throws Exception {
        start(WEB);
        final JsonNode none = ask("test/a", "10.96.0.1", 80);
        assertEquals("refused", none.path("verdict").asText());
        decides(none, "policy", "a pod of this node, internalTrafficPolicy Cluster: 0 backends; no endpoint is ready"
                + " anywhere: refused");
        decides(none, "answer", "a TCP reset from 10.96.0.1");
        assertEquals("SERVICE_REFUSED", none.path("reason").asText());
        final JsonNode port = ask("test/a", "10.96.0.1", 81);
        decides(port, "service", "none has 10.96.0.1:81/TCP, though 10.96.0.1 is a cluster IP: refused");
        final JsonNode nobody = ask("test/a", "10.244.1.99", 80);
        decides(nobody, "route", "10.244.1.0/24 leads to nobody");
        assertEquals("UNREACHABLE", nobody.path("reason").asText());
        final JsonNode martian = ask("test/a", "127.0.0.1", 80);
        assertEquals(List.of("names", "from", "addresses", "dropped"), stages(martian));
        assertEquals("dropped", martian.path("verdict").asText());
    }

    @Test
    void policies() throws Exception {
        start(WEB.replace("type:", "externalTrafficPolicy: Local, type:"), web("10.244.2.11"));
        final JsonNode outside = ask("203.0.113.9", "172.30.0.1", 30080);
        decides(outside, "kernel", "nftables (table inet ringway_services) steers 172.30.0.1:30080 to"
                + " 10.244.1.0:30080, which is behind the switch");
        decides(outside, "policy", "a client outside, externalTrafficPolicy Local: only this node's, 0 backends; other"
                + " nodes have some: dropped");
        assertEquals("SERVICE_NO_LOCAL", outside.path("reason").asText());
        final JsonNode pod = ask("test/a", "172.30.0.1", 30080);
        decides(pod, "policy", "a pod of this node takes the short way, for which externalTrafficPolicy Local does not"
                + " count: 1 backend");
        decides(pod, "service", "test/web:http by its nodePort 172.30.0.1:30080/TCP");
    }

    @Test
    void clientsOutsideAreHidden() throws Exception {
        start(WEB, web("10.244.2.11"));
        final JsonNode nodePort = ask("203.0.113.9", "172.30.0.1", 30080);
        decides(nodePort, "from", "somebody outside, through eth0");
        assertEquals("POLICY_CLUSTER", step(nodePort, "client").path("reason").asText());
        assertTrue(step(nodePort, "client").path("decision").asText().endsWith("externalTrafficPolicy Cluster, and"
                + " outsideClients is masquerade here or on node2, or the client is a node"), nodePort::toPrettyString);
        decides(nodePort, "TTL", "64 stays: the node's kernel is the hop");
    }

    @Test
    void sourceRanges() throws Exception {
        start(ObserveRig.service("lb", "10.96.0.9", ", type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]")
                .replaceFirst("}\n$", "}\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.7}]}}\n"),
                ObserveRig.endpoints("lb", "10.244.2.11"));
        final JsonNode refused = ask("203.0.113.9", "198.51.100.7", 80);
        decides(refused, "source ranges", "only 192.0.2.0/24; the client 203.0.113.9 is of none of these");
        assertEquals("SERVICE_SOURCE", refused.path("reason").asText());
        assertFalse(stages(refused).contains("policy"));
        final JsonNode allowed = ask("192.0.2.9", "198.51.100.7", 80);
        decides(allowed, "source ranges", "only 192.0.2.0/24; the client 192.0.2.9 is of these");
        assertEquals("delivered", allowed.path("verdict").asText());
    }

    @Test
    void theKernelDecidesByItself() throws Exception {
        start(WEB, ObserveRig.service("far", "10.111.0.1", ""), ObserveRig.endpoints("far", "10.244.2.11"));
        for (String source : List.of("203.0.113.9", "172.30.0.1")) {
            final JsonNode elsewhere = ask(source, "8.8.8.8", 53);
            assertEquals("kernel", elsewhere.path("verdict").asText());
            assertFalse(elsewhere.path("delivered").asBoolean());
            decides(elsewhere, "kernel", "8.8.8.8 is no Service's and in none of the cluster's ranges: the node's"
                    + " kernel"
                    + " decides by itself, by its own routes and rules");
        }
        decides(ask("203.0.113.9", "172.30.0.1", 22), "kernel",
                "172.30.0.1 is the node's own: its kernel delivers it, without the switch");
        final JsonNode far = ask("172.30.0.1", "10.111.0.1", 80);
        assertEquals("kernel", far.path("verdict").asText());
        assertTrue(step(far, "kernel").path("decision").asText().contains("cluster.serviceCidrs"), far::toString);
        assertEquals("delivered", ask("test/a", "10.111.0.1", 80).path("verdict").asText());
    }

    /** As the rules of HostServiceRules and HostRules have it. */
    @ParameterizedTest
    @CsvSource({
        "172.30.0.1, 10.96.0.1, 80, 10.244.1.1",
        "127.0.0.1, 10.96.0.1, 80, 10.244.1.1",
        "10.244.1.1, 10.96.0.1, 80, 10.244.1.1",
        "172.30.0.1, 10.244.2.11, 8080, 10.244.1.1",
        "172.30.0.1, 10.244.1.12, 8080, 172.30.0.1",
        "203.0.113.9, 10.244.1.12, 8080, 203.0.113.9"})
    void whatTheKernelMasquerades(String source, String destination, int port, String seenAs) throws Exception {
        start(WEB, web("10.244.2.11"));
        final JsonNode answer = ask(source, destination, port);
        assertEquals("delivered", answer.path("verdict").asText(), answer::toPrettyString);
        assertEquals(seenAs, answer.path("packet").asText().replaceFirst(":.*", ""));
        assertEquals(!source.equals(seenAs), step(answer, "kernel").path("decision").asText().contains("masquerades"));
    }

    /** An endpoint on the node's own network that alone is left by policy Local. */
    @Test
    void theKernelTakesSomeClientsPastTheSwitch() throws Exception {
        start(WEB, web("10.244.2.11"));
        op = new ResolveOp(rig.dataplane, rig.publisher, rig.services, () -> List.of(new Steered(4, null, TCP, 30_080,
                30_080, new Steered.Endpoint(IpText.address("172.30.0.1"), 8080))), () -> true);
        final JsonNode answer = ask("203.0.113.9", "172.30.0.1", 30080);
        assertEquals("kernel", answer.path("verdict").asText());
        assertEquals("172.30.0.1:8080", step(answer, "kernel").path("destination").asText());
    }

    @Test
    void podsToTheOutside() throws Exception {
        start(WEB);
        final JsonNode hidden = ask("test/a", "8.8.8.8", 53);
        assertEquals("delivered", hidden.path("verdict").asText());
        decides(hidden, "kernel", "it forwards it by its own routes, as one of the node's addresses (masquerade)");
        masquerade = false;
        assertTrue(step(ask("test/a", "8.8.8.8", 53), "kernel").path("decision").asText()
                .contains("host.masquerade is off"));
        decides(ask("test/a", "172.30.0.1", 22), "kernel", "172.30.0.1 is the node's own: a process of the node"
                + " gets it");
    }

    private void refuse(String backend, int clientPort) {
        rig.meter.answered(rig.open(TCP, "10.244.1.11:" + clientPort, "10.96.0.1:80", backend), true, 100, rig.nowS);
    }

    @Test
    void ejectedBackendsCount() throws Exception {
        start(WEB, web("10.244.2.11", "10.244.2.12"));
        refuse("10.244.2.11:8080", 1);
        refuse("10.244.2.11:8080", 2);
        rig.load.tell(rig.nowS);
        rig.dataplane.ejections.set(0, rig.load.ejections());
        for (int i = 0; i < 20; i++) {
            final JsonNode answer = ask("test/a", "10.96.0.1", 80);
            assertEquals("10.244.2.12:8080", answer.path("backend").asText());
            assertTrue(step(answer, "candidates").path("decision").asText().matches("10.244.2.11:8080 weight 1, on"
                    + " node2, ejected, tried again in \\d+ s; 10.244.2.12:8080 weight 1, on node2"), answer::toString);
        }
        refuse("10.244.2.12:8080", 3);
        refuse("10.244.2.12:8080", 4);
        rig.load.tell(rig.nowS);
        rig.dataplane.ejections.set(0, rig.load.ejections());
        assertEquals("LAST_RESORT", step(ask("test/a", "10.96.0.1", 80), "backend").path("chosenBy").asText());
        assertEquals(2, rig.load.ejections().size(), "asking changes nothing");
    }

    @Test
    void theFewestFlowsDecide() throws Exception {
        start(ObserveRig.service("web", "10.96.0.1", "").replace("namespace: test}",
                "namespace: test, annotations: {ringway.dev/balance: leastFlows}}"),
                ObserveRig.endpoints("web", "10.244.2.11", "10.244.2.12"));
        rig.open(TCP, "10.244.1.11:1", "10.96.0.1:80", "10.244.2.11:8080");
        for (int i = 0; i < 20; i++) {
            final JsonNode answer = ask("test/a", "10.96.0.1", 80);
            assertEquals("10.244.2.12:8080", answer.path("backend").asText());
            decides(answer, "candidates", "10.244.2.11:8080 weight 1, on node2, 1 open flow; 10.244.2.12:8080"
                    + " weight 1,"
                    + " on node2, 0 open flows");
        }
    }

    @Test
    void ofManyCandidatesSomeAreTold() throws Exception {
        final String[] addresses = new String[30];
        for (int i = 0; i < 30; i++) {
            addresses[i] = "10.244.2." + (10 + i);
        }
        start(WEB, web(addresses));
        for (int i = 0; i < 20; i++) {
            final JsonNode answer = ask("test/a", "10.96.0.1", 80);
            final JsonNode some = step(answer, "candidates");
            assertEquals(30, some.path("count").asInt());
            assertTrue(some.path("backends").size() == 4 || some.path("backends").size() == 5);
            assertTrue(some.path("decision").asText().endsWith("; and " + (30 - some.path("backends").size()) + ""
                    + " more"));
            assertTrue(some.path("backends").findValuesAsText("backend").contains(answer.path("backend").asText()));
        }
    }
}
