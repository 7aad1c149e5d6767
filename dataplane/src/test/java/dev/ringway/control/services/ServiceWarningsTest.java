package dev.ringway.control.services;

import static dev.ringway.control.services.Specs.ips;
import static dev.ringway.control.services.Specs.service;
import static dev.ringway.control.services.Specs.slice;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.service.Balance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slips that leave a Service without something, and without a word if nobody tells. */
class ServiceWarningsTest {
    /** Tokens are ports of one address. */
    private static final int MOST_TOKENS = 64_512;
    private static final NodeView NODE = new NodeView(Specs.NODE, "", ips("172.30.0.1"), ips("172.30.0.1"),
            IpText.address("10.244.1.0"), null, new NodeView.Ranges(List.of(IpText.prefix("10.244.1.0/24")),
                    List.of(IpText.prefix("10.244.0.0/16")), List.of(IpText.prefix("10.96.0.0/12"))));

    private final Cluster cluster = new Cluster(NODE);

    private List<String> warnings() {
        return cluster.compiled.warnings();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, is a loopback address", "0.0.0.0, is an unspecified address", "224.0.0.1, is a multicast address",
        "169.254.1.1, is a link-local address", "255.255.255.255, is the broadcast address",
        "172.30.0.1, is this node's own address", "10.244.7.1, is in the pods' range 10.244.0.0/16"})
    void clusterIpThatIsNone(String address, String what) {
        cluster.put(service("a", address).nodePort(80, 30_080));
        assertEquals(List.of("default/a: the cluster IP " + address + " " + what + " and is left out"), warnings());
        assertNull(cluster.tcp(address, 80));
        assertNotNull(cluster.tcp("172.30.0.1", 30_080), "its other addresses stay");
    }

    @Test
    void clusterIpThatTheNodeDoesNotRoute() {
        cluster.put(service("a", "10.112.0.1").port(80), service("b", "10.111.255.255").port(80));
        assertEquals(List.of("default/a: the cluster IP 10.112.0.1 is in none of cluster.serviceCidrs, so that pods"
                + " reach it and the node's own processes do not"), warnings());
        assertNotNull(cluster.tcp("10.112.0.1", 80));
    }

    @Test
    void externalAddressesThatAreNone() {
        cluster.put(service("a", "10.96.0.1").port(80).externalIps("127.0.0.1", "172.30.0.1", "192.0.2.1")
                .loadBalancer("0.0.0.0", true));
        assertEquals(List.of("default/a: the external IP 127.0.0.1 is a loopback address and is left out",
                "default/a: the load balancer's 0.0.0.0 is an unspecified address and is left out"), warnings());
        assertNull(cluster.tcp("127.0.0.1", 80));
        assertNotNull(cluster.tcp("172.30.0.1", 80));
        assertNotNull(cluster.tcp("192.0.2.1", 80));
    }

    /** Those beyond are told of, and others stay as they are. */
    @Test
    void moreExternalAddressesThanTokens() {
        final int each = 1008;
        for (int s = 0; s < MOST_TOKENS / each; s++) {
            final String[] addresses = new String[each];
            for (int i = 0; i < each; i++) {
                addresses[i] = "192." + s + "." + (i >> 8) + "." + (i & 0xFF);
            }
            cluster.catalog.put(service("s" + s, "10.96.0." + s).port(80).externalIps(addresses).spec());
        }
        cluster.put(service("u", "10.97.0.1").port("", Protocols.UDP, 80, 0).externalIps("198.51.100.1"));
        assertEquals(List.of(), warnings());
        assertEquals(MOST_TOKENS + 1, cluster.compiled.steered().size());
        cluster.put(service("z", "10.97.0.2").port(80).externalIps("198.51.100.1"));
        assertEquals(List.of("default/z: 198.51.100.1:80/TCP cannot be reached from outside the cluster: all ports of"
                + " the service address 10.244.1.0 are taken"), warnings());
        assertEquals(MOST_TOKENS + 1, cluster.compiled.steered().size());
        assertNotNull(cluster.tcp("198.51.100.1", 80), "for pods");
        cluster.remove("s0");
        assertEquals(List.of(), warnings());
        assertEquals(MOST_TOKENS + 2 - each, cluster.compiled.steered().size(), "there is room again");
    }

    @Test
    void portThatNoSliceHas() {
        cluster.put(service("a", "10.96.0.1").port("http", Protocols.TCP, 80, 0));
        assertEquals(List.of(), warnings(), "no endpoints are no slip");
        cluster.put(slice("a", "a-1").port("web", Protocols.TCP, 8080).port("http", Protocols.UDP, 53)
                .on(Specs.NODE, "10.244.1.1", "10.244.1.2"));
        assertEquals(List.of("default/a: the port 'http' TCP has no backends: none of the Service's 2 IPv4 endpoints"
                + " has a port of this name and protocol; they have 'http' UDP, 'web' TCP"), warnings());
        cluster.put(slice("a", "a-2").port("http", Protocols.TCP, 8080).on(Specs.NODE, "10.244.1.3"));
        assertEquals(List.of(), warnings());
    }

    @Test
    void sliceWithoutAService() {
        final ServiceCatalog files = new ServiceCatalog(NODE, Balance.RANDOM, true, 20);
        files.put(slice("a", "a-1").port(8080).on(Specs.NODE, "10.244.1.1").spec());
        assertEquals(List.of("default/a: there is no such Service for EndpointSlice a-1"), files.compile().warnings());
        files.put(service("a", "10.96.0.1").port(80).spec());
        assertEquals(List.of(), files.compile().warnings());
        cluster.put(slice("a", "a-1").port(8080).on(Specs.NODE, "10.244.1.1"));
        assertEquals(List.of(), warnings(), "the API tells of each kind for itself");
    }

    @Test
    void endpointsWithoutANodeAreWhereTheirAddressIs() {
        cluster.put(service("a", "10.96.0.1").port(80).internalLocal());
        cluster.put(slice("a", "a-1").port(8080).endpoint(new Specs.Ep("10.244.1.9"))
                .endpoint(new Specs.Ep("10.244.2.9")).endpoint(new Specs.Ep("172.30.0.1")));
        assertEquals(List.of("10.244.1.9:8080", "172.30.0.1:8080"), Cluster.local(cluster.tcp("10.96.0.1", 80)));
        assertEquals(List.of(), warnings());
        cluster.put(slice("a", "a-1").port(8080).endpoint(new Specs.Ep("10.244.1.9"))
                .endpoint(new Specs.Ep("192.0.2.9")));
        assertEquals(List.of("default/a: 1 of 2 endpoints, the first of them 192.0.2.9, have no nodeName and an address"
                + " of no node: with traffic policy Local no node sends to them"), warnings());
        cluster.put(service("a", "10.96.0.1").port(80));
        assertEquals(List.of(), warnings(), "nobody asks where they are");
    }

    @Test
    void healthCheckNodePortsThatSomethingElseHas() {
        cluster.put(service("a", "10.96.0.1").port(80).loadBalancer("192.0.2.1", true).externalLocal()
                .healthCheck(30_080), service("b", "10.96.0.2").port(80).loadBalancer("192.0.2.2", true)
                .externalLocal().healthCheck(30_080));
        assertEquals(List.of("default/b: healthCheckNodePort 30080 is that of default/a, too; that one's endpoints are"
                + " told of"), warnings());
        cluster.remove("b").put(service("c", "10.96.0.3").nodePort(80, 30_080));
        assertEquals(List.of("default/a: healthCheckNodePort 30080 is a NodePort of default/c, which answers instead"),
                warnings());
        cluster.remove("c");
        assertEquals(List.of(), warnings());
    }

    /** What is wrong with many does not hide what is wrong with one. */
    @Test
    void onlyTheFirstOfEachKindAreTold() {
        for (int i = 100; i < 200; i++) {
            cluster.put(service("s" + i, "127.0.0." + i).port(80));
        }
        cluster.put(service("z", "10.96.0.1").port(80).externalIps("192.0.2.1"), service("zz", "10.96.0.2").port(80)
                .externalIps("192.0.2.1"));
        final List<String> all = warnings();
        assertEquals(22, all.size());
        assertTrue(all.getFirst().startsWith("default/zz: 192.0.2.1:80/TCP belongs to default/z"), all.getFirst());
        assertTrue(all.get(1).startsWith("default/s100: the cluster IP 127.0.0.100"), all.get(1));
        assertEquals("and 80 more addresses that no Service can have", all.getLast());
    }
}
