package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Services as clients of all kinds meet them. The names are those of Kubernetes' own end-to-end tests. Each subclass
 * runs all of it on a cluster of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServiceScenarios {
    private static final String VIP = "10.97.0.10";
    private static final String VIP6 = "fd00:97::10";
    private static final String EXTERNAL = "198.51.100.7";
    private static final String CLIENT = TestCluster.pod(1, 1);
    private static final String UNREADY = "ready: false, serving: false, terminating: false";
    private static final String TERMINATING = "ready: false, serving: true, terminating: true";

    private ServiceCluster services;
    private String outside;

    abstract TestCluster.Options options();

    @BeforeAll
    void start() {
        services = new ServiceCluster(options(), "");
        outside = services.cluster.outside;
        services.cluster.net.ip(outside, "route add " + EXTERNAL + "/32 via 172.31.0.1");
        services.cluster.net.ip(TestCluster.node(1), "route add default via 172.31.0.254");
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

    private static ServiceYaml everywhere(ServiceYaml service) {
        return service.endpoint(1, 2).endpoint(2, 1).endpoint(2, 2);
    }

    private static ServiceYaml nodePort(String... spec) {
        return new ServiceYaml("np").clusterIp("10.97.0.11").spec("type: NodePort").spec(spec)
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30080");
    }

    private static String client(String answer) {
        return answer.split(" ")[1];
    }

    private static void assertEven(Map<String, Integer> spread, String... names) {
        assertEquals(Set.of(names), spread.keySet(), spread::toString);
        spread.values().forEach(count -> assertTrue(count >= 5, spread::toString));
    }

    @Test
    void shouldServeABasicEndpointFromPods() {
        services.apply(everywhere(web()));
        assertEven(services.spread(CLIENT, VIP, 80, 60), "n1p2", "n2p1", "n2p2");
        services.apply(web().endpoint(2, 1));
        assertEquals("n2p1", services.answer(CLIENT, VIP, 80).split(" ")[0]);
    }

    @Test
    void shouldPreserveSourcePodIpForTrafficThruServiceClusterIp() {
        for (int node = 1; node <= 2; node++) {
            services.apply(web().endpoint(node, 2));
            assertEquals("n" + node + "p2 " + TestCluster.podAddress(1, 1, 4), services.answer(CLIENT, VIP, 80));
            assertEquals("n" + node + "p2 " + TestCluster.podAddress(2, 1, 4),
                    services.answer(TestCluster.pod(2, 1), VIP, 80));
        }
    }

    @Test
    void shouldServeIpv6ClusterIps() {
        services.apply(everywhere(new ServiceYaml("six").clusterIp(VIP6).port("TCP", 80, ServiceCluster.TARGET, "")
                .port("UDP", 80, ServiceCluster.TARGET, "")));
        assertEven(services.spread(CLIENT, VIP6, 80, 60), "n1p2", "n2p1", "n2p2");
        assertEquals(TestCluster.podAddress(1, 1, 6), client(services.answer(CLIENT, VIP6, 80)));
        assertTrue(services.udp(CLIENT, 40_001, VIP6, 80, "x").contains(TestCluster.podAddress(1, 1, 6)));
    }

    @Test
    void shouldAllowPodsToHairpinBackToThemselvesThroughServices() {
        services.apply(web().endpoint(1, 1), new ServiceYaml("six").clusterIp(VIP6)
                .port("TCP", 80, ServiceCluster.TARGET, "").endpoint(1, 1));
        assertEquals("n1p1 " + TestCluster.gateway(1, 4), services.answer(CLIENT, VIP, 80));
        assertEquals("n1p1 " + TestCluster.gateway(1, 6), services.answer(CLIENT, VIP6, 80));
    }

    @Test
    void shouldServeEndpointsOnSamePortAndDifferentProtocols() {
        services.apply(web().port("UDP", 80, ServiceCluster.TARGET, "").endpoint(2, 2));
        assertEquals("n2p2", services.answer(CLIENT, VIP, 80).split(" ")[0]);
        assertEquals("n2p2 " + TestCluster.podAddress(1, 1, 4) + " 1", services.udp(CLIENT, 40_002, VIP, 80, "x"));
    }

    @Test
    void shouldFunctionForNodeServiceHttpAndUdp() {
        services.apply(everywhere(web()).port("UDP", 80, ServiceCluster.TARGET, ""),
                everywhere(new ServiceYaml("six").clusterIp(VIP6).port("TCP", 80, ServiceCluster.TARGET, "")));
        final String node = TestCluster.node(1);
        assertEven(services.spread(node, VIP, 80, 60), "n1p2", "n2p1", "n2p2");
        assertEven(services.spread(node, VIP6, 80, 60), "n1p2", "n2p1", "n2p2");
        assertTrue(services.udp(node, 40_003, VIP, 80, "x").startsWith("n"));
        // A socket that is bound to another of the node's addresses.
        assertTrue(services.answer(node, VIP, 80, "--interface", "172.31.0.1").startsWith("n"));
        assertTrue(services.answer(node, VIP, 80, "--interface", "127.0.0.1").startsWith("n"));
    }

    @Test
    void shouldBeAbleToCreateAFunctioningNodePortService() {
        services.apply(everywhere(nodePort()));
        for (int node = 1; node <= 2; node++) {
            assertEven(services.spread(outside, "172.31.0." + node, 30_080, 60), "n1p2", "n2p1", "n2p2");
        }
        assertNotEquals(TestCluster.outsideAddress(4), client(services.answer(outside, "172.31.0.1", 30_080)));
        // Pods and the node itself.
        assertTrue(services.answer(CLIENT, "172.31.0.1", 30_080).startsWith("n"));
        assertTrue(services.answer(CLIENT, "172.31.0.2", 30_080).startsWith("n"));
        assertTrue(services.answer(TestCluster.node(1), "172.31.0.1", 30_080).startsWith("n"));
        services.apply();
        assertFalse(services.http(outside, "172.31.0.1", 30_080).ok());
    }

    @Test
    void shouldSupportBasicNodePortUdpFunctionality() {
        services.apply(new ServiceYaml("np").clusterIp(VIP).spec("type: NodePort")
                .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30081").endpoint(1, 2).endpoint(2, 2));
        for (int i = 0; i < 4; i++) {
            assertTrue(services.udp(outside, 40_010 + i, "172.31.0.1", 30_081, "x").matches("n[12]p2 .*"));
        }
    }

    @Test
    void shouldKeepTheClientsAddressWithExternalTrafficPolicyLocal() {
        services.apply(nodePort("externalTrafficPolicy: Local").endpoint(1, 2));
        assertEquals("n1p2 " + TestCluster.outsideAddress(4), services.answer(outside, "172.31.0.1", 30_080));
        // No local endpoint, but one elsewhere: dropped, for the load balancer to notice.
        assertEquals(28, services.http(outside, "172.31.0.2", 30_080, "--connect-timeout", "2").exit());
        // Pods take the short way.
        assertEquals("n1p2", services.answer(TestCluster.pod(2, 1), "172.31.0.2", 30_080).split(" ")[0]);
    }

    @Test
    void healthCheckNodePortsTellOfLocalEndpoints() {
        services.apply(web().spec("type: LoadBalancer", "externalTrafficPolicy: Local", "healthCheckNodePort: 32100")
                .ingress(EXTERNAL, "VIP").endpoint(1, 2));
        TestNet.await("the health check of node1", () -> services.http(outside, "172.31.0.1", 32_100, "-f").ok());
        assertTrue(services.answer(outside, "172.31.0.1", 32_100).contains("\"localEndpoints\":1"));
        assertTrue(services.http(outside, "172.31.0.2", 32_100, "-o", "/dev/null", "-w", "%{http_code}").out()
                .contains("503"));
    }

    @Test
    void shouldBePossibleToConnectToAServiceViaExternalIp() {
        services.apply(everywhere(web().spec("externalIPs: [\"" + EXTERNAL + "\"]")));
        assertEven(services.spread(outside, EXTERNAL, 80, 60), "n1p2", "n2p1", "n2p2");
        assertEven(services.spread(CLIENT, EXTERNAL, 80, 60), "n1p2", "n2p1", "n2p2");
        assertTrue(services.answer(TestCluster.node(1), EXTERNAL, 80).startsWith("n"));
    }

    @Test
    void shouldOnlyAllowAccessFromServiceLoadBalancerSourceRanges() {
        services.apply(web().spec("type: LoadBalancer", "loadBalancerSourceRanges: [\"172.31.0.254/32\"]")
                .ingress(EXTERNAL, "VIP").endpoint(2, 1));
        assertEquals("n2p1", services.answer(outside, EXTERNAL, 80).split(" ")[0]);
        assertEquals(28, services.http(CLIENT, EXTERNAL, 80, "--connect-timeout", "2").exit());
        services.apply(web().spec("type: LoadBalancer", "loadBalancerSourceRanges: [\"192.0.2.0/24\"]")
                .ingress(EXTERNAL, "VIP").endpoint(2, 1));
        assertEquals(28, services.http(outside, EXTERNAL, 80, "--connect-timeout", "2").exit());
        // The cluster IP is not restricted.
        assertEquals("n2p1", services.answer(CLIENT, VIP, 80).split(" ")[0]);
    }

    @Test
    void shouldHaveSessionAffinityWorkForServiceWithTypeClusterIp() {
        services.apply(everywhere(web().spec("sessionAffinity: ClientIP")));
        final Map<String, Integer> spread = services.spread(CLIENT, VIP, 80, 20);
        assertEquals(1, spread.size(), spread::toString);
        services.apply(everywhere(web()));
        assertEven(services.spread(CLIENT, VIP, 80, 60), "n1p2", "n2p1", "n2p2");
    }

    @Test
    void shouldHaveSessionAffinityWorkForNodePortService() {
        services.apply(everywhere(nodePort("sessionAffinity: ClientIP")));
        final Map<String, Integer> spread = services.spread(outside, "172.31.0.1", 30_080, 20);
        assertEquals(1, spread.size(), spread::toString);
    }

    @Test
    void shouldRespectInternalTrafficPolicyLocal() {
        services.apply(everywhere(web().spec("internalTrafficPolicy: Local")));
        assertEquals(Map.of("n1p2", 10), services.spread(CLIENT, VIP, 80, 10));
        assertEven(services.spread(TestCluster.pod(2, 1), VIP, 80, 40), "n2p1", "n2p2");
    }

    @Test
    void shouldBeRejectedWhenNoEndpointsExist() {
        services.apply(web().port("UDP", 80, ServiceCluster.TARGET, ""), nodePort());
        assertRefused(CLIENT, VIP, 80);
        assertRefused(TestCluster.node(1), VIP, 80);
        assertRefused(outside, "172.31.0.1", 30_080);
        assertTrue(services.udp(CLIENT, 40_020, VIP, 80, "x").contains("refused"));
        // A port that the Service does not have.
        assertRefused(CLIENT, VIP, 81);
    }

    /** At once, and not by silence. */
    private void assertRefused(String from, String address, int port) {
        final String said =
                services.cluster.net.in(from, "nc", "-nv", "-w", "5", address, Integer.toString(port)).out();
        assertTrue(said.contains("refused"), said);
    }

    @Test
    void shouldNotUseUnreadyEndpointsUnlessPublishNotReadyAddressesIsTrue() {
        services.apply(web().endpoint(1, 2, UNREADY).endpoint(2, 2));
        assertEquals(Map.of("n2p2", 10), services.spread(CLIENT, VIP, 80, 10));
        // Who publishes them makes their slices say "ready".
        services.apply(web().spec("publishNotReadyAddresses: true").endpoint(1, 2).endpoint(2, 2));
        assertEven(services.spread(CLIENT, VIP, 80, 40), "n1p2", "n2p2");
    }

    @Test
    void shouldFallbackToTerminatingEndpointsWhenThereAreNoReadyEndpoints() {
        services.apply(web().endpoint(1, 2, TERMINATING).endpoint(2, 2));
        assertEquals(Map.of("n2p2", 10), services.spread(CLIENT, VIP, 80, 10));
        services.apply(web().endpoint(1, 2, TERMINATING).endpoint(2, 2, UNREADY));
        assertEquals(Map.of("n1p2", 10), services.spread(CLIENT, VIP, 80, 10));
    }

    @Test
    void conntrackShouldBeAbleToPreserveUdpTrafficWhenServerPodCycles() {
        final ServiceYaml before = web().port("UDP", 80, ServiceCluster.TARGET, "").endpoint(1, 2);
        services.apply(before);
        for (int i = 0; i < 3; i++) {
            assertTrue(services.udp(CLIENT, 40_030, VIP, 80, "x").startsWith("n1p2 "));
        }
        services.apply(web().port("UDP", 80, ServiceCluster.TARGET, "").endpoint(2, 2));
        assertTrue(services.udp(CLIENT, 40_030, VIP, 80, "x").startsWith("n2p2 "));
        services.apply(before);
        assertTrue(services.udp(CLIENT, 40_030, VIP, 80, "x").startsWith("n1p2 "));
    }

    @Test
    void conntrackShouldBeAbleToPreserveUdpTrafficForANodePortService() {
        for (int node = 1; node <= 2; node++) {
            services.apply(new ServiceYaml("np").clusterIp(VIP).spec("type: NodePort")
                    .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30082").endpoint(node, 2));
            assertTrue(services.udp(outside, 40_031, "172.31.0.1", 30_082, "x").startsWith("n" + node + "p2 "));
        }
    }

    @Test
    void shouldHandleLargeRequestsUdp() {
        services.apply(web().port("UDP", 80, ServiceCluster.TARGET, "").endpoint(2, 2));
        final String big = "y".repeat(4000);
        assertEquals("n2p2 " + TestCluster.podAddress(1, 1, 4) + " 4000",
                services.udp(CLIENT, 40_040, VIP, 80, big));
        services.apply(web().port("UDP", 80, ServiceCluster.TARGET, "").endpoint(1, 2));
        assertEquals("n1p2 " + TestCluster.podAddress(1, 1, 4) + " 4000",
                services.udp(CLIENT, 40_041, VIP, 80, big));
    }

    @Test
    void connectionsDrainWhenTheirEndpointTerminates() {
        services.apply(web().endpoint(2, 2));
        final Process client = services.cluster.net.start(CLIENT, "drain", "bash", "-c",
                "exec 3<>/dev/tcp/" + VIP + "/80; for i in 1 2 3 4 5 6 7 8; do"
                        + " printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3; while read -t 5 -u 3 l; do"
                        + " case $l in n*) echo $i $l; break;; esac; done; sleep 1; done; echo complete");
        TestNet.await("the first answer", () -> services.cluster.net.read("drain").contains("1 n2p2"));
        services.apply(web().endpoint(2, 2, TERMINATING).endpoint(1, 2));
        assertEquals("n1p2", services.answer(CLIENT, VIP, 80).split(" ")[0]);
        TestNet.await("the client's end", () -> !client.isAlive());
        final String said = services.cluster.net.read("drain");
        assertTrue(said.contains("8 n2p2") && said.contains("complete"), said);
    }

    /** S33: errors about translated packets reach the client as errors about what it sent. */
    @Test
    void icmpErrorsAreTranslated() {
        services.apply(new ServiceYaml("closed").clusterIp(VIP).port("UDP", 9, 9, "").endpoint(2, 2));
        assertTrue(services.udp(CLIENT, 40_050, VIP, 9, "x").contains("refused"));
    }

    @Test
    void bulkTrafficThroughAService() {
        services.apply(everywhere(web()));
        final TestNet.Result result = services.cluster.net.in(CLIENT, "curl", "-sS", "--max-time", "30", "-o",
                "/dev/null", "-w", "%{size_download}", ServiceCluster.url(VIP, 80) + "big/50000000");
        assertEquals("50000000", result.out());
    }

    @Test
    void flowsSurviveACrashOfTheSwitch() {
        services.apply(nodePort().endpoint(2, 2));
        for (String[] one : new String[][] {{CLIENT, "10.97.0.11", "80"}, {outside, "172.31.0.1", "30080"}}) {
            services.cluster.net.start(one[0], "talk" + one[2], "bash", "-c", "exec 3<>/dev/tcp/" + one[1] + "/"
                    + one[2] + "; for i in $(seq 20); do printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3;"
                    + " while read -t 20 -u 3 l; do case $l in n*) echo $i $l; break;; esac; done; sleep 0.3; done;"
                    + " echo complete");
        }
        TestNet.await("first answers", () -> services.cluster.net.read("talk80").contains("2 n2p2")
                && services.cluster.net.read("talk30080").contains("2 n2p2"));
        services.cluster.daemon(1).destroyForcibly();
        TestNet.await("the daemon's end", () -> !services.cluster.daemon(1).isAlive());
        services.cluster.startDaemon(1);
        services.cluster.awaitReady(1);
        for (String log : new String[] {"talk80", "talk30080"}) {
            TestNet.await("all answers", () -> services.cluster.net.read(log).contains("complete"));
            assertTrue(services.cluster.net.read(log).contains("20 n2p2"), services.cluster.net.read(log));
        }
    }
}
