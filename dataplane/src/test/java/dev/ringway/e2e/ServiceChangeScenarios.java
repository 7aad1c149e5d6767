package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.everywhere;
import static dev.ringway.e2e.ServiceScenarios.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Services and endpoints that come, change and go. */
interface ServiceChangeScenarios extends ServiceScenarios {
    private ServiceYaml externalName() {
        return new ServiceYaml("web").spec("type: ExternalName", "externalName: example.com");
    }

    @Test
    @DisplayName("Services should be able to change the type from ClusterIP to ExternalName")
    default void clusterIpToExternalName() {
        services().apply(everywhere(web()));
        assertTrue(services().answer(CLIENT, VIP, 80).startsWith("n"));
        services().apply(externalName());
        assertFalse(services().http(CLIENT, VIP, 80).ok());
    }

    @Test
    @DisplayName("Services should be able to change the type from ExternalName to ClusterIP")
    default void externalNameToClusterIp() {
        services().apply(externalName());
        assertFalse(services().http(CLIENT, VIP, 80).ok());
        services().apply(everywhere(web()));
        assertTrue(services().answer(CLIENT, VIP, 80).startsWith("n"));
    }

    @Test
    @DisplayName("Services should be able to change the type from ExternalName to NodePort")
    default void externalNameToNodePort() {
        services().apply(externalName());
        services().apply(everywhere(nodePort()));
        assertTrue(services().answer(CLIENT, "10.97.0.11", 80).startsWith("n"));
        assertTrue(services().answer(outside(), "172.31.0.1", 30_080).startsWith("n"));
    }

    @Test
    @DisplayName("Services should be able to change the type from NodePort to ExternalName")
    default void nodePortToExternalName() {
        services().apply(everywhere(nodePort()));
        assertTrue(services().answer(outside(), "172.31.0.1", 30_080).startsWith("n"));
        services().apply(externalName());
        assertFalse(services().http(outside(), "172.31.0.1", 30_080).ok());
        assertFalse(services().http(CLIENT, "10.97.0.11", 80).ok());
    }

    /** @param answers whether that address and port answer the host outside */
    private void changeOfType(String protocol, BiFunction<String, Integer, Boolean> answers) {
        services().apply(web(protocol, 80, "type: ClusterIP"));
        assertFalse(answers.apply("172.31.0.1", 30_080));
        services().apply(web(protocol, 80, "type: NodePort"));
        assertTrue(answers.apply("172.31.0.1", 30_080));
        services().apply(web(protocol, 80, "type: LoadBalancer").ingress(EXTERNAL, "VIP"));
        assertTrue(answers.apply("172.31.0.1", 30_080) && answers.apply(EXTERNAL, 80));
        services().apply(web(protocol, 81, "type: LoadBalancer").ingress(EXTERNAL, "VIP"));
        assertTrue(answers.apply("172.31.0.1", 30_080) && answers.apply(EXTERNAL, 81));
        services().apply(web(protocol, 81, "type: ClusterIP"));
        assertFalse(answers.apply("172.31.0.1", 30_080));
        assertTrue(answers.apply(VIP, 81));
    }

    private ServiceYaml web(String protocol, int port, String type) {
        return new ServiceYaml("web").clusterIp(VIP).spec(type).port(protocol, port, ServiceCluster.TARGET,
                type.endsWith("ClusterIP") ? "" : "nodePort: 30080").endpoint(2, 2);
    }

    @Test
    @DisplayName("LoadBalancers should be able to change the type and ports of a TCP service")
    default void changeOfTypeTcp() {
        changeOfType("TCP", (address, port) -> services().http(outside(), address, port).ok());
    }

    @Test
    @DisplayName("LoadBalancers should be able to change the type and ports of a UDP service")
    default void changeOfTypeUdp() {
        changeOfType("UDP", (address, port) -> services().udp(outside(), 40_022, address, port, "x")
                .startsWith("n2p2 "));
    }

    @Test
    @DisplayName("Services should be updated after adding or deleting ports")
    default void portsComeAndGo() {
        services().apply(web().endpoint(2, 2));
        assertRefused(CLIENT, VIP, 81);
        services().apply(web().port("TCP", 81, ServiceCluster.TARGET, "").endpoint(2, 2));
        assertEquals("n2p2", server(services().answer(CLIENT, VIP, 80)));
        assertEquals("n2p2", server(services().answer(CLIENT, VIP, 81)));
        services().apply(new ServiceYaml("web").clusterIp(VIP).port("TCP", 81, ServiceCluster.TARGET, "")
                .endpoint(2, 2));
        assertRefused(CLIENT, VIP, 80);
        assertEquals("n2p2", server(services().answer(CLIENT, VIP, 81)));
    }

    @Test
    @DisplayName("Services should work after the service has been recreated")
    default void recreated() {
        services().apply(everywhere(web()));
        assertTrue(services().answer(CLIENT, VIP, 80).startsWith("n"));
        services().apply();
        assertFalse(services().http(CLIENT, VIP, 80).ok());
        services().apply(everywhere(new ServiceYaml("web").clusterIp("10.97.0.13")
                .port("TCP", 80, ServiceCluster.TARGET, "")));
        assertTrue(services().answer(CLIENT, "10.97.0.13", 80).startsWith("n"));
        services().apply(everywhere(web()));
        assertTrue(services().answer(CLIENT, VIP, 80).startsWith("n"));
    }

    @Test
    @DisplayName("Services should be able to up and down services")
    default void upAndDown() {
        final ServiceYaml other = new ServiceYaml("other").clusterIp("10.97.0.12")
                .port("TCP", 80, ServiceCluster.TARGET, "").endpoint(2, 1);
        services().apply(web().endpoint(2, 2), other);
        assertEquals("n2p2", server(services().answer(CLIENT, VIP, 80)));
        services().apply(other);
        assertFalse(services().http(CLIENT, VIP, 80).ok());
        assertEquals("n2p1", server(services().answer(CLIENT, "10.97.0.12", 80)));
        services().apply(other, new ServiceYaml("third").clusterIp("10.97.0.14")
                .port("TCP", 80, ServiceCluster.TARGET, "").endpoint(1, 2));
        assertEquals("n2p1", server(services().answer(CLIENT, "10.97.0.12", 80)));
        assertEquals("n1p2", server(services().answer(CLIENT, "10.97.0.14", 80)));
    }

    @Test
    @DisplayName("Services should implement service.kubernetes.io/service-proxy-name")
    default void serviceProxyName() {
        services().apply(web().label("service.kubernetes.io/service-proxy-name", "other").endpoint(2, 2));
        assertFalse(services().http(CLIENT, VIP, 80).ok());
        services().apply(web().endpoint(2, 2));
        assertEquals("n2p2", server(services().answer(CLIENT, VIP, 80)));
        services().apply(web().label("service.kubernetes.io/service-proxy-name", "other").endpoint(2, 2));
        assertFalse(services().http(CLIENT, VIP, 80).ok());
    }

    @Test
    @DisplayName("Services should implement service.kubernetes.io/headless")
    default void headless() {
        services().apply(web().sliceLabel("service.kubernetes.io/headless", "").endpoint(2, 2));
        assertRefused(CLIENT, VIP, 80);
        services().apply(new ServiceYaml("none").spec("clusterIP: None")
                .port("TCP", 80, ServiceCluster.TARGET, "").endpoint(2, 2), web().endpoint(2, 1));
        assertEquals("n2p1", server(services().answer(CLIENT, VIP, 80)));
        assertTrue(services().cluster.query(1, "services").path("warnings").isEmpty());
    }

    /** From the file's change to the first connection that the new endpoint gets. */
    @Test
    @DisplayName("Service endpoints latency should not be very high")
    default void endpointsLatency() {
        final TestNet net = services().cluster.net;
        services().apply(web().endpoint(2, 2));
        final Process client = net.start(CLIENT, "latency", "python3", services().script("poll.py"), VIP, "80");
        final List<Long> latencies = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            final int seen = i;
            TestNet.await("an answer", () -> net.read("latency").lines().count() > seen);
            final long start = System.currentTimeMillis();
            services().write(web().endpoint(i % 2 + 1, 2).toString());
            TestNet.await("an answer by the new endpoint", () -> net.read("latency").lines().count() > seen + 1);
            final String[] answer = net.read("latency").lines().toList().get(seen + 1).split(" ");
            assertEquals("n" + (i % 2 + 1) + "p2", answer[1]);
            latencies.add(Long.parseLong(answer[0]) - start);
        }
        net.stop(client);
        Collections.sort(latencies);
        System.out.println("Service endpoints latency: p50 " + latencies.get(11) + " ms, p99 " + latencies.getLast()
                + " ms");
        // As Kubernetes' own test has it.
        assertTrue(latencies.get(11) <= 20_000 && latencies.getLast() <= 50_000, latencies::toString);
    }

    @Test
    @DisplayName("Services should be rejected when no endpoints exist")
    default void noEndpoints() {
        services().apply(web().port("UDP", 80, ServiceCluster.TARGET, ""),
                nodePort().port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30080"));
        assertRefused(CLIENT, VIP, 80);
        assertRefused(TestCluster.node(1), VIP, 80);
        assertRefused(outside(), "172.31.0.1", 30_080);
        for (String from : new String[] {CLIENT, TestCluster.node(1)}) {
            assertTrue(services().udp(from, 40_020, VIP, 80, "x").contains("refused"));
        }
        assertTrue(services().udp(outside(), 40_021, "172.31.0.1", 30_080, "x").contains("refused"));
        // A port that the Service does not have.
        assertRefused(CLIENT, VIP, 81);
    }

    @Test
    @DisplayName("Services should be rejected for evicted pods (no endpoints exist)")
    default void evicted() {
        services().apply(web().endpoint(1, 2, UNREADY).endpoint(2, 2, UNREADY));
        assertRefused(CLIENT, VIP, 80);
        assertRefused(TestCluster.node(2), VIP, 80);
    }

    @Test
    @DisplayName("Services should be able to connect to terminating and unready endpoints if PublishNotReadyAddresses"
            + " is true")
    default void publishNotReadyAddresses() {
        // Who publishes them makes their slices say "ready".
        services().apply(web().spec("publishNotReadyAddresses: true").endpoint(1, 2)
                .endpoint(2, 2, "ready: true, serving: true, terminating: true"));
        ServiceScenarios.assertEven(services().spread(CLIENT, VIP, 80, 40), "n1p2", "n2p2");
    }

    @Test
    @DisplayName("Services should not be able to connect to terminating and unready endpoints if"
            + " PublishNotReadyAddresses is false")
    default void notPublishNotReadyAddresses() {
        services().apply(web().endpoint(1, 2, UNREADY).endpoint(2, 2));
        assertEquals(Map.of("n2p2", 10), services().spread(CLIENT, VIP, 80, 10));
    }
}
