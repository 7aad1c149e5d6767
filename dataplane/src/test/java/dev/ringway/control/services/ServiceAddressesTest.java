package dev.ringway.control.services;

import static dev.ringway.control.services.Cluster.cluster;
import static dev.ringway.control.services.Specs.ips;
import static dev.ringway.control.services.Specs.service;
import static dev.ringway.control.services.Specs.slice;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where Services are reached (S10 to S17), and what the kernel is told for clients outside. */
class ServiceAddressesTest {
    private static final String VIP = "10.96.0.10";
    private static final String NODE = "172.30.0.1";
    private static final String OUTSIDE = "192.0.2.80";

    private final Cluster cluster = new Cluster();

    ServiceAddressesTest() {
        cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1.10"));
    }

    private static boolean allows(Frontend frontend, String client) {
        final IpAddress ip = IpText.address(client);
        return frontend.sourceRanges == null || frontend.sourceRanges.allows(ip.version(), ip.hi(), ip.lo());
    }

    @Test
    @DisplayName("Services should serve a basic endpoint from pods")
    void clusterIp() {
        cluster.put(service("web", VIP).port(80));
        final Frontend web = cluster.tcp(VIP, 80);
        assertEquals(Kind.CLUSTER_IP, web.kind);
        assertEquals(List.of("10.244.1.10:8080"), cluster(web));
        assertEquals(List.of(), cluster.compiled.steered(), "nobody outside may reach a cluster IP");
    }

    @Test
    void undefinedPortOfAClusterIp() {
        cluster.put(service("web", VIP).nodePort(80, 30_080).externalIps(OUTSIDE));
        assertNull(cluster.tcp(VIP, 81));
        assertTrue(cluster.isServiceAddress(VIP));
        assertFalse(cluster.isServiceAddress("10.96.0.11"), "not allocated");
        assertFalse(cluster.isServiceAddress(NODE), "the node listens there itself");
        assertFalse(cluster.isServiceAddress(OUTSIDE));
    }

    @Test
    @DisplayName("Services should be able to create a functioning NodePort service")
    void nodePort() {
        cluster.put(service("web", VIP).nodePort(80, 30_080));
        final Frontend direct = cluster.tcp(NODE, 30_080);
        assertEquals(Kind.NODE_PORT, direct.kind);
        assertSame(cluster.tcp(VIP, 80).port, direct.port);
        final Steered steered = cluster.steered(null, 30_080);
        assertEquals(30_080, steered.token(), "a NodePort stands for itself");
        final Frontend token = cluster.behind(steered);
        assertTrue(token.token);
        assertEquals(30_080, token.number);
        assertSame(direct.port, token.port);
        assertNull(cluster.tcp("fd00:30::1", 30_080), "the Service has no IPv6");
    }

    @Test
    @DisplayName("Services should be able to update service type to NodePort listening on same port number but"
            + " different protocols")
    void nodePortOfTwoProtocols() {
        cluster.put(service("web", VIP).type(ServiceType.NODE_PORT).port("t", Protocols.TCP, 80, 30_080)
                .port("u", Protocols.UDP, 80, 30_080));
        assertEquals("default/web:t", cluster.tcp(NODE, 30_080).port.name);
        assertEquals("default/web:u", cluster.frontend(NODE, Protocols.UDP, 30_080).port.name);
        assertEquals(2, cluster.compiled.steered().size());
    }

    @Test
    void nodeAddressesThatChange() {
        cluster.put(service("web", VIP, "fd00:96::10").nodePort(80, 30_080));
        final var before = cluster.tcp(VIP, 80);
        assertEquals(2, cluster.compiled.steered().size());
        cluster.catalog.setNode(new NodeView(Specs.NODE, "zone-a", ips("172.30.0.7", "172.30.1.7"),
                ips("172.30.0.7", "172.30.1.7"), Specs.SELF.serviceAddress4(), Specs.SELF.serviceAddress6()));
        cluster.compiled = cluster.catalog.compile();
        assertNull(cluster.tcp(NODE, 30_080));
        assertNotNull(cluster.tcp("172.30.0.7", 30_080));
        assertNotNull(cluster.tcp("172.30.1.7", 30_080));
        assertSame(before, cluster.tcp(VIP, 80));
        assertEquals(1, cluster.compiled.steered().size(), "no IPv6 address is open for NodePorts");
    }

    /** The node's pod range may be another one, and with it the address that tokens are ports of. */
    @Test
    void serviceAddressThatChanges() {
        cluster.put(service("web", VIP).nodePort(80, 30_080).externalIps("203.0.113.5"));
        assertEquals(2, cluster.compiled.steered().size());
        cluster.catalog.setNode(new NodeView(Specs.NODE, "zone-a", ips(NODE), ips(NODE),
                IpText.address("10.244.9.0"), null));
        cluster.compiled = cluster.catalog.compile();
        assertEquals(2, cluster.compiled.steered().size());
        assertNotNull(cluster.frontend("10.244.9.0", Protocols.TCP, 30_080));
        assertNull(cluster.frontend("10.244.1.0", Protocols.TCP, 30_080));
    }

    @Test
    @DisplayName("Services should release NodePorts on delete")
    void releaseNodePorts() {
        cluster.put(service("web", VIP).nodePort(80, 30_080));
        cluster.remove("web");
        assertNull(cluster.tcp(NODE, 30_080));
        assertEquals(List.of(), cluster.compiled.steered());
        cluster.put(service("other", "10.96.0.11").nodePort(80, 30_080));
        assertEquals("default/other", cluster.tcp(NODE, 30_080).port.name);
        assertEquals(List.of(), cluster.compiled.warnings());
    }

    @Test
    @DisplayName("Services should be possible to connect to a service via ExternalIP when the external IP is not"
            + " assigned to a node")
    void externalIp() {
        cluster.put(service("web", VIP).port(80).externalIps(OUTSIDE, "2001:db8::80"));
        final Frontend direct = cluster.tcp(OUTSIDE, 80);
        assertEquals(Kind.EXTERNAL_IP, direct.kind);
        assertNull(cluster.tcp("2001:db8::80", 80), "the Service has no IPv6");
        final Steered steered = cluster.steered(OUTSIDE, 80);
        final Frontend token = cluster.behind(steered);
        assertEquals(IpText.address(OUTSIDE), token.address);
        assertEquals(80, token.number);
        assertEquals(steered.token(), token.matchPort());
        assertSame(direct.port, token.port);
        // It keeps its token whatever else changes.
        cluster.put(service("web", VIP).port(80).externalIps("192.0.2.81", OUTSIDE).affinity(5));
        assertEquals(steered, cluster.steered(OUTSIDE, 80));
        assertNotEquals(steered.token(), cluster.steered("192.0.2.81", 80).token());
    }

    @Test
    void loadBalancerIpModes() {
        cluster.put(service("web", VIP).nodePort(80, 30_080).loadBalancer(OUTSIDE, true)
                .loadBalancer("192.0.2.81", false));
        assertEquals(Kind.LOAD_BALANCER, cluster.tcp(OUTSIDE, 80).kind);
        assertNull(cluster.tcp("192.0.2.81", 80), "ipMode Proxy: packets do not come with this destination");
        assertNull(cluster.steered("192.0.2.81", 80));
        assertNotNull(cluster.tcp(NODE, 30_080));
    }

    @Test
    @DisplayName("LoadBalancers should be able to create LoadBalancer Service without NodePort and change it")
    void loadBalancerWithoutNodePort() {
        cluster.put(service("web", VIP).port(80).loadBalancer(OUTSIDE, true));
        assertNotNull(cluster.tcp(OUTSIDE, 80));
        assertEquals(1, cluster.compiled.steered().size());
        cluster.put(service("web", VIP).nodePort(80, 30_080).loadBalancer(OUTSIDE, true));
        assertNotNull(cluster.tcp(NODE, 30_080));
        assertEquals(2, cluster.compiled.steered().size());
    }

    @Test
    @DisplayName("LoadBalancers should only allow access from service loadbalancer source ranges")
    void sourceRanges() {
        cluster.put(service("web", VIP).nodePort(80, 30_080).loadBalancer(OUTSIDE, true).externalIps("192.0.2.90")
                .ranges("198.51.100.0/24", "2001:db8::/32"));
        for (Frontend frontend : List.of(cluster.tcp(OUTSIDE, 80), cluster.behind(cluster.steered(OUTSIDE, 80)))) {
            assertTrue(allows(frontend, "198.51.100.7"));
            assertFalse(allows(frontend, "203.0.113.7"));
            assertFalse(allows(frontend, OUTSIDE));
        }
        for (Frontend open : List.of(cluster.tcp(VIP, 80), cluster.tcp(NODE, 30_080), cluster.tcp("192.0.2.90", 80))) {
            assertTrue(allows(open, "203.0.113.7"), "only the load balancer's addresses are restricted");
        }
        cluster.put(service("web", VIP).nodePort(80, 30_080).loadBalancer(OUTSIDE, true));
        assertTrue(allows(cluster.tcp(OUTSIDE, 80), "203.0.113.7"));
    }

    @Test
    void sourceRangeThatHasThisNodeAllowsTheAddressesThemselves() {
        cluster.put(service("web", VIP).port(80).loadBalancer(OUTSIDE, true).ranges("172.30.0.0/24"));
        assertTrue(allows(cluster.tcp(OUTSIDE, 80), NODE));
        assertTrue(allows(cluster.tcp(OUTSIDE, 80), OUTSIDE));
        assertFalse(allows(cluster.tcp(OUTSIDE, 80), "192.0.2.81"));
    }

    @Test
    void sourceRangesOfTheOtherVersionRestrictNothing() {
        cluster.put(service("web", VIP).port(80).loadBalancer(OUTSIDE, true).ranges("2001:db8::/32"));
        assertTrue(allows(cluster.tcp(OUTSIDE, 80), "203.0.113.7"));
    }

    @Test
    void sameAddressForServicesOnOtherPorts() {
        cluster.put(service("web", VIP).port(80).externalIps(OUTSIDE),
                service("dns", "10.96.0.11").port("", Protocols.UDP, 53, 0).externalIps(OUTSIDE),
                service("tls", "10.96.0.12").port(443).externalIps(OUTSIDE));
        assertEquals("default/web", cluster.tcp(OUTSIDE, 80).port.name);
        assertEquals("default/dns", cluster.frontend(OUTSIDE, Protocols.UDP, 53).port.name);
        assertEquals("default/tls", cluster.tcp(OUTSIDE, 443).port.name);
        assertEquals(3, cluster.compiled.steered().size());
        assertEquals(List.of(), cluster.compiled.warnings());
    }

    @Test
    void externalIpThatIsANodesAddress() {
        cluster.put(service("web", VIP).nodePort(80, 30_080).externalIps(NODE));
        assertEquals(Kind.EXTERNAL_IP, cluster.tcp(NODE, 80).kind);
        assertEquals(Kind.NODE_PORT, cluster.tcp(NODE, 30_080).kind);
        assertNotNull(cluster.steered(NODE, 80));
    }

    @Test
    void whatAnotherServiceHasIsLeftToItUntilItGoes() {
        cluster.put(service("web", VIP).port(80).externalIps(OUTSIDE));
        cluster.put(service("late", "10.96.0.11").port(80).externalIps(OUTSIDE));
        assertEquals("default/web", cluster.tcp(OUTSIDE, 80).port.name);
        assertEquals(List.of("default/late: 192.0.2.80:80/TCP belongs to default/web already; it is left there"),
                cluster.compiled.warnings());
        cluster.put(service("web", VIP).port(80));
        assertEquals("default/late", cluster.tcp(OUTSIDE, 80).port.name);
        assertEquals(List.of(), cluster.compiled.warnings());
        assertEquals("default/late", cluster.behind(cluster.steered(OUTSIDE, 80)).port.name);
    }

    @Test
    void addressThatMovesBetweenServicesInOneStep() {
        cluster.put(service("a", VIP).port(80).externalIps(OUTSIDE), service("b", "10.96.0.11").port(80));
        cluster.catalog.put(service("b", "10.96.0.11").port(80).externalIps(OUTSIDE).spec());
        cluster.catalog.put(service("a", VIP).port(80).spec());
        cluster.compiled = cluster.catalog.compile();
        assertEquals("default/b", cluster.tcp(OUTSIDE, 80).port.name);
        assertEquals(List.of(), cluster.compiled.warnings());
    }

    @Test
    void serviceThatWaitedAndWentStaysAway() {
        cluster.put(service("web", VIP).port(80).externalIps(OUTSIDE));
        cluster.put(service("late", "10.96.0.11").port(80).externalIps(OUTSIDE));
        cluster.remove("late");
        assertEquals(List.of(), cluster.compiled.warnings());
        cluster.remove("web");
        assertEquals(0, cluster.compiled.table().size());
    }

    @Test
    void nodePortTakesTheNumberOfAToken() {
        cluster.put(service("web", VIP).port(80).externalIps(OUTSIDE));
        final int token = cluster.steered(OUTSIDE, 80).token();
        cluster.put(service("late", "10.96.0.11").nodePort(80, token));
        assertEquals("default/late", cluster.behind(cluster.steered(null, token)).port.name);
        final Steered moved = cluster.steered(OUTSIDE, 80);
        assertNotEquals(token, moved.token());
        assertEquals("default/web", cluster.behind(moved).port.name);
        assertEquals(List.of(), cluster.compiled.warnings());
    }

    @Test
    void withoutAServiceAddressPodsStillReachAll() {
        final Cluster bare = new Cluster(new NodeView(Specs.NODE, "", ips(NODE), ips(NODE), null, null));
        bare.put(service("web", VIP).nodePort(80, 30_080).externalIps(OUTSIDE));
        assertNotNull(bare.tcp(NODE, 30_080));
        assertNotNull(bare.tcp(OUTSIDE, 80));
        assertEquals(List.of(), bare.compiled.steered());
    }

    @Test
    void moreExternalAddressesThanTokens() {
        for (int i = 0; i < 65_000; i++) {
            cluster.catalog.put(service("s" + i, "10.97." + (i >> 8) + "." + (i & 0xFF)).port(80)
                    .externalIps("192.1." + (i >> 8) + "." + (i & 0xFF)).spec());
        }
        cluster.compiled = cluster.catalog.compile();
        assertEquals(64_512, cluster.compiled.steered().size());
        assertEquals(21, cluster.compiled.warnings().size());
        assertEquals("and 468 more addresses that cannot be reached from outside the cluster",
                cluster.compiled.warnings().getLast());
        assertTrue(cluster.compiled.warnings().getFirst().contains("cannot be reached from outside the cluster"),
                cluster.compiled.warnings().getFirst());
    }
}
