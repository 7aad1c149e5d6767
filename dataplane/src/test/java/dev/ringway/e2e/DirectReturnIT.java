package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Clients outside reach backends of all nodes by their own addresses, and the backend's node answers them itself, from
 * the address that they know.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DirectReturnIT {
    private static final String EXTERNAL_4 = "192.0.2.50";
    private static final String EXTERNAL_6 = "2001:db8::50";
    private ServiceCluster services;

    @BeforeAll
    void start() {
        services = new ServiceCluster(TestCluster.Options.vxlan().threading("dedicated, shards: 2")
                .everyNode("outsideClients: direct"), "");
        services.apply(new ServiceYaml("np").clusterIp("10.97.0.30").spec("type: NodePort")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30080")
                .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30081")
                .port("SCTP", 80, ServiceCluster.TARGET, "nodePort: 30084").endpoint(1, 1).endpoint(2, 1)
                .endpoint(2, 2), new ServiceYaml("np6").clusterIp("fd00:97::30").spec("type: NodePort")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30082").endpoint(2, 1),
                new ServiceYaml("ext").clusterIp("10.97.0.31").spec("externalIPs: [" + EXTERNAL_4 + "]")
                        .port("TCP", 80, ServiceCluster.TARGET, "").port("UDP", 81, ServiceCluster.TARGET, "")
                        .endpoint(2, 1),
                new ServiceYaml("one").clusterIp("10.97.0.32").spec("type: NodePort")
                        .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30083").endpoint(2, 1),
                new ServiceYaml("ext6").clusterIp("fd00:97::31").spec("externalIPs: [\"" + EXTERNAL_6 + "\"]")
                        .port("TCP", 80, ServiceCluster.TARGET, "").port("UDP", 81, ServiceCluster.TARGET, "")
                        .endpoint(2, 1));
        services.cluster.net.ip(outside(), "route add " + EXTERNAL_4 + " via 172.31.0.1",
                "route add " + EXTERNAL_6 + " via fd00:31::1");
    }

    @AfterAll
    void stop() {
        if (services != null) {
            services.close();
        }
    }

    private String outside() {
        return services.cluster.outside;
    }

    @Test
    void everyBackendSeesTheClient() {
        for (int node = 1; node <= 2; node++) {
            final Set<String> answers = Set.copyOf(services.answers(outside(), "172.31.0." + node, 30_080, 60));
            final String client = " " + TestCluster.outsideAddress(4);
            assertEquals(Set.of("n1p1" + client, "n2p1" + client, "n2p2" + client), answers);
        }
    }

    @Test
    void externalAddresses() {
        assertEquals("n2p1 " + TestCluster.outsideAddress(4), services.answer(outside(), EXTERNAL_4, 80));
        assertEquals("n2p1 " + TestCluster.outsideAddress(6), services.answer(outside(), EXTERNAL_6, 80));
    }

    @Test
    void overIpv6() {
        assertEquals("n2p1 " + TestCluster.outsideAddress(6), services.answer(outside(), "fd00:31::1", 30_082));
    }

    /** To one backend, on the other node than the client comes to; more than one packet can carry, there and back. */
    @Test
    void datagrams() {
        // Only senders fragment in IPv6: the first tells ours the MTU behind the node.
        services.udp(outside(), 40_099, EXTERNAL_6, 81, "x".repeat(4000));
        for (String address : new String[] {EXTERNAL_4, EXTERNAL_6}) {
            final String answer = services.udp(outside(), 40_100, address, 81, "x".repeat(4000));
            assertEquals("n2p1 " + TestCluster.outsideAddress(address.contains(":") ? 6 : 4) + " 4000", answer);
        }
        final String answer = services.udp(outside(), 40_100, "172.31.0.1", 30_081, "x");
        assertTrue(answer.matches("n[12]p[12] 172\\.31\\.0\\.254.*"), answer);
    }

    @Test
    void associations() {
        ServiceScenarios.assertKeptAssociations(services, 30_084, "n1p1", "n2p1", "n2p2");
    }

    /** The answers leave by the backend's node, and the kernel of neither node keeps a connection in mind for it. */
    @Test
    void answersDoNotPassTheEntryNode() {
        final long before = fromNode2();
        for (String address : new String[] {EXTERNAL_4, EXTERNAL_6}) {
            assertEquals("1000000", services.http(outside(), address, 80, "-o", "/dev/null", "-w", "%{size_download}",
                    "--path-as-is", "--request-target", "/big/1000000").out());
        }
        // Neighbour discovery of the overlay may come in between.
        assertTrue(fromNode2() - before < 10, "packets from node2: " + before + ", then " + fromNode2());
        for (int n = 1; n <= 2; n++) {
            final String tracked = services.cluster.net.in(TestCluster.node(n), "conntrack", "-L").out();
            assertFalse(tracked.contains(EXTERNAL_4), tracked);
        }
        final String flows = TestNet.must(TestCluster.launcher().toString(), "flows", EXTERNAL_4, "--socket",
                services.cluster.socket(1).toString());
        assertTrue(flows.contains("by node node2"), flows);
    }

    @Test
    void resolveTellsWhoAnswers() {
        final String told = TestNet.must(TestCluster.launcher().toString(), "resolve", TestCluster.outsideAddress(4),
                EXTERNAL_4 + ":80", "--socket", services.cluster.socket(1).toString());
        assertTrue(told.contains("marks it") && told.contains("one of node node2's own")
                && told.contains("node node2 through the tunnel"), told);
    }

    private long fromNode2() {
        return services.cluster.query(1, "peers").get(0).path("received").path("packets").asLong();
    }

    /** A smaller link outside: what its router says goes to the entry node, and must come to the backend. */
    @Test
    void pathMtuOfTheClient() {
        final TestNet net = services.cluster.net;
        final String far = net.namespace("far");
        net.cable(outside(), "wide", far, "narrow", 1300);
        net.ip(outside(), "addr add 172.31.9.1/24 dev wide", "addr add fd00:31:9::1/64 dev wide nodad");
        net.ip(far, "addr add 172.31.9.2/24 dev narrow", "addr add fd00:31:9::2/64 dev narrow nodad",
                "route add default via 172.31.9.1", "route add default via fd00:31:9::1");
        net.sysctl(outside(), "net.ipv4.ip_forward=1");
        net.sysctl(outside(), "net.ipv6.conf.all.forwarding=1");
        // The far side offers segments that do not fit its own link, as hosts behind a tunnel's router do.
        net.ip(far, "route change default via 172.31.9.1 advmss 1460", "route change default via fd00:31:9::1 advmss"
                + " 1440");
        for (int n = 1; n <= 2; n++) {
            net.ip(TestCluster.node(n), "route add 172.31.9.0/24 via 172.31.0.254",
                    "route add fd00:31:9::/64 via fd00:31::fe");
        }
        for (String url : new String[] {"http://" + EXTERNAL_4, "http://172.31.0.1:30083",
            "http://[" + EXTERNAL_6 + "]", "http://[fd00:31::1]:30082"}) {
            final TestNet.Result big = net.in(far, "curl", "-sS", "--max-time", "20", "-o", "/dev/null", "-w",
                    "%{size_download}", url + "/big/1000000");
            assertEquals("1000000", big.out().strip(), url);
        }
        final String errors = net.in(outside(), "nstat", "-asz", "IcmpOutDestUnreachs", "Icmp6OutPktTooBigs").out();
        assertTrue(errors.matches("(?s).*IcmpOutDestUnreachs +[1-9].*Icmp6OutPktTooBigs +[1-9].*"), errors);
    }

    /** Others than clients outside reach the same addresses as before. */
    @Test
    void nodesAndPods() {
        for (int node = 1; node <= 2; node++) {
            for (int to = 1; to <= 2; to++) {
                assertTrue(services.answer(TestCluster.node(node), "172.31.0." + to, 30_083).startsWith("n2p1 "));
                assertTrue(services.answer(TestCluster.pod(node, 2), "172.31.0." + to, 30_083).startsWith("n2p1 "));
            }
            assertTrue(services.answer(TestCluster.pod(node, 2), EXTERNAL_4, 80).startsWith("n2p1 "));
        }
    }

    /** Both switches know running conversations again after they died. */
    @Test
    void conversationsSurviveCrashes() {
        final Process client = services.converse(outside(), "172.31.0.1", 30_083, "talk");
        for (int n = 1; n <= 2; n++) {
            services.assertGoesOn("talk");
            final Process daemon = services.cluster.daemon(n);
            daemon.destroyForcibly();
            TestNet.await("the daemon's end", () -> !daemon.isAlive());
            services.cluster.startDaemon(n);
            services.cluster.awaitReady(n);
        }
        services.assertGoesOn(client, "talk", "n2p1 " + TestCluster.outsideAddress(4));
    }
}
