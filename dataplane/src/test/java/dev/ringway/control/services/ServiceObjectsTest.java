package dev.ringway.control.services;

import static dev.ringway.control.services.Cluster.cluster;
import static dev.ringway.control.services.Specs.service;
import static dev.ringway.control.services.Specs.slice;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.service.ServiceTable;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which objects count, and how slices become backends (S1 to S8), under the names of Kubernetes' tests. */
class ServiceObjectsTest {
    private static final String VIP = "10.96.0.10";
    private static final String VIP6 = "fd00:96::10";

    private final Cluster cluster = new Cluster();

    private void twoBackends() {
        cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1.10").on("node2", "10.244.2.10"));
    }

    private void assertNothing() {
        assertEquals(0, cluster.compiled.table().size());
        assertEquals(0, cluster.compiled.table().backendCount());
        assertEquals(List.of(), cluster.compiled.steered());
    }

    @Test
    @DisplayName("Services should implement service.kubernetes.io/service-proxy-name")
    void serviceProxyName() {
        twoBackends();
        cluster.put(service("web", VIP).port(80).foreignProxy());
        assertNothing();
        cluster.put(service("web", VIP).port(80));
        assertNotNull(cluster.tcp(VIP, 80));
        assertEquals(2, cluster.compiled.table().backendCount());
        cluster.put(service("web", VIP).port(80).foreignProxy());
        assertNothing();
    }

    @Test
    @DisplayName("Services should implement service.kubernetes.io/headless")
    void headlessSlices() {
        cluster.put(service("web", VIP).port(80));
        cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1.10").headless());
        assertEquals(List.of(), cluster(cluster.tcp(VIP, 80)));
        twoBackends();
        assertEquals(2, cluster(cluster.tcp(VIP, 80)).size());
        cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1.10").headless());
        assertEquals(List.of(), cluster(cluster.tcp(VIP, 80)));
    }

    @Test
    void headlessAndExternalNameServicesAreSkipped() {
        twoBackends();
        cluster.put(service("web").port(80));
        assertNothing();
        cluster.put(service("web").type(ServiceType.EXTERNAL_NAME).port(80).externalIps("192.0.2.1"));
        assertNothing();
        assertEquals(List.of(), cluster.compiled.warnings());
    }

    @Test
    @DisplayName("EndpointSlice should support a Service with multiple endpoints specified in multiple EndpointSlices")
    void endpointsInMultipleSlices() {
        cluster.put(service("web", VIP).port(80));
        cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1.10"),
                slice("web", "web-2").port(8081).on("node2", "10.244.2.10", "10.244.2.11"));
        assertEquals(List.of("10.244.1.10:8080", "10.244.2.10:8081", "10.244.2.11:8081"),
                cluster(cluster.tcp(VIP, 80)));
        cluster.removeSlice("web-2");
        assertEquals(List.of("10.244.1.10:8080"), cluster(cluster.tcp(VIP, 80)));
        assertEquals(1, cluster.compiled.table().backendCount());
    }

    @Test
    void endpointThatMovesToAnotherSliceStaysTheSameBackend() {
        cluster.put(service("web", VIP).port(80));
        cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1.10"));
        final int handle = cluster.handle(VIP, 80, "10.244.1.10:8080");
        // First it is in both, as the controller makes it; then only in the new one.
        cluster.put(slice("web", "web-2").port(8080).on("node1", "10.244.1.10"));
        assertEquals(List.of("10.244.1.10:8080"), cluster(cluster.tcp(VIP, 80)));
        cluster.put(slice("web", "web-1").port(8080));
        assertEquals(handle, cluster.handle(VIP, 80, "10.244.1.10:8080"));
        assertEquals(ServiceTable.SERVING, cluster.state(handle));
    }

    @Test
    void sameEndpointInTwoSlicesCountsAsTheLocalOne() {
        cluster.put(service("web", VIP).port(80));
        cluster.put(slice("web", "a").port(8080).on("node2", "10.244.1.10"),
                slice("web", "b").port(8080).on("node1", "10.244.1.10"),
                slice("web", "c").port(8080).on("node3", "10.244.1.10"));
        assertEquals(List.of("10.244.1.10:8080"), Cluster.local(cluster.tcp(VIP, 80)));
    }

    @Test
    void sliceThatChangesItsService() {
        cluster.put(service("web", VIP).port(80), service("other", "10.96.0.11").port(80));
        twoBackends();
        cluster.put(slice("other", "web-1").port(8080).on("node1", "10.244.1.10"));
        assertEquals(List.of(), cluster(cluster.tcp(VIP, 80)));
        assertEquals(List.of("10.244.1.10:8080"), cluster(cluster.tcp("10.96.0.11", 80)));
    }

    @Test
    @DisplayName("Services should serve multiport endpoints from pods")
    void portsByName() {
        cluster.put(service("web", VIP).port("http", Protocols.TCP, 80, 0).port("admin", Protocols.TCP, 81, 0));
        cluster.put(slice("web", "web-1").port("admin", Protocols.TCP, 9000).port("http", Protocols.TCP, 8080)
                        .on("node1", "10.244.1.10"),
                slice("web", "web-2").port("http", Protocols.TCP, 8081).on("node2", "10.244.2.10"));
        assertEquals(List.of("10.244.1.10:8080", "10.244.2.10:8081"), cluster(cluster.tcp(VIP, 80)));
        assertEquals(List.of("10.244.1.10:9000"), cluster(cluster.tcp(VIP, 81)));
        assertEquals("default/web:http", cluster.tcp(VIP, 80).port.name);
    }

    @Test
    @DisplayName("Services should serve endpoints on same port and different protocols")
    void samePortAndDifferentProtocols() {
        cluster.put(service("dns", VIP).port("tcp", Protocols.TCP, 53, 0).port("udp", Protocols.UDP, 53, 0));
        cluster.put(slice("dns", "dns-1").port("tcp", Protocols.TCP, 1053).port("udp", Protocols.UDP, 2053)
                .on("node1", "10.244.1.10"));
        assertEquals(List.of("10.244.1.10:1053"), cluster(cluster.frontend(VIP, Protocols.TCP, 53)));
        assertEquals(List.of("10.244.1.10:2053"), cluster(cluster.frontend(VIP, Protocols.UDP, 53)));
        assertNull(cluster.frontend(VIP, Protocols.SCTP, 53));
        cluster.put(service("dns", VIP).port("udp", Protocols.UDP, 53, 0));
        assertNull(cluster.frontend(VIP, Protocols.TCP, 53));
        assertTrue(cluster.isServiceAddress(VIP));
    }

    @Test
    @DisplayName("Services should allow creating a basic SCTP service with pod and endpoints")
    void sctp() {
        cluster.put(service("web", VIP).port("", Protocols.SCTP, 80, 0));
        cluster.put(slice("web", "web-1").port("", Protocols.SCTP, 8080).on("node1", "10.244.1.10"));
        assertEquals(List.of("10.244.1.10:8080"), cluster(cluster.frontend(VIP, Protocols.SCTP, 80)));
    }

    @Test
    void portNotSaidOrOfAnotherProtocolIsNoPort() {
        cluster.put(service("web", VIP).port(80));
        cluster.put(slice("web", "web-1").port(0).port("", Protocols.UDP, 8080).on("node1", "10.244.1.10"));
        assertEquals(List.of(), cluster(cluster.tcp(VIP, 80)));
    }

    @Test
    @DisplayName("Feature:IPv6DualStack: each IP version is a service of its own")
    void dualStack() {
        cluster.put(service("web", VIP, VIP6).port(80));
        cluster.put(slice("web", "web-4").port(8080).on("node1", "10.244.1.10"),
                slice("web", "web-6").port(8081).on("node1", "fd00:244:1::a"));
        assertEquals(List.of("10.244.1.10:8080"), cluster(cluster.tcp(VIP, 80)));
        assertEquals(List.of("[fd00:244:1::a]:8081"), cluster(cluster.tcp(VIP6, 80)));
        cluster.removeSlice("web-6");
        assertEquals(List.of(), cluster(cluster.tcp(VIP6, 80)));
        assertEquals(false, cluster.tcp(VIP6, 80).port.anyBackend);
        assertEquals(true, cluster.tcp(VIP, 80).port.anyBackend);
        cluster.put(service("web", VIP).port(80));
        assertNull(cluster.tcp(VIP6, 80));
    }

    @Test
    void sliceOfNoIpVersionIsSkipped() {
        cluster.put(service("web", VIP).port(80));
        cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1.10").noIpVersion());
        assertEquals(List.of(), cluster(cluster.tcp(VIP, 80)));
    }

    @Test
    @DisplayName("Services should be able to change the type from ClusterIP to ExternalName")
    void clusterIpToExternalName() {
        twoBackends();
        cluster.put(service("web", VIP).port(80));
        cluster.put(service("web").port(80).type(ServiceType.EXTERNAL_NAME));
        assertNothing();
    }

    @Test
    @DisplayName("Services should be able to change the type from ExternalName to NodePort")
    void externalNameToNodePort() {
        twoBackends();
        cluster.put(service("web").type(ServiceType.EXTERNAL_NAME));
        cluster.put(service("web", VIP).nodePort(80, 30_080));
        assertEquals(2, cluster(cluster.tcp("172.30.0.1", 30_080)).size());
        assertNotNull(cluster.steered(null, 30_080));
    }

    @Test
    @DisplayName("Services should be able to change the type from NodePort to ExternalName")
    void nodePortToExternalName() {
        twoBackends();
        cluster.put(service("web", VIP).nodePort(80, 30_080));
        cluster.put(service("web").type(ServiceType.EXTERNAL_NAME));
        assertNothing();
    }

    @Test
    @DisplayName("Services should be updated after adding or deleting ports")
    void portsComeAndGo() {
        cluster.put(service("web", VIP).port("a", Protocols.TCP, 80, 0));
        cluster.put(slice("web", "web-1").port("a", Protocols.TCP, 8080).port("b", Protocols.TCP, 8081)
                .on("node1", "10.244.1.10"));
        final var a = cluster.tcp(VIP, 80);
        cluster.put(service("web", VIP).port("b", Protocols.TCP, 81, 0).port("a", Protocols.TCP, 80, 0));
        assertSame(a, cluster.tcp(VIP, 80), "the other port's flows are not touched");
        assertEquals(List.of("10.244.1.10:8081"), cluster(cluster.tcp(VIP, 81)));
        cluster.put(service("web", VIP).port("a", Protocols.TCP, 80, 0));
        assertSame(a, cluster.tcp(VIP, 80));
        assertNull(cluster.tcp(VIP, 81));
        assertEquals(1, cluster.compiled.table().backendCount());
    }

    @Test
    @DisplayName("Services should work after the service has been recreated")
    void recreated() {
        twoBackends();
        cluster.put(service("web", VIP).port(80));
        final int handle = cluster.handle(VIP, 80, "10.244.1.10:8080");
        cluster.remove("web");
        assertNothing();
        assertEquals(ServiceTable.GONE, cluster.state(handle));
        cluster.put(service("web", "10.96.0.99").port(80));
        assertEquals(2, cluster(cluster.tcp("10.96.0.99", 80)).size());
        assertEquals(ServiceTable.GONE, cluster.state(handle), "another backend, whose flows are others");
        assertTrue(!cluster.isServiceAddress(VIP));
    }

    @Test
    @DisplayName("Services should be able to up and down services")
    void upAndDown() {
        cluster.put(service("a", VIP).port(80), service("b", "10.96.0.11").port(80));
        cluster.put(slice("a", "a-1").port(8080).on("node1", "10.244.1.10"),
                slice("b", "b-1").port(8080).on("node1", "10.244.1.11"));
        final var b = cluster.tcp("10.96.0.11", 80);
        cluster.remove("a");
        assertNull(cluster.tcp(VIP, 80));
        assertSame(b, cluster.tcp("10.96.0.11", 80));
        cluster.put(service("c", VIP).port(80));
        assertNotNull(cluster.tcp(VIP, 80));
        assertSame(b, cluster.tcp("10.96.0.11", 80));
    }
}
