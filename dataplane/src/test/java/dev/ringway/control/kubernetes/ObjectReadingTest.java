package dev.ringway.control.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.config.ConfigException;
import dev.ringway.config.ServiceObjectReader;
import dev.ringway.control.IpText;
import dev.ringway.control.services.EndpointPortSpec;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.EndpointSpec;
import dev.ringway.control.services.IngressSpec;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServicePortSpec;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.control.services.ServiceType;
import dev.ringway.control.store.SpecTrees;
import dev.ringway.service.Balance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Objects in the API's true form, by way of the client's types, into what the tables are made of, and back. */
class ObjectReadingTest {
    private final List<String> warnings = new ArrayList<>();
    private final ServiceObjectReader reader = new ServiceObjectReader(warnings::add);

    private static ObjectNode tree(String resource) {
        return Trees.of(Objects.ofClient(Objects.resource(resource)));
    }

    @Test
    void flannelsNode() {
        final NodeObject node = NodeObject.read(Trees.ofNode(Objects.ofClient(Objects.resource("node-flannel.json"))));
        assertEquals(new NodeObject("node2", "2026-11-01T08:30:12Z", "zone-b",
                List.of("10.244.2.0/24", "fd00:244:2::/64"), List.of("172.30.0.2", "fd00:30::2"),
                Map.of("flannel.alpha.coreos.com/backend-data", "{\"VNI\":1,\"VtepMAC\":\"12:c6:65:89:b4:e3\"}",
                        "flannel.alpha.coreos.com/backend-type", "vxlan",
                        "flannel.alpha.coreos.com/backend-v6-data", "{\"VNI\":1,\"VtepMAC\":\"5e:12:8f:01:99:2a\"}",
                        "flannel.alpha.coreos.com/kube-subnet-manager", "true",
                        "flannel.alpha.coreos.com/public-ip", "172.30.0.2",
                        "flannel.alpha.coreos.com/public-ipv6", "fd00:30::2"), false, false), node);
        assertEquals(node, NodeObject.read(node.tree()));
    }

    /** What load balancers are told of: a Node that is being deleted, and one that an autoscaler takes away. */
    @Test
    void nodesThatLeave() {
        final ObjectNode node = Trees.ofNode(Objects.ofClient(Objects.resource("node-flannel.json")));
        node.withObject("/metadata").put("deletionTimestamp", "2026-11-30T08:00:00Z");
        assertTrue(NodeObject.read(node).leaving());
        node.withObject("/metadata").remove("deletionTimestamp");
        assertFalse(NodeObject.read(node).leaving());
        node.withObject("/spec").putArray("taints").addObject().put("key", "ToBeDeletedByClusterAutoscaler");
        assertTrue(NodeObject.read(node).leaving());
    }

    @Test
    void nodeWithLittle() {
        final NodeObject node = NodeObject.read(Trees.ofNode(Objects.ofClient(Objects.json(
                "{'kind':'Node','metadata':{'name':'n'},'spec':{'podCIDR':'10.244.7.0/24'},"
                        + "'status':{'conditions':[{'type':'NetworkUnavailable','status':'True'}]}}"))));
        assertEquals(new NodeObject("n", "", "", List.of("10.244.7.0/24"), List.of(), Map.of(), true, false), node);
        assertThrows(IllegalArgumentException.class,
                () -> NodeObject.read(Trees.ofNode(Objects.ofClient(Objects.json("{'kind':'Node'}")))));
    }

    @Test
    void serviceWithEverything() throws Exception {
        final ServiceSpec service = reader.service(tree("service.json"), "Service shop/web");
        assertEquals(new ServiceSpec("shop", "web", ServiceType.LOAD_BALANCER,
                List.of(IpText.address("10.96.0.10"), IpText.address("fd00:96::10")),
                List.of(new ServicePortSpec("http", Protocols.TCP, 80, 30_080),
                        new ServicePortSpec("dns", Protocols.UDP, 53, 30_053)),
                List.of(IpText.address("192.0.2.10")),
                List.of(new IngressSpec(IpText.address("203.0.113.7"), true),
                        new IngressSpec(IpText.address("203.0.113.8"), false)),
                List.of(IpText.prefix("198.51.100.0/24")), 600, false, true, 32_080, true, false, Balance.MAGLEV),
                service);
        assertEquals(service, reader.service(SpecTrees.of(service), "again"));
        assertEquals(List.of(), warnings);
    }

    @Test
    void servicesThatAreNotProxied() throws Exception {
        final ObjectNode foreign = Objects.service("a", "10.96.0.1");
        ((ObjectNode) foreign.get("metadata").get("labels")).put("service.kubernetes.io/service-proxy-name", "");
        final ServiceSpec labelled = reader.service(Trees.of(Objects.ofClient(foreign)), "a");
        assertTrue(labelled.foreignProxy());
        assertEquals(labelled, reader.service(SpecTrees.of(labelled), "again"));
        assertFalse(reader.service(Trees.of(Objects.ofClient(Objects.service("b", "None"))), "b").isProxied());
        final ServiceSpec name = reader.service(Trees.of(Objects.ofClient(Objects.json("{'kind':'Service','metadata':{"
                + "'name':'c','namespace':'d'},'spec':{'type':'ExternalName','externalName':'example.org',"
                + "'sessionAffinity':'None'}}"))), "c");
        assertFalse(name.isProxied());
        assertEquals(name, reader.service(SpecTrees.of(name), "again"));
    }

    @Test
    void sliceWithEverything() throws Exception {
        final EndpointSliceSpec slice = reader.slice(tree("endpointslice.json"), "EndpointSlice shop/web-x7k2p");
        assertEquals(new EndpointSliceSpec("shop", "web-x7k2p", "web", 4, false,
                List.of(new EndpointPortSpec("http", Protocols.TCP, 8080), new EndpointPortSpec("dns", Protocols.UDP,
                        5353), new EndpointPortSpec("later", Protocols.TCP, 0)),
                List.of(new EndpointSpec(IpText.address("10.244.1.5"), true, true, false, "node1", "zone-a",
                                List.of("node1"), List.of("zone-a"), 1),
                        new EndpointSpec(IpText.address("10.244.2.7"), false, true, true, "node2", "zone-b",
                                List.of(), List.of(), 3),
                        new EndpointSpec(IpText.address("10.244.2.8"), true, true, false, null, null, List.of(),
                                List.of(), 1)), 1_793_613_605_000L), slice);
        assertEquals(slice, reader.slice(SpecTrees.of(slice), "again"));
        assertEquals(List.of(), warnings);
    }

    @Test
    void slicesThatAreNotProxied() throws Exception {
        final ObjectNode headless = Objects.slice("a", "10.244.1.1");
        ((ObjectNode) headless.get("metadata").get("labels")).put("service.kubernetes.io/headless", "");
        final EndpointSliceSpec labelled = reader.slice(Trees.of(Objects.ofClient(headless)), "a");
        assertTrue(labelled.headless());
        assertEquals(labelled, reader.slice(SpecTrees.of(labelled), "again"));
        final ObjectNode names = Objects.slice("b", "example.org").put("addressType", "FQDN");
        final EndpointSliceSpec name = reader.slice(Trees.of(Objects.ofClient(names)), "b");
        assertEquals(0, name.version());
        assertEquals(name, reader.slice(SpecTrees.of(name), "again"));
        final ObjectNode timed = Objects.slice("c", "10.244.1.1");
        ((ObjectNode) timed.get("metadata")).putObject("annotations")
                .put("endpoints.kubernetes.io/last-change-trigger-time", "yesterday");
        assertEquals(0, reader.slice(Trees.of(Objects.ofClient(timed)), "c").changedMs());
        assertEquals(List.of(), warnings);
    }

    @Test
    void malformedOnesAreRefusedWithTheReason() {
        final ObjectNode service = Objects.service("a", "10.96.0");
        assertEquals(List.of("Service default/a: spec.clusterIPs[0]: '10.96.0' is not an IPv4 or IPv6 address"),
                assertThrows(ConfigException.class, () -> reader.service(Trees.of(Objects.ofClient(service)),
                        "Service default/a")).problems());
        final ObjectNode slice = Objects.slice("a", "10.244.1.1");
        ((ObjectNode) slice.get("ports").get(0)).put("port", "http");
        assertEquals(List.of("EndpointSlice a: ports[0].port: must be a whole number from 0 to 65535, not 'http'"),
                assertThrows(ConfigException.class, () -> reader.slice(Trees.of(Objects.ofClient(slice)),
                        "EndpointSlice a")).problems());
        slice.put("endpoints", "none");
        assertThrows(ConfigException.class, () -> reader.slice(Trees.of(Objects.ofClient(slice)), "a"));
    }
}
