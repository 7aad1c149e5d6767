package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.assertEven;
import static dev.ringway.e2e.ServiceScenarios.everywhere;
import static dev.ringway.e2e.ServiceScenarios.server;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Session affinity by the client's address. */
interface AffinityScenarios extends ServiceScenarios {
    private void assertOne(String from, String address, int port) {
        final Map<String, Integer> spread = services().spread(from, address, port, 20);
        assertEquals(1, spread.size(), spread::toString);
    }

    @Test
    @DisplayName("Services should have session affinity work for service with type clusterIP")
    default void clusterIpAffinity() {
        services().apply(everywhere(web().spec("sessionAffinity: ClientIP")));
        assertOne(CLIENT, VIP, 80);
    }

    @Test
    @DisplayName("Services should be able to switch session affinity for service with type clusterIP")
    default void switchedClusterIpAffinity() {
        services().apply(everywhere(web()));
        assertEven(services().spread(CLIENT, VIP, 80, 60), "n1p2", "n2p1", "n2p2");
        services().apply(everywhere(web().spec("sessionAffinity: ClientIP")));
        assertOne(CLIENT, VIP, 80);
        services().apply(everywhere(web()));
        assertEven(services().spread(CLIENT, VIP, 80, 60), "n1p2", "n2p1", "n2p2");
    }

    @Test
    @DisplayName("Services should have session affinity work for NodePort service")
    default void nodePortAffinity() {
        services().apply(everywhere(nodePort("sessionAffinity: ClientIP")));
        assertOne(outside(), "172.31.0.1", 30_080);
    }

    @Test
    @DisplayName("Services should be able to switch session affinity for NodePort service")
    default void switchedNodePortAffinity() {
        services().apply(everywhere(nodePort("sessionAffinity: ClientIP")));
        assertOne(outside(), "172.31.0.1", 30_080);
        services().apply(everywhere(nodePort()));
        assertEven(services().spread(outside(), "172.31.0.1", 30_080, 60), "n1p2", "n2p1", "n2p2");
    }

    private void assertLoadBalancerAffinity(String policy, String... endpoints) {
        for (String affinity : new String[] {"ClientIP", "None", "ClientIP"}) {
            services().apply(everywhere(web().spec("type: LoadBalancer", "externalTrafficPolicy: " + policy,
                    "healthCheckNodePort: 32102", "sessionAffinity: " + affinity).ingress(EXTERNAL, "VIP")
                    .endpoint(1, 1)));
            if (affinity.equals("None")) {
                assertEven(services().spread(outside(), EXTERNAL, 80, 120), endpoints);
            } else {
                assertOne(outside(), EXTERNAL, 80);
            }
        }
    }

    @Test
    @DisplayName("LoadBalancers should be able to switch session affinity for LoadBalancer service with"
            + " ExternalTrafficPolicy: Local")
    default void loadBalancerAffinityLocal() {
        assertLoadBalancerAffinity("Local", "n1p1", "n1p2");
    }

    @Test
    @DisplayName("LoadBalancers should be able to switch session affinity for LoadBalancer service with"
            + " ExternalTrafficPolicy: Cluster")
    default void loadBalancerAffinityCluster() {
        assertLoadBalancerAffinity("Cluster", "n1p1", "n1p2", "n2p1", "n2p2");
    }

    /** All ways to a port of a Service share what is remembered of a client. */
    @Test
    @DisplayName("Networking Granular Checks: Services should function for client IP based session affinity: http")
    default void httpAffinity() {
        services().apply(everywhere(nodePort("sessionAffinity: ClientIP", "externalIPs: [" + EXTERNAL + "]")));
        final String server = server(services().answer(CLIENT, "10.97.0.11", 80));
        assertEquals(Map.of(server, 10), services().spread(CLIENT, "172.31.0.1", 30_080, 10));
        assertEquals(Map.of(server, 10), services().spread(CLIENT, EXTERNAL, 80, 10));
        assertEquals(Map.of(server, 10), services().spread(CLIENT, "10.97.0.11", 80, 10));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for client IP based session affinity: udp")
    default void udpAffinity() {
        services().apply(everywhere(udp().spec("sessionAffinity: ClientIP")));
        final List<String> answers = services().udp(CLIENT, 40_200, 20, VIP, 80);
        ServiceScenarios.assertMatch("n[12]p[12] .*", answers);
        assertEquals(1, answers.stream().distinct().count(), answers::toString);
    }

    /** As with kube-proxy, whose rules stay. */
    @Test
    @DisplayName("session affinity outlives the switch")
    default void affinityOutlivesTheSwitch() {
        services().apply(everywhere(web().spec("sessionAffinity: ClientIP")));
        final String server = server(services().answer(CLIENT, VIP, 80));
        services().cluster.daemon(1).destroyForcibly();
        TestNet.await("the daemon's end", () -> !services().cluster.daemon(1).isAlive());
        services().cluster.startDaemon(1);
        services().cluster.awaitReady(1);
        assertEquals(Map.of(server, 20), services().spread(CLIENT, VIP, 80, 20));
    }

    @Test
    @DisplayName("Services should have session affinity timeout work for service with type clusterIP, and for NodePort"
            + " service")
    default void affinityTimeout() {
        services().apply(everywhere(nodePort("sessionAffinity: ClientIP",
                "sessionAffinityConfig: {clientIP: {timeoutSeconds: 2}}")));
        assertOne(CLIENT, "10.97.0.11", 80);
        assertOne(outside(), "172.31.0.1", 30_080);
        final Set<String> pods = new TreeSet<>();
        final Set<String> nodePorts = new TreeSet<>();
        TestNet.await("another endpoint after a pause", () -> {
            pods.add(server(services().answer(CLIENT, "10.97.0.11", 80)));
            nodePorts.add(server(services().answer(outside(), "172.31.0.1", 30_080)));
            final boolean both = pods.size() > 1 && nodePorts.size() > 1;
            if (!both) {
                services().cluster.net.in(CLIENT, "sleep", "3");
            }
            return both;
        });
    }
}
