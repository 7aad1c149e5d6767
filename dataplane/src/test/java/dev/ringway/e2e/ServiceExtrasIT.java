package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ringway.observe.metrics.Exposition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What goes beyond kube-proxy: ejection, weights, the fewest flows, Maglev, counters, and commands that explain; and
 * what needs settings of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ServiceExtrasIT {
    private static final String VIP = "10.97.0.20";
    private static final String CLIENT = TestCluster.pod(1, 1);
    private static final String NODE = "172.31.0.1";

    private ServiceCluster services;

    @BeforeAll
    void start() {
        services = new ServiceCluster(TestCluster.Options.vxlan(),
                "  ejection: {enabled: true, failures: 2, retryAfter: 3600}\n  maxFlows: 1024\n"
                        + "  nodePortAddresses: [172.31.0.0/24, 172.31.5.0/24]\n");
    }

    @AfterAll
    void stop() {
        if (services != null) {
            services.close();
        }
    }

    private static ServiceYaml web() {
        return new ServiceYaml("web").clusterIp(VIP).port("TCP", 80, ServiceCluster.TARGET, "");
    }

    private JsonNode port() {
        for (JsonNode service : services.cluster.query(1, "services").path("services")) {
            if (service.path("name").asText().equals("web")) {
                return service.path("ports").path(0);
            }
        }
        throw new AssertionError("no Service web");
    }

    /** Nothing is at the address of the second backend: what is sent there is not answered, or by "unreachable". */
    @Test
    void deadBackendsGetNothingNew() {
        services.apply(web().endpoint(2, 1).endpoint(TestCluster.podAddress(2, 9, 4), 2, "ready: true"));
        int failed = 0;
        for (int i = 0; i < 20; i++) {
            failed += services.http(CLIENT, VIP, 80).ok() ? 0 : 1;
        }
        assertTrue(failed <= 2, failed + " of 20 requests failed");
        assertEquals(Map.of("n2p1", 20), services.spread(CLIENT, VIP, 80, 20));
        final String dead = TestCluster.podAddress(2, 9, 4) + ":8080";
        final String told = must("services", "WEB", VIP + ":80");
        assertTrue(told.contains(dead + "  ejected, tried again in 3"), told);
        TestNet.await("a word in the log", () -> services.cluster.net.read("daemon1").contains(
                "Service test/web:tcp80: backend " + dead + " is ejected: 2 connections in a row"));
        final String resolved = resolve("test/p1", "test/web:tcp80").out();
        assertTrue(resolved.contains(dead + " weight 1, on node2, ejected, tried again in 3"), resolved);
        assertTrue(resolved.contains("delivered: to node node2 through the tunnel, as "), resolved);
    }

    @Test
    void weightsAreKept() {
        services.apply(web().sliceAnnotation("ringway.dev/weights", TestCluster.podAddress(1, 2, 4) + "=9,"
                + TestCluster.podAddress(2, 1, 4) + "=1").endpoint(1, 2).endpoint(2, 1));
        final Map<String, Integer> spread = services.spread(CLIENT, VIP, 80, 100);
        assertTrue(spread.get("n1p2") > 75, spread::toString);
        assertTrue(spread.getOrDefault("n2p1", 0) > 0, spread::toString);
    }

    @Test
    void theFewestFlowsDecide() {
        final String vip = "10.97.0.22";
        services.apply(new ServiceYaml("fewest").clusterIp(vip).port("TCP", 80, ServiceCluster.TARGET, "")
                .annotation("ringway.dev/balance", "leastFlows").endpoint(1, 2).endpoint(2, 1).endpoint(2, 2));
        final TestNet.Result opened = services.cluster.net.shell(CLIENT, "for i in $(seq 30); do exec {fd}<>/dev/tcp/"
                + vip + "/80; printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&$fd; while read -t 5 -u $fd l; do"
                + " case $l in n*) echo ${l%% *}; break;; esac; done; done | sort | uniq -c");
        for (String pod : new String[] {"n1p2", "n2p1", "n2p2"}) {
            assertTrue(opened.out().contains("10 " + pod), opened.out());
        }
    }

    /** A client of one source port gets the same backend whichever node it comes in by. */
    @Test
    void maglevIsTheSameOnAllNodes() {
        final String external = "198.51.100.9";
        services.apply(web().port("UDP", 80, ServiceCluster.TARGET, "").annotation("ringway.dev/balance", "maglev")
                .spec("externalIPs: [" + external + "]").endpoint(1, 2).endpoint(2, 1).endpoint(2, 2));
        final List<List<String>> answers = new ArrayList<>();
        for (int node = 1; node <= 2; node++) {
            services.cluster.net.ip(services.cluster.outside, "route replace " + external + "/32 via 172.31.0." + node);
            answers.add(services.udp(services.cluster.outside, 40_700, 12, external, 80).stream()
                    .map(ServiceScenarios::server).toList());
        }
        assertEquals(answers.get(0), answers.get(1));
        assertTrue(answers.get(0).stream().distinct().count() > 1, answers::toString);
        ServiceScenarios.assertMatch("n[12]p[12]", answers.get(0));
    }

    /** Of the node's addresses those in the ranges, also one that comes while the switch runs. */
    @Test
    void nodePortsOnSomeAddresses() {
        final TestNet net = services.cluster.net;
        final String outside = services.cluster.outside;
        services.apply(new ServiceYaml("np").clusterIp("10.97.0.24").spec("type: NodePort")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30085").endpoint(2, 2));
        net.ip(TestCluster.node(1), "addr add 172.31.5.1/32 dev eth0", "addr add 172.31.6.1/32 dev eth0");
        net.ip(outside, "route add 172.31.5.1/32 via " + NODE, "route add 172.31.6.1/32 via " + NODE);
        TestNet.await("the NodePort on the new address", () -> services.http(outside, "172.31.5.1", 30_085).ok());
        for (String from : List.of(outside, CLIENT, TestCluster.node(1))) {
            for (String open : List.of(NODE, "172.31.5.1")) {
                assertTrue(services.answer(from, open, 30_085).startsWith("n2p2 "), from);
            }
            final String said = net.in(from, "nc", "-nv", "-w", "5", "172.31.6.1", "30085").out();
            assertTrue(said.contains("refused"), said);
        }
        net.ip(TestCluster.node(1), "addr del 172.31.5.1/32 dev eth0", "addr del 172.31.6.1/32 dev eth0");
    }

    private double evicted() {
        final String metrics = services.cluster.net.in(TestCluster.node(1), "curl", "-sS", "-m", "20",
                "http://127.0.0.1:9465/metrics").out();
        return Exposition.parse(metrics).value("ringway_flows_evicted_total{kind=unreplied, shard=0}");
    }

    /** Established connections are kept, others make room, and what there is no room for is refused. */
    @Test
    void moreFlowsThanThereIsRoomFor() {
        services.apply(web().port("UDP", 80, ServiceCluster.TARGET, "").endpoint(1, 2).endpoint(2, 1).endpoint(2, 2));
        final double evicted = evicted();
        final long refused = services.cluster.drops(1, "FLOW_TABLE_FULL");
        final String script = services.script("crowd.py");
        final TestNet.Result result = services.cluster.net.in(CLIENT, "python3", script, VIP, "80");
        final List<String> told = result.out().lines().toList();
        assertEquals(List.of("after datagrams: True", "when full: True", "when some have ended: True"),
                told.stream().filter(line -> !line.startsWith("held")).toList(), result::out);
        final int held = Integer.parseInt(told.get(1).split(": ")[1]);
        assertTrue(held > 1000 && held <= 1024, result::out);
        assertTrue(evicted() - evicted > 1400, "evicted: " + evicted + ", then " + evicted());
        assertTrue(services.cluster.drops(1, "FLOW_TABLE_FULL") > refused);
        assertTrue(must("counters").contains("FLOW_TABLE_FULL"));
    }

    @Test
    void countersTellWhatWentThrough() {
        services.apply(new ServiceYaml("none").clusterIp("10.97.0.21").port("TCP", 80, 80, ""));
        services.apply(web().endpoint(2, 2));
        final long before = port().path("traffic").path("flows").asLong();
        services.spread(CLIENT, VIP, 80, 10);
        final JsonNode traffic = port().path("traffic");
        assertEquals(before + 10, traffic.path("flows").asLong());
        assertTrue(traffic.path("toClient").path("bytes").asLong() > 1000, traffic.toString());
        assertTrue(traffic.path("synToSynAck").path("count").asLong() >= 10, traffic.toString());
        assertTrue(traffic.path("synToSynAck").path("p99BelowMicros").asLong() > 0, traffic.toString());
        final JsonNode backend = port().path("backends").path(0).path("traffic");
        assertTrue(backend.path("flows").asLong() >= 10, port().toString());
        assertTrue(backend.path("toClient").path("bytes").asLong() > 1000, port().toString());
        assertTrue(backend.path("synToSynAck").path("p50BelowMicros").asLong() > 0, port().toString());
    }

    @Test
    void flowsAreListed() {
        services.apply(web().endpoint(2, 2));
        services.spread(CLIENT, VIP, 80, 3);
        final String flows = must("flows", "WEB", VIP, "test/p1", "tcp", "--top", "age");
        assertTrue(flows.contains("test/web:tcp80") && flows.contains(TestCluster.podAddress(2, 2, 4) + ":8080"),
                flows);
        assertTrue(must("flows", VIP, "udp").startsWith("no flows"), flows);
    }

    /** The address that the client has used and the one that the backend sees are told, not the token between. */
    @Test
    void flowsFromOutside() {
        services.apply(new ServiceYaml("np").clusterIp("10.97.0.23").spec("type: NodePort")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30083").endpoint(2, 2));
        final String outside = TestCluster.outsideAddress(4);
        final String seen = services.answer(services.cluster.outside, NODE, 30_083).split(" ")[1];
        final String flows = must("flows", NODE + ":30083");
        assertTrue(flows.contains("test/np:tcp80") && flows.contains(outside + ":"), flows);
        assertTrue(flows.contains(seen + ":"), flows + " without " + seen);
        assertTrue(must("flows", seen, "node2").contains(NODE + ":30083"), flows);
        assertTrue(must("services", NODE + ":30083").contains("node:30083"));
    }

    @Test
    void resolveTellsWhereAndWhy() {
        services.apply(web().endpoint(2, 2));
        final String there = resolve(TestCluster.podAddress(1, 1, 4), VIP + ":80").out();
        assertTrue(there.contains("test/web:tcp80") && there.contains("node node2 through the tunnel"), there);
        assertTrue(there.contains(TestCluster.podAddress(2, 2, 4) + ":8080"), there);
        final TestNet.Result refused = resolve("test/p1", VIP + ":81");
        assertTrue(refused.exit() == 1 && refused.out().contains("SERVICE_REFUSED"), refused.out());
        assertTrue(resolve(TestCluster.podAddress(1, 1, 4), "10.97.9.9:80").out().contains("UNREACHABLE"));
        final TestNet.Result kernel = resolve(NODE, "192.0.2.1:80");
        assertTrue(kernel.exit() == 3 && kernel.out().contains("decides by itself"), kernel.out());
        assertTrue(resolve("172.31.0.254", TestCluster.podAddress(1, 2, 4) + ":80").out().contains("pod test/p2"));
        assertEquals(2, resolve(TestCluster.podAddress(1, 1, 4), "fd00::80:80").exit());
    }

    /** What resolve says of the node's kernel is what a server hears: who the client is. */
    @Test
    void resolveKnowsTheNodesKernel() throws IOException {
        services.apply(web().endpoint(2, 2));
        for (String address : new String[] {NODE, TestCluster.gateway(1, 4)}) {
            final String seen = services.answer(TestCluster.node(1), VIP, 80, "--interface", address).split(" ")[1];
            final JsonNode told = new JsonMapper().readTree(resolve(address, VIP + ":80", "--json").out());
            assertEquals("delivered", told.path("verdict").asText(), told::toPrettyString);
            assertTrue(told.path("packet").asText().startsWith(seen + ":"), seen + " in " + told.toPrettyString());
        }
    }

    private String must(String... command) {
        final TestNet.Result result = ringway(command);
        assertTrue(result.ok(), result::out);
        return result.out();
    }

    private TestNet.Result resolve(String... arguments) {
        final String[] command = new String[arguments.length + 1];
        command[0] = "resolve";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return ringway(command);
    }

    /** A command that asks the daemon of node1. */
    private TestNet.Result ringway(String... command) {
        final String[] whole = new String[command.length + 3];
        whole[0] = TestCluster.launcher().toString();
        System.arraycopy(command, 0, whole, 1, command.length);
        whole[command.length + 1] = "--socket";
        whole[command.length + 2] = services.cluster.socket(1).toString();
        return services.cluster.net.in(TestCluster.node(1), whole);
    }

    /** A file that is broken changes nothing, and the daemon says where it is wrong. */
    @Test
    void aBrokenFileKeepsTheLastGood() {
        services.apply(web().endpoint(2, 2));
        services.write("kind: [Service\n");
        TestNet.await("the warning", () -> services.cluster.query(1, "services").path("warnings").toString()
                .contains("services.yaml"));
        assertEquals("n2p2", services.answer(CLIENT, VIP, 80).split(" ")[0]);
    }
}
