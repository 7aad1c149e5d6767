package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.assertEven;
import static dev.ringway.e2e.ServiceScenarios.assertMatch;
import static dev.ringway.e2e.ServiceScenarios.client;
import static dev.ringway.e2e.ServiceScenarios.everywhere;
import static dev.ringway.e2e.ServiceScenarios.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What clients outside use: NodePorts, external addresses, load balancers' addresses. */
interface ExternalScenarios extends ServiceScenarios {
    @Test
    @DisplayName("Services should be able to create a functioning NodePort service")
    default void nodePortService() {
        services().apply(everywhere(nodePort()));
        for (int node = 1; node <= 2; node++) {
            assertEven(services().spread(outside(), "172.31.0." + node, 30_080, 60), "n1p2", "n2p1", "n2p2");
        }
        assertNotEquals(TestCluster.outsideAddress(4), client(services().answer(outside(), "172.31.0.1", 30_080)));
        // Pods and the node itself.
        assertTrue(services().answer(CLIENT, "172.31.0.1", 30_080).startsWith("n"));
        assertTrue(services().answer(CLIENT, "172.31.0.2", 30_080).startsWith("n"));
        assertTrue(services().answer(TestCluster.node(1), "172.31.0.1", 30_080).startsWith("n"));
        assertRefused(TestCluster.node(1), "127.0.0.1", 30_080);
    }

    @Test
    @DisplayName("Services should release NodePorts on delete")
    default void releasedNodePorts() {
        services().apply(everywhere(nodePort()));
        assertTrue(services().answer(outside(), "172.31.0.1", 30_080).startsWith("n"));
        services().apply();
        assertFalse(services().http(outside(), "172.31.0.1", 30_080).ok());
        services().apply(new ServiceYaml("other").clusterIp("10.97.0.12").spec("type: NodePort")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30080").endpoint(2, 1));
        assertEquals("n2p1", server(services().answer(outside(), "172.31.0.1", 30_080)));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should update nodePort: http and udp")
    default void changedNodePort() {
        services().apply(everywhere(nodePort()));
        assertTrue(services().answer(outside(), "172.31.0.1", 30_080).startsWith("n"));
        services().apply(everywhere(new ServiceYaml("np").clusterIp("10.97.0.11").spec("type: NodePort")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30090")
                .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30091")));
        assertTrue(services().answer(outside(), "172.31.0.1", 30_090).startsWith("n"));
        assertTrue(services().udp(outside(), 40_012, "172.31.0.2", 30_091, "x").startsWith("n"));
        assertFalse(services().http(outside(), "172.31.0.1", 30_080).ok());
    }

    @Test
    @DisplayName("Services should be able to update service type to NodePort listening on same port number but"
            + " different protocols")
    default void nodePortOfTwoProtocols() {
        services().apply(everywhere(new ServiceYaml("np").clusterIp("10.97.0.11")
                .port("TCP", 80, ServiceCluster.TARGET, "").port("UDP", 80, ServiceCluster.TARGET, "")));
        services().apply(everywhere(nodePort().port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30080")));
        assertTrue(services().answer(outside(), "172.31.0.1", 30_080).startsWith("n"));
        assertTrue(services().udp(outside(), 40_013, "172.31.0.1", 30_080, "x").startsWith("n"));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should support basic nodePort: udp functionality")
    default void udpNodePort() {
        services().apply(new ServiceYaml("np").clusterIp(VIP).spec("type: NodePort")
                .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30081").endpoint(1, 2).endpoint(2, 2));
        assertMatch("n[12]p2 .*", services().udp(outside(), 40_010, 12, "172.31.0.1", 30_081));
    }

    @Test
    @DisplayName("[Feature:IPv6DualStack] should function for a dual-stack NodePort service")
    default void nodePortOverIpv6() {
        services().apply(everywhere(new ServiceYaml("np").clusterIp("10.97.0.11", "fd00:97::11")
                .spec("type: NodePort").port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30080")));
        assertEven(services().spread(outside(), "172.31.0.1", 30_080, 60), "n1p2", "n2p1", "n2p2");
        assertEven(services().spread(outside(), "fd00:31::2", 30_080, 60), "n1p2", "n2p1", "n2p2");
    }

    @Test
    @DisplayName("Services should be possible to connect to a service via ExternalIP when the external IP is not"
            + " assigned to a node")
    default void externalIp() {
        services().apply(everywhere(web().spec("externalIPs: [\"" + EXTERNAL + "\"]")));
        assertEven(services().spread(outside(), EXTERNAL, 80, 60), "n1p2", "n2p1", "n2p2");
        assertEven(services().spread(CLIENT, EXTERNAL, 80, 60), "n1p2", "n2p1", "n2p2");
        assertTrue(services().answer(TestCluster.node(1), EXTERNAL, 80).startsWith("n"));
    }

    @Test
    @DisplayName("LoadBalancers should be able to create LoadBalancer Service without NodePort and change it")
    default void loadBalancerWithoutNodePort() {
        services().apply(everywhere(web().spec("type: LoadBalancer", "allocateLoadBalancerNodePorts: false")
                .ingress(EXTERNAL, "VIP")));
        assertEven(services().spread(outside(), EXTERNAL, 80, 60), "n1p2", "n2p1", "n2p2");
        services().apply(everywhere(new ServiceYaml("web").clusterIp(VIP).spec("type: LoadBalancer")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30080").ingress(EXTERNAL, "VIP")));
        assertTrue(services().answer(outside(), EXTERNAL, 80).startsWith("n"));
        assertTrue(services().answer(outside(), "172.31.0.2", 30_080).startsWith("n"));
    }

    /** The load balancer translates itself, or its clients must pass it: the node leaves its address alone. */
    @Test
    @DisplayName("LoadBalancers ipMode: Proxy is not captured, VIP is")
    default void ipMode() {
        services().apply(everywhere(web().spec("type: LoadBalancer").ingress(TestCluster.outsideAddress(4), "VIP")));
        assertTrue(services().answer(CLIENT, TestCluster.outsideAddress(4), 80).startsWith("n"));
        services().apply(everywhere(web().spec("type: LoadBalancer")
                .ingress(TestCluster.outsideAddress(4), "Proxy")));
        // Nobody listens there.
        assertRefused(CLIENT, TestCluster.outsideAddress(4), 80);
    }

    @Test
    @DisplayName("LoadBalancers should only allow access from service loadbalancer source ranges")
    default void sourceRanges() {
        services().apply(web().spec("type: LoadBalancer", "loadBalancerSourceRanges: [\"172.31.0.254/32\"]")
                .ingress(EXTERNAL, "VIP").endpoint(2, 1));
        assertEquals("n2p1", server(services().answer(outside(), EXTERNAL, 80)));
        assertSilent(CLIENT, EXTERNAL, 80);
        services().apply(web().spec("type: LoadBalancer", "loadBalancerSourceRanges: [\"192.0.2.0/24\"]")
                .ingress(EXTERNAL, "VIP").endpoint(2, 1));
        assertSilent(outside(), EXTERNAL, 80);
        // The cluster IP is not restricted.
        assertEquals("n2p1", server(services().answer(CLIENT, VIP, 80)));
    }

    @Test
    @DisplayName("LoadBalancers of both IP versions have source ranges of both")
    default void dualStackSourceRanges() {
        for (String inside : new String[] {"fd00:31::/64", "2001:db8:1::/48"}) {
            services().apply(new ServiceYaml("both").clusterIp(VIP, VIP6).spec("type: LoadBalancer",
                    "loadBalancerSourceRanges: [172.31.0.254/32, \"" + inside + "\"]")
                    .port("TCP", 80, ServiceCluster.TARGET, "").ingress(EXTERNAL, "VIP").ingress(EXTERNAL6, "VIP")
                    .endpoint(2, 1));
            assertEquals("n2p1", server(services().answer(outside(), EXTERNAL, 80)));
            if (inside.startsWith("fd00")) {
                assertEquals("n2p1", server(services().answer(outside(), EXTERNAL6, 80)));
            } else {
                assertSilent(outside(), EXTERNAL6, 80);
            }
        }
    }

    @Test
    @DisplayName("an external IP may be a node's own address")
    default void externalIpOfTheNode() {
        services().apply(everywhere(web().spec("externalIPs: [172.31.0.1]")
                .port("UDP", 80, ServiceCluster.TARGET, "")));
        for (String from : new String[] {outside(), CLIENT, TestCluster.pod(2, 1), TestCluster.node(1),
            TestCluster.node(2)}) {
            assertTrue(services().answer(from, "172.31.0.1", 80).matches("n[12]p[12] .*"), from);
            assertTrue(services().udp(from, 40_014, "172.31.0.1", 80, "x").matches("n[12]p[12] .*"), from);
        }
        // Its other ports are still the node's.
        assertEquals("node1", server(services().answer(outside(), "172.31.0.1", ServiceCluster.TARGET)));
    }

    @Test
    @DisplayName("several Services share a load balancer's address by their ports")
    default void sharedLoadBalancerAddress() {
        services().apply(web().spec("type: LoadBalancer").ingress(EXTERNAL, "VIP").endpoint(1, 2),
                new ServiceYaml("other").clusterIp("10.97.0.12").spec("type: LoadBalancer").ingress(EXTERNAL, "VIP")
                        .port("TCP", 81, ServiceCluster.TARGET, "").port("UDP", 80, ServiceCluster.TARGET, "")
                        .endpoint(2, 1));
        for (String from : new String[] {outside(), CLIENT, TestCluster.node(1)}) {
            assertEquals(Map.of("n1p2", 5), services().spread(from, EXTERNAL, 80, 5));
            assertEquals(Map.of("n2p1", 5), services().spread(from, EXTERNAL, 81, 5));
            assertEquals("n2p1", server(services().udp(from, 40_015, EXTERNAL, 80, "x")));
        }
        services().apply(web().spec("type: LoadBalancer").ingress(EXTERNAL, "VIP").endpoint(1, 2));
        assertEquals(Map.of("n1p2", 5), services().spread(outside(), EXTERNAL, 80, 5));
        assertFalse(services().http(outside(), EXTERNAL, 81, "--max-time", "1").ok());
    }

    @Test
    @DisplayName("processes of the node reach Services by UDP")
    default void udpFromTheNodeItself() {
        final ServiceYaml np = nodePort("externalIPs: [" + EXTERNAL + "]")
                .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30080");
        final ServiceYaml host = new ServiceYaml("host").clusterIp("10.97.0.12").spec("type: NodePort",
                "externalIPs: [" + EXTERNAL + "]").port("UDP", 81, ServiceCluster.TARGET, "nodePort: 30081")
                .endpoint("172.31.0.1", 1, ServiceYaml.READY).endpoint("172.31.0.2", 2, ServiceYaml.READY);
        services().apply(everywhere(np), host);
        for (String address : List.of("10.97.0.11:80", "172.31.0.1:30080", "172.31.0.2:30080", EXTERNAL + ":80")) {
            assertMatch("n[12]p[12] .*", udpFromTheNode(address));
        }
        for (String address : List.of("10.97.0.12:81", "172.31.0.1:30081", "172.31.0.2:30081", EXTERNAL + ":81")) {
            assertMatch("node[12] .*", udpFromTheNode(address));
        }
    }

    private List<String> udpFromTheNode(String address) {
        final String[] parts = address.split(":");
        return services().udp(TestCluster.node(1), 40_500, 6, parts[0], Integer.parseInt(parts[1]));
    }

    private long rules() throws IOException {
        final String json = services().cluster.net.in(TestCluster.node(1), "nft", "-j", "list", "ruleset").out();
        long rules = 0;
        for (JsonNode one : new JsonMapper().readTree(json).path("nftables")) {
            rules += one.has("rule") ? 1 : 0;
        }
        return rules;
    }

    @Test
    @DisplayName("the node has as many nftables rules with 500 Services as with one")
    default void constantRules() throws IOException {
        services().apply(everywhere(nodePort()));
        final long before = rules();
        final ServiceYaml[] many = new ServiceYaml[500];
        for (int i = 0; i < many.length; i++) {
            many[i] = new ServiceYaml("many" + i).clusterIp("10.97." + (1 + i / 250) + "." + (1 + i % 250))
                    .spec("type: NodePort").port("TCP", 80, ServiceCluster.TARGET, "nodePort: " + (30_100 + i))
                    .endpoint(2, 2);
        }
        services().apply(many);
        assertEquals("n2p2", server(services().answer(outside(), "172.31.0.1", 30_599)));
        assertTrue(before > 0);
        assertEquals(before, rules());
    }

    @Test
    @DisplayName("Networking should recreate its nftables rules if they are deleted")
    default void rulesAreFlushed() {
        services().apply(everywhere(nodePort()));
        services().cluster.net.in(TestCluster.node(1), "nft", "flush", "ruleset");
        TestNet.await("the node's rules", () -> services().http(outside(), "172.31.0.1", 30_080, "--max-time", "1")
                .ok());
        TestNet.await("the masquerade", () -> services().http(CLIENT, TestCluster.outsideAddress(4),
                ServiceCluster.TARGET, "--max-time", "1").out().equals("out 172.31.0.1"));
    }
}
