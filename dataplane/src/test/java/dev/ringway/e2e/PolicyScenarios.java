package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.assertEven;
import static dev.ringway.e2e.ServiceScenarios.everywhere;
import static dev.ringway.e2e.ServiceScenarios.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which endpoints a client may get: traffic policies, hints, terminating endpoints. */
interface PolicyScenarios extends ServiceScenarios {
    @Test
    @DisplayName("Services should respect internalTrafficPolicy=Local Pod to Pod")
    default void internalLocal() {
        services().apply(everywhere(web().spec("internalTrafficPolicy: Local")));
        assertEquals(Map.of("n1p2", 10), services().spread(CLIENT, VIP, 80, 10));
        assertEven(services().spread(TestCluster.pod(2, 1), VIP, 80, 40), "n2p1", "n2p2");
        services().apply(web().spec("internalTrafficPolicy: Local").endpoint(2, 2));
        assertSilent(CLIENT, VIP, 80);
    }

    @Test
    @DisplayName("Services should respect internalTrafficPolicy=Local Pod (hostNetwork: true) to Pod")
    default void internalLocalFromTheNode() {
        services().apply(everywhere(web().spec("internalTrafficPolicy: Local")));
        assertEquals(Map.of("n1p2", 10), services().spread(TestCluster.node(1), VIP, 80, 10));
        assertEven(services().spread(TestCluster.node(2), VIP, 80, 40), "n2p1", "n2p2");
    }

    @Test
    @DisplayName("Services should respect internalTrafficPolicy=Local Pod and Node, to Pod (hostNetwork: true)")
    default void internalLocalToTheNode() {
        services().apply(new ServiceYaml("host").clusterIp(VIP).spec("internalTrafficPolicy: Local")
                .port("TCP", 80, ServiceCluster.TARGET, "").endpoint("172.31.0.1", 1, ServiceYaml.READY)
                .endpoint("172.31.0.2", 2, ServiceYaml.READY));
        for (int node = 1; node <= 2; node++) {
            assertEquals(Map.of("node" + node, 10), services().spread(TestCluster.pod(node, 1), VIP, 80, 10));
            assertEquals(Map.of("node" + node, 10), services().spread(TestCluster.node(node), VIP, 80, 10));
        }
    }

    @Test
    @DisplayName("LoadBalancers ExternalTrafficPolicy: Local should work for type=NodePort")
    default void externalLocalNodePort() {
        services().apply(nodePort("externalTrafficPolicy: Local").endpoint(1, 2));
        assertEquals("n1p2 " + TestCluster.outsideAddress(4), services().answer(outside(), "172.31.0.1", 30_080));
    }

    @Test
    @DisplayName("LoadBalancers ExternalTrafficPolicy: Local should only target nodes with endpoints")
    default void externalLocalWithoutEndpoint() {
        services().apply(nodePort("externalTrafficPolicy: Local").endpoint(1, 2));
        // No local endpoint, but one elsewhere: dropped, for the load balancer to notice.
        assertSilent(outside(), "172.31.0.2", 30_080);
    }

    @Test
    @DisplayName("LoadBalancers ExternalTrafficPolicy: Local should work for type=LoadBalancer")
    default void externalLocalLoadBalancer() {
        services().apply(web().spec("type: LoadBalancer", "externalTrafficPolicy: Local", "healthCheckNodePort: 32101")
                .ingress(EXTERNAL, "VIP").endpoint(1, 2).endpoint(2, 2));
        for (int i = 0; i < 5; i++) {
            assertEquals("n1p2 " + TestCluster.outsideAddress(4), services().answer(outside(), EXTERNAL, 80));
        }
    }

    /** As ingress controllers are run: on the node's own network, and they must see their clients. */
    @Test
    @DisplayName("LoadBalancers ExternalTrafficPolicy: Local should keep the client's address for hostNetwork pods")
    default void externalLocalHostNetwork() {
        services().apply(nodePort("externalTrafficPolicy: Local").endpoint("172.31.0.1", 1, ServiceYaml.READY)
                .endpoint("172.31.0.2", 2, ServiceYaml.READY));
        for (int node = 1; node <= 2; node++) {
            assertEquals("node" + node + " " + TestCluster.outsideAddress(4),
                    services().answer(outside(), "172.31.0." + node, 30_080));
        }
        assertTrue(services().answer(CLIENT, "172.31.0.1", 30_080).startsWith("node"));
        services().apply(nodePort("externalTrafficPolicy: Local").endpoint(1, 2));
        assertEquals("n1p2 " + TestCluster.outsideAddress(4), services().answer(outside(), "172.31.0.1", 30_080));
    }

    @Test
    @DisplayName("LoadBalancers ExternalTrafficPolicy: Local should work from pods")
    default void externalLocalFromPods() {
        services().apply(web().spec("type: LoadBalancer", "externalTrafficPolicy: Local").ingress(EXTERNAL, "VIP")
                .endpoint(2, 2), nodePort("externalTrafficPolicy: Local").endpoint(1, 2));
        // Pods and nodes take the short way, whatever node has the endpoint; pods are seen as themselves.
        assertEquals("n2p2 " + TestCluster.podAddress(1, 1, 4), services().answer(CLIENT, EXTERNAL, 80));
        assertEquals("n2p2", server(services().answer(TestCluster.node(1), EXTERNAL, 80)));
        assertEquals("n1p2", server(services().answer(TestCluster.pod(2, 1), "172.31.0.2", 30_080)));
        assertEquals("n1p2", server(services().answer(TestCluster.node(2), "172.31.0.2", 30_080)));
    }

    @Test
    @DisplayName("LoadBalancers ExternalTrafficPolicy: Local should handle updates to ExternalTrafficPolicy field")
    default void externalPolicyChanges() {
        services().apply(nodePort("externalTrafficPolicy: Local").endpoint(1, 2));
        assertSilent(outside(), "172.31.0.2", 30_080);
        services().apply(nodePort("externalTrafficPolicy: Cluster").endpoint(1, 2));
        assertEquals("n1p2 10.245.2.0", services().answer(outside(), "172.31.0.2", 30_080));
        services().apply(nodePort("externalTrafficPolicy: Local").endpoint(1, 2));
        assertEquals("n1p2 " + TestCluster.outsideAddress(4), services().answer(outside(), "172.31.0.1", 30_080));
    }

    private String healthCheck(int node) {
        return services().http(outside(), "172.31.0." + node, 32_100, "-w", " %{http_code}").out();
    }

    @Test
    @DisplayName("healthCheckNodePort tells of the node's endpoints as kube-proxy does")
    default void healthCheckNodePort() {
        final ServiceYaml service = web().spec("type: LoadBalancer", "externalTrafficPolicy: Local",
                "healthCheckNodePort: 32100").ingress(EXTERNAL, "VIP");
        services().apply(service.endpoint(1, 2));
        TestNet.await("the health check of node1", () -> healthCheck(1).endsWith("200"));
        assertTrue(healthCheck(1).contains("\"localEndpoints\":1"), healthCheck(1));
        assertTrue(healthCheck(2).endsWith("503"), healthCheck(2));
    }

    @Test
    @DisplayName("KubeProxy's /healthz on port 10256 answers load balancers")
    default void proxyHealthz() {
        for (String path : new String[] {"healthz", "livez"}) {
            final String told = services().cluster.net.in(outside(), "curl", "-sS", "-f", "--max-time", "5",
                    "http://172.31.0.1:10256/" + path).out();
            assertTrue(told.contains("\"healthy\":true") && told.contains("\"IPv4\":{"), told);
            assertEquals(path.equals("healthz"), told.contains("\"nodeEligible\":true"), told);
        }
    }

    @Test
    @DisplayName("Services should fail health check node port if there are only terminating endpoints")
    default void healthCheckOfTerminatingEndpoints() {
        services().apply(web().spec("type: LoadBalancer", "externalTrafficPolicy: Local", "healthCheckNodePort: 32100")
                .ingress(EXTERNAL, "VIP").endpoint(1, 2, TERMINATING));
        TestNet.await("the health check of node1", () -> healthCheck(1).endsWith("503"));
        // What comes all the same is served.
        assertEquals("n1p2 " + TestCluster.outsideAddress(4), services().answer(outside(), EXTERNAL, 80));
    }

    @Test
    @DisplayName("Services should fallback to terminating endpoints when there are no ready endpoints with"
            + " internalTrafficPolicy=Cluster")
    default void terminatingInternalCluster() {
        services().apply(web().endpoint(1, 2, TERMINATING).endpoint(2, 2));
        assertEquals(Map.of("n2p2", 10), services().spread(CLIENT, VIP, 80, 10));
        services().apply(web().endpoint(1, 2, TERMINATING).endpoint(2, 2, UNREADY));
        assertEquals(Map.of("n1p2", 10), services().spread(CLIENT, VIP, 80, 10));
    }

    @Test
    @DisplayName("Services should fallback to local terminating endpoints when there are no ready endpoints with"
            + " internalTrafficPolicy=Local")
    default void terminatingInternalLocal() {
        services().apply(web().spec("internalTrafficPolicy: Local").endpoint(1, 2, TERMINATING).endpoint(2, 2));
        assertEquals(Map.of("n1p2", 10), services().spread(CLIENT, VIP, 80, 10));
    }

    @Test
    @DisplayName("Services should fallback to terminating endpoints when there are no ready endpoints with"
            + " externallTrafficPolicy=Cluster")
    default void terminatingExternalCluster() {
        services().apply(nodePort().endpoint(1, 2, TERMINATING).endpoint(2, 2, UNREADY));
        for (int node = 1; node <= 2; node++) {
            assertEquals(Map.of("n1p2", 10), services().spread(outside(), "172.31.0." + node, 30_080, 10));
        }
    }

    @Test
    @DisplayName("Services should fallback to local terminating endpoints when there are no ready endpoints with"
            + " externalTrafficPolicy=Local")
    default void terminatingExternalLocal() {
        services().apply(nodePort("externalTrafficPolicy: Local").endpoint(1, 2, TERMINATING).endpoint(2, 2));
        assertEquals("n1p2 " + TestCluster.outsideAddress(4), services().answer(outside(), "172.31.0.1", 30_080));
        assertEquals("n2p2 " + TestCluster.outsideAddress(4), services().answer(outside(), "172.31.0.2", 30_080));
    }

    /** A zone's endpoints need not be in it: hints say whom they are for. */
    @Test
    @DisplayName("[Feature:Topology Hints] should distribute endpoints evenly")
    default void zoneHints() {
        services().apply(web().hinted(1, 2, "forZones: [{name: z2}]").hinted(2, 1, "forZones: [{name: z1}]")
                .hinted(2, 2, "forZones: [{name: z1}, {name: z2}]"));
        assertEven(services().spread(CLIENT, VIP, 80, 40), "n2p1", "n2p2");
        assertEven(services().spread(TestCluster.pod(2, 1), VIP, 80, 40), "n1p2", "n2p2");
        // One that is for no zone: the hints are not complete, and nobody goes by them.
        services().apply(web().hinted(1, 2, "forZones: [{name: z1}]").endpoint(2, 1));
        assertEven(services().spread(CLIENT, VIP, 80, 40), "n1p2", "n2p1");
    }

    private void assertSameZone(String distribution) {
        services().apply(web().spec("trafficDistribution: " + distribution)
                .hinted(1, 2, "forZones: [{name: z1}]").hinted(2, 1, "forZones: [{name: z2}]")
                .hinted(2, 2, "forZones: [{name: z2}]"));
        assertEquals(Map.of("n1p2", 10), services().spread(CLIENT, VIP, 80, 10));
        assertEquals(Map.of("n1p2", 10), services().spread(TestCluster.node(1), VIP, 80, 10));
        assertEven(services().spread(TestCluster.pod(2, 1), VIP, 80, 40), "n2p1", "n2p2");
    }

    @Test
    @DisplayName("Traffic Distribution should route traffic to an endpoint in the same zone when using PreferClose")
    default void preferClose() {
        assertSameZone("PreferClose");
        // No endpoint is for this zone: better any than none.
        services().apply(web().spec("trafficDistribution: PreferClose").hinted(2, 1, "forZones: [{name: z2}]")
                .hinted(2, 2, "forZones: [{name: z3}]"));
        assertEven(services().spread(CLIENT, VIP, 80, 40), "n2p1", "n2p2");
        assertEquals(Map.of("n2p1", 10), services().spread(TestCluster.pod(2, 1), VIP, 80, 10));
    }

    @Test
    @DisplayName("Traffic Distribution should route traffic to an endpoint in the same zone when using PreferSameZone")
    default void preferSameZone() {
        assertSameZone("PreferSameZone");
    }

    @Test
    @DisplayName("Traffic Distribution should route traffic to an endpoint on the same node or fall back to same zone"
            + " when using PreferSameNode")
    default void nodeHints() {
        services().apply(web().spec("trafficDistribution: PreferSameNode")
                .hinted(1, 2, "forNodes: [{name: node1}]").hinted(2, 1, "forNodes: [{name: node2}]")
                .hinted(2, 2, "forNodes: [{name: node2}]"));
        assertEquals(Map.of("n1p2", 10), services().spread(CLIENT, VIP, 80, 10));
        assertEven(services().spread(TestCluster.pod(2, 1), VIP, 80, 40), "n2p1", "n2p2");
        services().apply(web().spec("trafficDistribution: PreferSameNode")
                .hinted(2, 1, "forNodes: [{name: node2}], forZones: [{name: z2}]")
                .hinted(2, 2, "forNodes: [{name: node2}], forZones: [{name: z1}]"));
        assertEquals(Map.of("n2p2", 10), services().spread(CLIENT, VIP, 80, 10));
        services().apply(web().spec("trafficDistribution: PreferSameNode")
                .hinted(2, 1, "forNodes: [{name: node2}]").hinted(2, 2, "forNodes: [{name: node2}]"));
        assertEven(services().spread(CLIENT, VIP, 80, 40), "n2p1", "n2p2");
    }
}
