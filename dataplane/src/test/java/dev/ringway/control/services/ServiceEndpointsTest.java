package dev.ringway.control.services;

import static dev.ringway.control.services.Cluster.cluster;
import static dev.ringway.control.services.Cluster.local;
import static dev.ringway.control.services.Specs.ips;
import static dev.ringway.control.services.Specs.service;
import static dev.ringway.control.services.Specs.slice;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.service.Balance;
import dev.ringway.service.ServiceTable;
import dev.ringway.control.IpText;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which backends are used, in what state they are, and by which policies (S20 to S27). */
class ServiceEndpointsTest {
    private static final String VIP = "10.96.0.10";
    private static final String A = "10.244.1.10";
    private static final String B = "10.244.2.10";

    private final Cluster cluster = new Cluster();

    private static Specs.Ep a() {
        return new Specs.Ep(A).here();
    }

    private static Specs.Ep b() {
        return new Specs.Ep(B).node("node2");
    }

    private void web(Specs.Service service, Specs.Ep... endpoints) {
        cluster.put(service);
        endpoints(endpoints);
    }

    private void endpoints(Specs.Ep... endpoints) {
        final Specs.Slice slice = slice("web", "web-1").port(8080);
        for (Specs.Ep endpoint : endpoints) {
            slice.endpoint(endpoint);
        }
        cluster.put(slice);
    }

    @Test
    @DisplayName("Services should fallback to terminating endpoints when there are no ready endpoints with"
            + " internalTrafficPolicy=Cluster")
    void fallbackToTerminating() {
        web(service("web", VIP).port(80), a().terminating(), b().terminating());
        assertEquals(List.of(A + ":8080", B + ":8080"), cluster(cluster.tcp(VIP, 80)));
        endpoints(a().terminating(), b());
        assertEquals(List.of(B + ":8080"), cluster(cluster.tcp(VIP, 80)));
    }

    @Test
    @DisplayName("Services should fallback to local terminating endpoints when there are no ready endpoints with"
            + " internalTrafficPolicy=Local")
    void fallbackToLocalTerminating() {
        web(service("web", VIP).port(80).internalLocal(), a().terminating(), b());
        assertEquals(List.of(A + ":8080"), local(cluster.tcp(VIP, 80)));
        assertEquals(List.of(B + ":8080"), cluster(cluster.tcp(VIP, 80)));
        assertTrue(cluster.tcp(VIP, 80).port.internalLocal);
    }

    @Test
    @DisplayName("Services should be able to connect to terminating and unready endpoints if PublishNotReadyAddresses"
            + " is true")
    void publishNotReady() {
        web(service("web", VIP).port(80).publishNotReady(), a().notReady(), b().terminating());
        assertEquals(List.of(A + ":8080", B + ":8080"), cluster(cluster.tcp(VIP, 80)));
        assertEquals(ServiceTable.SERVING, cluster.state(cluster.handle(VIP, 80, A + ":8080")));
    }

    @Test
    @DisplayName("Services should not be able to connect to terminating and unready endpoints if"
            + " PublishNotReadyAddresses is false")
    void notPublishNotReady() {
        web(service("web", VIP).port(80), a().notReady(), b().terminating().notServing());
        assertEquals(List.of(), cluster(cluster.tcp(VIP, 80)));
        assertFalse(cluster.tcp(VIP, 80).port.anyBackend);
        assertEquals(2, cluster.compiled.table().backendCount(), "listed all the same: flows to them go on");
    }

    @Test
    @DisplayName("Services should be rejected when no endpoints exist")
    void noEndpoints() {
        web(service("web", VIP).nodePort(80, 30_080));
        assertFalse(cluster.tcp(VIP, 80).port.anyBackend);
        assertFalse(cluster.tcp("172.30.0.1", 30_080).port.anyBackend);
    }

    @Test
    @DisplayName("Services should respect internalTrafficPolicy=Local Pod to Pod")
    void internalLocal() {
        web(service("web", VIP).port(80).internalLocal(), b());
        assertEquals(List.of(), local(cluster.tcp(VIP, 80)));
        assertTrue(cluster.tcp(VIP, 80).port.anyBackend, "dropped here, not refused: there is one elsewhere");
    }

    @Test
    @DisplayName("LoadBalancers ESIPP should handle updates to ExternalTrafficPolicy field")
    void externalLocal() {
        web(service("web", VIP).nodePort(80, 30_080), a(), b());
        assertFalse(cluster.tcp(VIP, 80).port.externalLocal);
        cluster.put(service("web", VIP).nodePort(80, 30_080).externalLocal());
        assertTrue(cluster.tcp("172.30.0.1", 30_080).port.externalLocal);
        assertEquals(List.of(A + ":8080"), local(cluster.tcp("172.30.0.1", 30_080)));
        assertEquals(List.of(A + ":8080", B + ":8080"), cluster(cluster.tcp(VIP, 80)));
        cluster.put(service("web", VIP).port(80).externalLocal());
        assertFalse(cluster.tcp(VIP, 80).port.externalLocal, "nothing of it is reached from outside");
    }

    /** The node's kernel takes clients to them by itself, or they would not see these. */
    @Test
    void externalLocalWithAnEndpointOfTheNodeItself() {
        final Specs.Ep node = new Specs.Ep("172.30.0.1").here();
        web(service("web", VIP).nodePort(80, 30_080).externalLocal(), node, b());
        assertEquals(new Steered.Endpoint(IpText.address("172.30.0.1"), 8080),
                cluster.steered(null, 30_080).endpoint());
        endpoints(a(), b());
        assertNull(cluster.steered(null, 30_080).endpoint(), "a pod");
        endpoints(node, a());
        assertNull(cluster.steered(null, 30_080).endpoint(), "one of two");
        web(service("web", VIP).nodePort(80, 30_080), node, b());
        assertNull(cluster.steered(null, 30_080).endpoint(), "policy Cluster");
    }

    /** An interface may come up after the daemon. */
    @Test
    void externalLocalWithAnEndpointThatBecomesTheNodeItself() {
        web(service("web", VIP).nodePort(80, 30_080).externalLocal(), new Specs.Ep("172.30.5.1").here());
        assertNull(cluster.steered(null, 30_080).endpoint());
        for (boolean there : new boolean[] {true, false}) {
            cluster.catalog.setNode(new NodeView(Specs.NODE, "zone-a",
                    there ? ips("172.30.0.1", "172.30.5.1") : ips("172.30.0.1"), ips("172.30.0.1"),
                    Specs.SELF.serviceAddress4(), Specs.SELF.serviceAddress6()));
            cluster.compiled = cluster.catalog.compile();
            assertEquals(there, cluster.steered(null, 30_080).endpoint() != null);
        }
    }

    @Test
    @DisplayName("Services should fail health check node port if there are only terminating endpoints")
    void healthCheckNodePort() {
        final Specs.Service web =
                service("web", VIP).port(80).loadBalancer("192.0.2.80", true).externalLocal().healthCheck(31_000);
        web(web, a(), b());
        assertEquals(List.of(new HealthCheck("default", "web", 31_000, 1)), cluster.compiled.healthChecks());
        final var unchanged = cluster.compiled.healthChecks();
        endpoints(a(), b(), new Specs.Ep("10.244.2.11").node("node2"));
        assertSame(unchanged, cluster.compiled.healthChecks());
        endpoints(a().terminating(), b());
        assertEquals(List.of(new HealthCheck("default", "web", 31_000, 0)), cluster.compiled.healthChecks());
        cluster.put(service("web", VIP).port(80).loadBalancer("192.0.2.80", true).healthCheck(31_000));
        assertEquals(List.of(), cluster.compiled.healthChecks());
    }

    @Test
    void podWithSeveralPortsAndVersionsCountsOnceForHealth() {
        cluster.put(service("web", VIP, "fd00:96::10").port("a", Protocols.TCP, 80, 0).port("b", Protocols.TCP, 81, 0)
                .loadBalancer("192.0.2.80", true).externalLocal().healthCheck(31_000));
        cluster.put(slice("web", "web-4").port("a", Protocols.TCP, 80).port("b", Protocols.TCP, 81).on("node1", A),
                slice("web", "web-5").port("a", Protocols.TCP, 80).on("node1", A),
                slice("web", "web-6").port("a", Protocols.TCP, 80).on("node1", "fd00:244:1::a"));
        assertEquals(1, cluster.compiled.healthChecks().getFirst().localEndpoints());
    }

    @Test
    @DisplayName("Services should have session affinity timeout work for service with type clusterIP")
    void sessionAffinity() {
        web(service("web", VIP).nodePort(80, 30_080).affinity(7200), a());
        assertEquals(7200, cluster.tcp(VIP, 80).port.affinitySeconds);
        assertEquals(cluster.tcp(VIP, 80).port.id, cluster.tcp("172.30.0.1", 30_080).port.id, "one affinity for all");
        final int id = cluster.tcp(VIP, 80).port.id;
        cluster.put(service("web", VIP).nodePort(80, 30_080));
        assertEquals(0, cluster.tcp(VIP, 80).port.affinitySeconds);
        assertEquals(id, cluster.tcp(VIP, 80).port.id);
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for service endpoints using hostNetwork")
    void hostNetworkAndForeignEndpoints() {
        web(service("web", VIP).port(80), new Specs.Ep("172.30.0.1").here(), new Specs.Ep("172.30.0.2").node("node2"),
                new Specs.Ep("203.0.113.5"));
        assertEquals(List.of("172.30.0.1:8080", "172.30.0.2:8080", "203.0.113.5:8080"),
                cluster(cluster.tcp(VIP, 80)));
        assertEquals(List.of("172.30.0.1:8080"), local(cluster.tcp(VIP, 80)));
    }

    @Test
    @DisplayName("Conntrack should be able to preserve UDP traffic when server pod cycles for a ClusterIP service")
    void statesOfABackend() {
        web(service("web", VIP).port(80), a(), b());
        final int handle = cluster.handle(VIP, 80, A + ":8080");
        assertEquals(ServiceTable.SERVING, cluster.state(handle));
        endpoints(a().terminating(), b());
        assertEquals(ServiceTable.SERVING, cluster.state(handle));
        endpoints(a().notReady(), b());
        assertEquals(ServiceTable.NOT_SERVING, cluster.state(handle));
        endpoints(a(), b());
        assertEquals(ServiceTable.SERVING, cluster.state(handle));
        assertEquals(handle, cluster.handle(VIP, 80, A + ":8080"), "the same backend all the time");
        endpoints(b());
        assertEquals(ServiceTable.GONE, cluster.state(handle));
        endpoints(a(), b());
        assertEquals(ServiceTable.GONE, cluster.state(handle));
        assertNotEquals(handle, cluster.handle(VIP, 80, A + ":8080"));
    }

    @Test
    @DisplayName("Conntrack should be able to preserve UDP traffic when UDP service target port changes")
    void targetPortChanges() {
        web(service("web", VIP).port(80), a());
        final int handle = cluster.handle(VIP, 80, A + ":8080");
        cluster.put(slice("web", "web-1").port(9090).endpoint(a()));
        assertEquals(ServiceTable.GONE, cluster.state(handle));
        assertEquals(List.of(A + ":9090"), cluster(cluster.tcp(VIP, 80)));
    }

    @Test
    void weights() {
        web(service("web", VIP).port(80), a().weight(3), b());
        final int handle = cluster.handle(VIP, 80, A + ":8080");
        assertEquals(3, cluster.tcp(VIP, 80).port.cluster.backends[0].weight);
        endpoints(a().weight(5), b());
        assertEquals(5, cluster.tcp(VIP, 80).port.cluster.backends[0].weight);
        assertEquals(handle, cluster.handle(VIP, 80, A + ":8080"));
    }

    @Test
    void maglevOnlyWhereAskedForAndUsed() {
        web(service("web", VIP).port(80).balance(Balance.MAGLEV), a(), b(), new Specs.Ep("10.244.1.11").here());
        assertTrue(cluster.tcp(VIP, 80).port.cluster.hasMaglev());
        assertFalse(cluster.tcp(VIP, 80).port.local.hasMaglev(), "no policy sends packets there");
        cluster.put(service("web", VIP).port(80).balance(Balance.MAGLEV).internalLocal());
        assertTrue(cluster.tcp(VIP, 80).port.local.hasMaglev());
        cluster.put(service("web", VIP).port(80).balance(Balance.LEAST_FLOWS));
        assertFalse(cluster.tcp(VIP, 80).port.cluster.hasMaglev());
        assertEquals(Balance.LEAST_FLOWS, cluster.tcp(VIP, 80).port.balance);
    }

    @Test
    void maglevForAsManyAsMemoryIsFor() {
        for (int i = 0; i <= MaglevBudget.MOST; i++) {
            cluster.put(service("s" + i, "10.97.0." + i).port(80).balance(Balance.MAGLEV));
        }
        assertEquals(1, cluster.compiled.warnings().size());
        final String last = "10.97.0." + MaglevBudget.MOST;
        assertEquals(Balance.RANDOM, cluster.tcp(last, 80).port.balance);
        cluster.remove("s0");
        cluster.put(service("s" + MaglevBudget.MOST, last).port(80).balance(Balance.MAGLEV).affinity(1));
        assertEquals(Balance.MAGLEV, cluster.tcp(last, 80).port.balance);
        assertEquals(List.of(), cluster.compiled.warnings());
    }
}
