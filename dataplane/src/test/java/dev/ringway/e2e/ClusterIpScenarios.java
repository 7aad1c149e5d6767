package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.assertEven;
import static dev.ringway.e2e.ServiceScenarios.assertMatch;
import static dev.ringway.e2e.ServiceScenarios.client;
import static dev.ringway.e2e.ServiceScenarios.everywhere;
import static dev.ringway.e2e.ServiceScenarios.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** ClusterIPs, from pods and from the node, with endpoints of all kinds. */
interface ClusterIpScenarios extends ServiceScenarios {
    @Test
    @DisplayName("Services should serve a basic endpoint from pods")
    default void basicEndpoint() {
        services().apply(everywhere(web()));
        assertEven(services().spread(CLIENT, VIP, 80, 60), "n1p2", "n2p1", "n2p2");
        services().apply(web().endpoint(2, 1));
        assertEquals("n2p1", server(services().answer(CLIENT, VIP, 80)));
    }

    @Test
    @DisplayName("Services should serve multiport endpoints from pods")
    default void multiport() {
        services().apply(new ServiceYaml("multi").clusterIp(VIP).port("TCP", 80, ServiceCluster.TARGET, "")
                .portAlone("TCP", 81, 100).endpoint(1, 2)
                .slice(new ServiceYaml("multi").slicePort("TCP", 81, ServiceCluster.TARGET).endpoint(2, 2)));
        assertEquals("n1p2", server(services().answer(CLIENT, VIP, 80)));
        assertEquals("n2p2", server(services().answer(CLIENT, VIP, 81)));
    }

    /** Each slice has ports of its own: another number of the same port, and not all of them. */
    @Test
    @DisplayName("EndpointSlice should support a Service with multiple ports specified in multiple EndpointSlices")
    default void portsOfSlices() {
        final Process second = services().serve(TestCluster.pod(1, 2), "second", 8081, "python3",
                services().script("netexec.py"), "second", "8081");
        services().apply(new ServiceYaml("multi").clusterIp(VIP).port("TCP", 80, ServiceCluster.TARGET, "")
                .portAlone("TCP", 81, ServiceCluster.TARGET).endpoint(2, 1)
                .slice(new ServiceYaml("multi").slicePort("TCP", 80, 8081).endpoint(1, 2))
                .slice(new ServiceYaml("multi").slicePort("TCP", 80, ServiceCluster.TARGET)
                        .slicePort("TCP", 81, ServiceCluster.TARGET).endpoint(2, 2)));
        assertEven(services().spread(CLIENT, VIP, 80, 60), "n2p1", "second", "n2p2");
        assertEquals(Map.of("n2p2", 10), services().spread(CLIENT, VIP, 81, 10));
        services().cluster.net.stop(second);
    }

    @Test
    @DisplayName("EndpointSlice should support a Service with multiple endpoint IPs specified in multiple"
            + " EndpointSlices")
    default void multipleSlices() {
        services().apply(web().endpoint(1, 2)
                .slice(new ServiceYaml("web").slicePort("TCP", 80, ServiceCluster.TARGET).endpoint(2, 1))
                .slice(new ServiceYaml("web").slicePort("TCP", 80, ServiceCluster.TARGET).endpoint(2, 2)));
        assertEven(services().spread(CLIENT, VIP, 80, 60), "n1p2", "n2p1", "n2p2");
    }

    @Test
    @DisplayName("Services should serve endpoints on same port and different protocols")
    default void samePortDifferentProtocols() {
        services().apply(web().port("UDP", 80, ServiceCluster.TARGET, "").endpoint(2, 2));
        assertEquals("n2p2", server(services().answer(CLIENT, VIP, 80)));
        assertEquals("n2p2 " + TestCluster.podAddress(1, 1, 4) + " 1", services().udp(CLIENT, 40_002, VIP, 80, "x"));
    }

    @Test
    @DisplayName("Services should preserve source pod IP for traffic thru service cluster IP")
    default void sourceIsPreserved() {
        for (int node = 1; node <= 2; node++) {
            services().apply(web().endpoint(node, 2));
            assertEquals("n" + node + "p2 " + TestCluster.podAddress(1, 1, 4), services().answer(CLIENT, VIP, 80));
            assertEquals("n" + node + "p2 " + TestCluster.podAddress(2, 1, 4),
                    services().answer(TestCluster.pod(2, 1), VIP, 80));
        }
    }

    @Test
    @DisplayName("Services should allow pods to hairpin back to themselves through services")
    default void hairpin() {
        services().apply(web().endpoint(1, 1), new ServiceYaml("six").clusterIp(VIP6)
                .port("TCP", 80, ServiceCluster.TARGET, "").endpoint(1, 1));
        assertEquals("n1p1 10.245.1.0", services().answer(CLIENT, VIP, 80));
        assertEquals("n1p1 fd00:245:1::", services().answer(CLIENT, VIP6, 80));
        services().apply(nodePort("externalIPs: [" + EXTERNAL + "]")
                .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30080").endpoint(1, 1));
        for (String address : List.of("10.97.0.11:80", "172.31.0.1:30080", "172.31.0.2:30080", EXTERNAL + ":80")) {
            final String ip = address.split(":")[0];
            final int port = Integer.parseInt(address.split(":")[1]);
            assertTrue(services().answer(CLIENT, ip, port).startsWith("n1p1 10.245."), address);
            final String told = services().udp(CLIENT, 40_005, ip, port, "x");
            assertTrue(told.matches("n1p1 10\\.245\\.[12]\\.0 1"), address + ": " + told);
        }
    }

    @Test
    @DisplayName("Services should masquerade clients off the cluster that reach a ClusterIP")
    default void fromOffTheCluster() {
        for (int node = 1; node <= 2; node++) {
            services().apply(web().port("UDP", 80, ServiceCluster.TARGET, "").endpoint(node, 2));
            assertEquals("n" + node + "p2 " + TestCluster.gateway(1, 4), services().answer(outside(), VIP, 80));
            assertEquals("n" + node + "p2 " + TestCluster.gateway(1, 4) + " 1",
                    services().udp(outside(), 40_006, VIP, 80, "x"));
        }
    }

    private void assertFamilies(String... vips) {
        services().apply(everywhere(new ServiceYaml("both").clusterIp(vips)
                .port("TCP", 80, ServiceCluster.TARGET, "").port("UDP", 80, ServiceCluster.TARGET, "")));
        for (String vip : vips) {
            final int version = vip.equals(VIP) ? 4 : 6;
            assertEven(services().spread(CLIENT, vip, 80, 60), "n1p2", "n2p1", "n2p2");
            assertEquals(TestCluster.podAddress(1, 1, version), client(services().answer(CLIENT, vip, 80)));
            assertTrue(services().udp(CLIENT, 40_001, vip, 80, "x")
                    .contains(TestCluster.podAddress(1, 1, version)));
        }
        for (String vip : List.of(VIP, VIP6)) {
            assertEquals(List.of(vips).contains(vip), services().http(CLIENT, vip, 80).ok(), vip);
        }
    }

    @Test
    @DisplayName("[Feature:IPv6DualStack] should create service with ipv4 cluster ip")
    default void ipv4() {
        assertFamilies(VIP);
    }

    @Test
    @DisplayName("[Feature:IPv6DualStack] should create service with ipv6 cluster ip")
    default void ipv6() {
        assertFamilies(VIP6);
    }

    @Test
    @DisplayName("[Feature:IPv6DualStack] should create service with ipv4,v6 cluster ip")
    default void ipv4AndIpv6() {
        assertFamilies(VIP, VIP6);
    }

    @Test
    @DisplayName("[Feature:IPv6DualStack] should create service with ipv6,v4 cluster ip")
    default void ipv6AndIpv4() {
        assertFamilies(VIP6, VIP);
    }

    @Test
    @DisplayName("processes of the node reach ClusterIPs from any of its addresses")
    default void boundSockets() {
        services().apply(everywhere(web().port("UDP", 80, ServiceCluster.TARGET, "")));
        final String node = TestCluster.node(1);
        for (String address : List.of("172.31.0.1", "127.0.0.1", TestCluster.gateway(1, 4))) {
            assertEquals(TestCluster.gateway(1, 4), client(services().answer(node, VIP, 80, "--interface", address)));
            assertMatch("n[12]p[12] 10\\.245\\.1\\.1 1",
                    List.of(services().udp(node, address, 40_003, 1, VIP, 80, "x")));
        }
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for service endpoints using hostNetwork")
    default void hostNetworkEndpoints() {
        services().apply(new ServiceYaml("host").clusterIp(VIP, VIP6).port("TCP", 80, ServiceCluster.TARGET, "")
                .port("UDP", 80, ServiceCluster.TARGET, "")
                .endpoint("172.31.0.1", 1, ServiceYaml.READY).endpoint("172.31.0.2", 2, ServiceYaml.READY)
                .endpoint("fd00:31::1", 1, ServiceYaml.READY).endpoint("fd00:31::2", 2, ServiceYaml.READY));
        for (String from : List.of(CLIENT, TestCluster.node(1))) {
            for (String vip : List.of(VIP, VIP6)) {
                assertEven(services().spread(from, vip, 80, 40), "node1", "node2");
            }
            assertMatch("node[12] .*", services().udp(from, 40_080, 12, VIP, 80));
        }
        // The API server's own Service is of this kind: "should provide secure master service".
        services().apply(new ServiceYaml("kubernetes").clusterIp("10.97.0.1")
                .port("TCP", 443, ServiceCluster.TARGET, "").endpoint("172.31.0.1", 1, ServiceYaml.READY));
        for (String from : List.of(CLIENT, TestCluster.pod(2, 1), TestCluster.node(1), TestCluster.node(2))) {
            assertEquals("node1", server(services().answer(from, "10.97.0.1", 443)));
        }
    }

    @Test
    @DisplayName("EndpointSlice endpoints that no pod has: an address outside the cluster")
    default void endpointOutsideTheCluster() {
        services().apply(new ServiceYaml("legacy").clusterIp(VIP).port("TCP", 80, ServiceCluster.TARGET, "")
                .endpoint(TestCluster.outsideAddress(4), 9, ServiceYaml.READY));
        assertEquals("out 172.31.0.1", services().answer(CLIENT, VIP, 80));
        assertEquals("out 172.31.0.2", services().answer(TestCluster.pod(2, 1), VIP, 80));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for multiple endpoint-Services with same"
            + " selector")
    default void severalServicesWithTheSameEndpoints() {
        final ServiceYaml other = everywhere(new ServiceYaml("other").clusterIp("10.97.0.12").spec("type: NodePort")
                .port("TCP", 8000, ServiceCluster.TARGET, "nodePort: 30090"));
        services().apply(everywhere(nodePort()), other);
        assertEven(services().spread(CLIENT, "10.97.0.11", 80, 60), "n1p2", "n2p1", "n2p2");
        assertEven(services().spread(CLIENT, "172.31.0.1", 30_080, 60), "n1p2", "n2p1", "n2p2");
        for (int round = 0; round < 2; round++) {
            assertEven(services().spread(CLIENT, "10.97.0.12", 8000, 60), "n1p2", "n2p1", "n2p2");
            assertEven(services().spread(CLIENT, "172.31.0.1", 30_090, 60), "n1p2", "n2p1", "n2p2");
            services().apply(other);
        }
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should be able to handle large requests: http")
    default void largeRequests() {
        services().apply(everywhere(web()));
        final TestNet.Result result = services().cluster.net.in(CLIENT, "curl", "-sS", "--max-time", "30", "-o",
                "/dev/null", "-w", "%{size_download}", ServiceCluster.url(VIP, 80) + "big/50000000");
        assertEquals("50000000", result.out());
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should be able to handle large requests: udp")
    default void largeDatagrams() {
        final String big = "y".repeat(4000);
        for (int node = 1; node <= 2; node++) {
            services().apply(udp().endpoint(node, 2));
            assertEquals("n" + node + "p2 " + TestCluster.podAddress(1, 1, 4) + " 4000",
                    services().udp(CLIENT, 40_040 + node, VIP, 80, big));
        }
    }

    /** Networks may reorder fragments: the last one first, to a Service, and from one by hand. */
    @Test
    @DisplayName("fragments reach the right backend in any order")
    default void reorderedFragments() {
        for (int node = 1; node <= 2; node++) {
            services().apply(udp().endpoint(node, 2));
            final String said = services().cluster.net.scapy(CLIENT, """
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    s.bind(('0.0.0.0', 45678))
                    s.settimeout(5)
                    whole = IP(src='%s', dst='%s', id=random.getrandbits(16))/UDP(sport=45678, dport=80)
                    parts = fragment(whole/Raw(b'z' * 3000), fragsize=1000)
                    for part in reversed(parts):
                        send(part, iface='eth0')
                    print(len(parts), s.recv(100).decode())
                    """.formatted(TestCluster.podAddress(1, 1, 4), VIP));
            assertEquals("4 n" + node + "p2 " + TestCluster.podAddress(1, 1, 4) + " 3000", said.strip());
        }
    }

    @Test
    @DisplayName("a ping of a ClusterIP is answered by an endpoint")
    default void ping() {
        services().apply(everywhere(new ServiceYaml("both").clusterIp(VIP, VIP6)
                .port("TCP", 80, ServiceCluster.TARGET, "")));
        for (String from : List.of(CLIENT, TestCluster.node(1), TestCluster.pod(1, 2))) {
            for (String vip : List.of(VIP, VIP6)) {
                for (int i = 0; i < 3; i++) {
                    final TestNet.Result result = services().cluster.ping(from, vip);
                    assertTrue(result.ok() && result.out().contains("from " + vip), result.out());
                }
                // More than one packet carries.
                assertTrue(services().cluster.ping(from, vip, "-s", "4000").ok());
            }
        }
        final TestNet.Result route = services().cluster.net.in(CLIENT, "traceroute", "-I", "-n", "-q", "1", "-w", "2",
                VIP);
        assertTrue(route.out().contains(" " + TestCluster.gateway(1, 4) + " "), route.out());
        assertTrue(route.out().lines().toList().getLast().contains(" " + VIP + " "), route.out());
        services().apply(web());
        assertTrue(services().cluster.ping(CLIENT, VIP).out().contains("Port Unreachable"));
    }

    /** S33: errors about translated packets reach the client as errors about what it sent. */
    @Test
    @DisplayName("ICMP errors are translated")
    default void icmpErrors() {
        services().apply(new ServiceYaml("closed").clusterIp(VIP).port("UDP", 9, 9, "").endpoint(2, 2));
        assertTrue(services().udp(CLIENT, 40_050, VIP, 9, "x").contains("refused"));
    }

    /** Not a Service, but what many pods' DNS is: an address of the node that is link-local. */
    @Test
    @DisplayName("pods reach NodeLocal DNSCache")
    default void nodeLocalDns() {
        services().cluster.net.ip(TestCluster.node(1), "addr replace 169.254.20.10/32 dev lo");
        assertEquals("node1", server(services().answer(CLIENT, "169.254.20.10", ServiceCluster.TARGET)));
        assertTrue(services().udp(CLIENT, 40_051, "169.254.20.10", ServiceCluster.TARGET, "x").startsWith("node1 "));
    }
}
