package dev.ringway.control.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.control.NodeSpec;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Nodes of the API into a cluster, and what this node tells of itself: with flannel's nodes, and with wrong ones. */
class ClusterCompilerTest {
    private static final long OWN_MAC = MacAddress.ofNode("node1");

    private final Map<String, NodeObject> nodes = new TreeMap<>();
    private KubernetesSettings settings = Objects.settings("http://127.0.0.1:1", Path.of("/nowhere"));

    private ObjectNode fresh() {
        final ObjectNode node = Objects.node(1);
        Objects.annotations(node).removeAll();
        return node;
    }

    private void add(ObjectNode node) {
        final NodeObject read = NodeObject.read(node);
        nodes.put(read.name(), read);
    }

    private ClusterCompiler.Result compile() {
        return ClusterCompiler.compile(settings, nodes);
    }

    private static NodeSpec spec(int n, long mac, String... podCidrs) {
        return new NodeSpec("node" + n, IpText.address("172.30.0." + n), prefixes(podCidrs), mac, 0);
    }

    private static List<Prefix> prefixes(String... texts) {
        return List.of(texts).stream().map(IpText::prefix).toList();
    }

    private static void podCidrs(ObjectNode node, String... ranges) {
        final ArrayNode list = ((ObjectNode) node.get("spec")).putArray("podCIDRs");
        List.of(ranges).forEach(list::add);
    }

    private static void addInternalIp(ObjectNode node, String address) {
        ((ArrayNode) node.get("status").get("addresses")).addObject().put("type", "InternalIP").put("address", address);
    }

    @Test
    void freshNodeAmongFlannels() {
        add(fresh());
        final ObjectNode flannel = Objects.resource("node-flannel.json");
        podCidrs(flannel, "10.244.2.0/24");
        add(flannel);
        final ClusterCompiler.Result result = compile();
        assertEquals(new ClusterSpec(settings.podCidrs(), settings.serviceCidrs(), List.of(
                spec(1, OWN_MAC, "10.244.1.0/24"),
                spec(2, MacAddress.parse("12:c6:65:89:b4:e3"), "10.244.2.0/24"))), result.cluster());
        assertEquals("zone-a", result.zone());
        assertEquals(List.of(), result.warnings());
    }

    /** Letter by letter what flannel's v0.28 writes for a node of one IP version. */
    @Test
    void annotationsOfOneVersion() {
        add(fresh());
        final Map<String, String> golden = new HashMap<>(Map.of(
                "flannel.alpha.coreos.com/kube-subnet-manager", "true",
                "flannel.alpha.coreos.com/backend-type", "vxlan",
                "flannel.alpha.coreos.com/public-ip", "172.30.0.1",
                "flannel.alpha.coreos.com/backend-data",
                "{\"VNI\":1,\"VtepMAC\":\"" + MacAddress.text(OWN_MAC) + "\"}",
                "ringway.dev/version", "0.1.0"));
        golden.put("flannel.alpha.coreos.com/public-ipv6", null);
        golden.put("flannel.alpha.coreos.com/backend-v6-data", null);
        golden.put("ringway.dev/outside-clients", null);
        assertEquals(golden, compile().announced());
    }

    @Test
    void annotationsOfBothVersions() {
        final ObjectNode node = fresh();
        podCidrs(node, "10.244.1.0/24", "fd00:244:1::/64");
        addInternalIp(node, "fd00:30::1");
        add(node);
        final Map<String, String> announced = compile().announced();
        final String data = "{\"VNI\":1,\"VtepMAC\":\"" + MacAddress.text(OWN_MAC) + "\"}";
        assertEquals("172.30.0.1", announced.get("flannel.alpha.coreos.com/public-ip"));
        assertEquals("fd00:30::1", announced.get("flannel.alpha.coreos.com/public-ipv6"));
        assertEquals(data, announced.get("flannel.alpha.coreos.com/backend-data"));
        assertEquals(data, announced.get("flannel.alpha.coreos.com/backend-v6-data"));
    }

    @Test
    void addressChosenByPeople() {
        final ObjectNode node = fresh();
        Objects.annotations(node).put("flannel.alpha.coreos.com/public-ip-overwrite", "192.0.2.1");
        add(node);
        assertEquals(IpText.address("192.0.2.1"), compile().cluster().node("node1").address());
        assertEquals("192.0.2.1", compile().announced().get("flannel.alpha.coreos.com/public-ip"));
    }

    @Test
    void tunnelOverIpv6() {
        settings = new KubernetesSettings("node1", settings.podCidrs(), List.of(), settings.tunnel(), 0, 6,
                OutsideClients.MASQUERADE, "0.1.0", null, null, null);
        final ObjectNode node = fresh();
        addInternalIp(node, "fd00:30::1");
        add(node);
        final ObjectNode flannel = Objects.resource("node-flannel.json");
        add(flannel);
        final ClusterCompiler.Result result = compile();
        assertEquals(new NodeSpec("node2", IpText.address("fd00:30::2"), prefixes("fd00:244:2::/64"),
                MacAddress.parse("5e:12:8f:01:99:2a"), 0), result.cluster().node("node2"));
        assertEquals(IpText.address("fd00:30::1"), result.cluster().node("node1").address());
        assertEquals(List.of("Node node2: it is flannel's and carries IPv4 over IPv4 only, this node all over IPv6:"
                + " its pods of the former are unreachable"), result.warnings());
    }

    @Test
    void ringwaysNodesCarryBothVersions() {
        add(fresh());
        final ObjectNode peer = Objects.node(2);
        podCidrs(peer, "10.244.2.0/24", "fd00:244:2::/64");
        add(peer);
        assertEquals(spec(2, 0x02_00_00_00_00_02L, "10.244.2.0/24", "fd00:244:2::/64"),
                compile().cluster().node("node2"));
    }

    @Test
    void nodesThatAreNotMembers() {
        add(fresh());
        final ObjectNode silent = Objects.node(2);
        Objects.annotations(silent).removeAll();
        add(silent);
        final ObjectNode other = Objects.node(3);
        Objects.annotations(other).put(NodeAnnotations.TYPE, "host-gw");
        add(other);
        final ObjectNode elsewhere = Objects.node(4);
        Objects.annotations(elsewhere).put("flannel.alpha.coreos.com/backend-data",
                "{\"VNI\":2,\"VtepMAC\":\"02:00:00:00:00:04\"}");
        add(elsewhere);
        final ObjectNode broken = Objects.node(5);
        Objects.annotations(broken).put("flannel.alpha.coreos.com/backend-data", "null");
        add(broken);
        final ObjectNode wrongMac = Objects.node(6);
        Objects.annotations(wrongMac).put("flannel.alpha.coreos.com/backend-data", "{\"VNI\":1,\"VtepMAC\":\"x\"}");
        add(wrongMac);
        final ObjectNode sixOnly = Objects.node(7);
        Objects.annotations(sixOnly).put("flannel.alpha.coreos.com/public-ip", "fd00:30::7");
        add(sixOnly);
        add(Objects.node(8));
        final ClusterCompiler.Result result = compile();
        assertEquals(List.of("node1", "node8"), result.cluster().nodes().stream().map(NodeSpec::name).toList());
        assertEquals(List.of("Node node3: its backend is host-gw, this node's vxlan",
                "Node node4: its VNI is 2, this node's is 1",
                "Node node5: 'null' does not describe a tunnel end",
                "Node node6: 'x' is not a MAC address such as 02:00:5e:10:00:01",
                "Node node7: it has no IPv4 address, and this node's tunnel is over IPv4"), result.warnings());
    }

    /** A machine that was replaced leaves its Node behind for a while. */
    @Test
    void newestOfThoseThatClaimTheSame() {
        add(fresh());
        add(Objects.node(2));
        final ObjectNode replaced = Objects.node(2);
        ((ObjectNode) replaced.get("metadata")).put("name", "node2b").put("creationTimestamp", "2026-11-20T00:00:00Z");
        add(replaced);
        final ObjectNode greedy = Objects.node(3);
        podCidrs(greedy, "10.244.0.0/16");
        add(greedy);
        final ObjectNode thief = Objects.node(4);
        Objects.annotations(thief).put("flannel.alpha.coreos.com/public-ip", "172.30.0.1");
        ((ObjectNode) thief.get("metadata")).put("creationTimestamp", "2026-11-22T00:00:00Z");
        add(thief);
        final ClusterCompiler.Result result = compile();
        assertEquals(List.of("node1", "node2b"), result.cluster().nodes().stream().map(NodeSpec::name).toList());
        assertEquals(List.of("Node node4: 172.30.0.1 is the tunnel end of another node, which is newer or this one",
                "Node node2: 172.30.0.2 is the tunnel end of another node, which is newer or this one",
                "Node node3: 10.244.0.0/16 overlaps the range of another node, which is newer or this one, or is a"
                        + " second one of its IP version"), result.warnings());
    }

    @Test
    void badRangesHurtOnlyThemselves() {
        add(fresh());
        final ObjectNode peer = Objects.node(2);
        podCidrs(peer, "10.244.2.0/33", "0.0.0.0/0", "10.244.2.0/24", "10.244.22.0/24");
        add(peer);
        final ClusterCompiler.Result result = compile();
        assertEquals(prefixes("10.244.2.0/24"), result.cluster().node("node2").podCidrs());
        assertEquals(3, result.warnings().size(), () -> result.warnings().toString());
    }

    @Test
    void withoutAPlaceOfItsOwn() {
        assertNull(compile().cluster());
        assertEquals(List.of("there is no Node node1 in the API (is this the node's name there?)"),
                compile().warnings());
        final ObjectNode node = fresh();
        ((ObjectNode) node.get("spec")).removeAll();
        add(node);
        assertNull(compile().cluster());
        assertEquals(List.of("Node node1 has no spec.podCIDR: does the controller manager give them out"
                + " (--allocate-node-cidrs)?"), compile().warnings());
        podCidrs(node, "10.244.1.0/24");
        ((ObjectNode) node.get("status")).removeAll();
        add(node);
        assertEquals(List.of("Node node1 has no InternalIP in its status"), compile().warnings());
    }

    @Test
    void greNeedsTheSameKey() {
        final TunnelSettings keyed = new GreSettings(true, -1);
        settings = new KubernetesSettings("node1", settings.podCidrs(), List.of(), keyed, 0, 0,
                OutsideClients.MASQUERADE, "0.1.0", null, null, null);
        add(fresh());
        assertEquals("ringway-gre", compile().announced().get(NodeAnnotations.TYPE));
        assertEquals("{\"Key\":4294967295}", compile().announced().get("flannel.alpha.coreos.com/backend-data"));
        final ObjectNode peer = Objects.node(2);
        Objects.annotations(peer).put(NodeAnnotations.TYPE, "ringway-gre")
                .put("flannel.alpha.coreos.com/backend-data", "{\"Key\":4294967295}");
        add(peer);
        final ObjectNode other = Objects.node(3);
        Objects.annotations(other).put(NodeAnnotations.TYPE, "ringway-gre")
                .put("flannel.alpha.coreos.com/backend-data", "{}");
        add(other);
        final ClusterCompiler.Result result = compile();
        assertEquals(List.of(spec(1, OWN_MAC, "10.244.1.0/24"), spec(2, MacAddress.ofNode("node2"), "10.244.2.0/24")),
                result.cluster().nodes());
        assertEquals(List.of("Node node3: its GRE key is another than this node's"), result.warnings());
    }

    @Test
    void whatNodesDoForClientsOutside() {
        settings = new KubernetesSettings("node1", settings.podCidrs(), List.of(), settings.tunnel(), 0, 0,
                OutsideClients.DIRECT, "0.1.0", null, null, null);
        add(fresh());
        assertEquals("direct", compile().announced().get("ringway.dev/outside-clients"));
        assertEquals(OutsideClients.DIRECT, compile().cluster().node("node1").outsideClients());
        for (int n = 2; n <= 4; n++) {
            final ObjectNode peer = Objects.node(n);
            if (n > 2) {
                Objects.annotations(peer).put("ringway.dev/outside-clients", n == 3 ? "keep" : "often");
            }
            add(peer);
        }
        final ClusterCompiler.Result result = compile();
        assertEquals(OutsideClients.MASQUERADE, result.cluster().node("node2").outsideClients());
        assertEquals(OutsideClients.KEEP, result.cluster().node("node3").outsideClients());
        assertEquals(List.of("Node node4: ringway.dev/outside-clients: must be masquerade, keep or direct, not often"),
                result.warnings());
    }
}
