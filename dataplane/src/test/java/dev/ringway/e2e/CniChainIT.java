package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Plugins of Debian's containernetworking-plugins (CNI 1.0.0) behind ours and below ours. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CniChainIT {
    private static final String OURS = "{\"type\":\"ringway-cni\"}";

    private CniCluster cluster;
    private MiniHost host;
    private int sandboxes;

    @BeforeAll
    void start() {
        cluster = new CniCluster("");
        host = cluster.host(1);
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void nothingIsLeft() {
        final List<String> left = cluster.podAddresses(1);
        Libcni.installed(host, "1.1.0").gc(List.of());
        host.shell("for name in $(ip netns list | cut -d ' ' -f 1); do ip netns del \"$name\"; done");
        assertEquals(List.of(), left);
    }

    private Libcni chain(String... plugins) {
        return new Libcni(host, "{\"cniVersion\":\"1.0.0\",\"name\":\"chained\",\"plugins\":["
                + String.join(",", plugins) + "]}");
    }

    private String sandbox(Libcni network) {
        sandboxes++;
        return network.sandbox("sandbox" + sandboxes);
    }

    private static String address(JsonNode result, int version) {
        for (JsonNode ip : result.path("ips")) {
            final String address = ip.path("address").asText();
            if (address.contains(":") == (version == 6)) {
                return address.split("/")[0];
            }
        }
        throw new AssertionError("no IPv" + version + " address in " + result);
    }

    private String inside(String netns, String... command) {
        final String[] all = new String[command.length + 2];
        all[0] = "nsenter";
        all[1] = "--net=" + netns;
        System.arraycopy(command, 0, all, 2, command.length);
        return host.must(all);
    }

    @Test
    void tuningFindsTheInterfaceAndItsSettingsHold() {
        // The MTU is ours to set: one that tuning sets is a drift to our CHECK.
        final Libcni network = chain("{\"type\":\"ringway-cni\",\"mtu\":1300}",
                "{\"type\":\"tuning\",\"sysctl\":{\"net.core.somaxconn\":\"500\"},\"promisc\":false}");
        final String netns = sandbox(network);
        final JsonNode result = network.add(netns);
        assertEquals("500", inside(netns, "sysctl", "-n", "net.core.somaxconn").strip());
        assertTrue(inside(netns, "ip", "link", "show", "eth0").contains(" mtu 1300 "));
        assertEquals(netns, result.path("interfaces").path(0).path("sandbox").asText());
        network.check(netns);
        network.del(netns);
        network.del(netns);
    }

    @Test
    void portmapLeadsToThePod() {
        final Libcni network = chain(OURS, "{\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true}}");
        final String netns = sandbox(network);
        final String id = Libcni.containerId(netns);
        final String ports = "{\"portMappings\":[{\"hostPort\":8088,\"containerPort\":80,\"protocol\":\"tcp\"}]}";
        network.add(id, netns, ports, "");
        host.shell("mkdir -p /run/www; echo mapped >/run/www/index.html");
        host.start("web", "nsenter", "--net=" + netns, "python3", "-m", "http.server", "--directory",
                "/run/www", "80");
        assertEquals("mapped", cluster.host(2).must("curl", "-s", "--retry", "20", "--retry-connrefused",
                "--connect-timeout", "5", "http://172.31.0.1:8088/").strip());
        host.signal("web", "KILL");
        network.del(id, netns, ports);
        assertFalse(host.must("iptables-save", "-t", "nat").contains("8088"));
    }

    /** Without CHECK: that of portmap 1.1.1 fails by itself, as it looks for its IPv4 rules among those for IPv6. */
    @Test
    void bothBehindOurs() {
        final Libcni network = chain(OURS, "{\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true}}",
                "{\"type\":\"tuning\",\"sysctl\":{\"net.ipv4.conf.IFNAME.arp_filter\":\"1\"}}");
        final String netns = sandbox(network);
        final String id = Libcni.containerId(netns);
        final String ports = "{\"portMappings\":[{\"hostPort\":8089,\"containerPort\":80,\"protocol\":\"udp\"}]}";
        final JsonNode result = network.add(id, netns, ports, "IgnoreUnknown=1;K8S_POD_NAMESPACE=a;K8S_POD_NAME=b");
        assertEquals("1", inside(netns, "sysctl", "-n", "net.ipv4.conf.eth0.arp_filter").strip());
        assertTrue(cluster.query(1, "pods").toString().contains("\"a/b\""), cluster.query(1, "pods")::toString);
        host.must("ping", "-c", "1", "-W", "5", address(result, 4));
        host.must("ping", "-c", "1", "-W", "5", address(result, 6));
        network.del(id, netns, ports);
    }

    /** It looks for the other end of a veth pair, and a TUN device has none; ours limits by itself. */
    @Test
    void theBandwidthPluginCannotAndTheCauseIsNotOurs() {
        final Libcni network = chain(OURS, "{\"type\":\"bandwidth\",\"capabilities\":{\"bandwidth\":true}}");
        final String netns = sandbox(network);
        final String id = Libcni.containerId(netns);
        final String limits = "{\"bandwidth\":{\"ingressRate\":8000000,\"ingressBurst\":800000,"
                + "\"egressRate\":8000000,\"egressBurst\":800000}}";
        final Libcni.Refused refused = assertThrows(Libcni.Refused.class, () -> network.add(id, netns, limits, ""));
        assertTrue(refused.getMessage().startsWith("bandwidth: "), refused.getMessage());
        // What a runtime does after a failed ADD: there is no result to hand over.
        network.del(id, netns, "{}");
    }

    private static String delegating(String ipam) {
        return "{\"type\":\"ringway-cni\",\"ipam\":" + ipam + "}";
    }

    @Test
    void hostLocalGivesTheAddresses() {
        final Libcni network = chain(delegating("{\"type\":\"host-local\",\"ranges\":["
                + "[{\"subnet\":\"10.246.1.0/24\",\"rangeStart\":\"10.246.1.200\",\"rangeEnd\":\"10.246.1.210\"}],"
                + "[{\"subnet\":\"fd00:246:1::/64\",\"rangeStart\":\"fd00:246:1::200\"}]]}"));
        final String first = sandbox(network);
        final JsonNode result = network.add(first);
        assertEquals("10.246.1.200", address(result, 4));
        assertEquals("fd00:246:1::200", address(result, 6));
        assertTrue(inside(first, "ip", "addr", "show", "eth0").contains("10.246.1.200/32"));
        final String second = sandbox(network);
        assertEquals("10.246.1.201", address(network.add(second), 4));
        inside(second, "ping", "-c", "1", "-W", "5", "10.246.1.200");
        inside(second, "ping", "-c", "1", "-W", "5", "fd00:246:1::200");
        network.check(first);
        network.del(first);
        network.del(second);
        assertFalse(host.must("ls", "/var/lib/cni/networks/chained").contains("10.246.1.20"));
    }

    @Test
    void staticAddressesOfTheConfiguration() {
        final Libcni network = chain(delegating("{\"type\":\"static\",\"addresses\":["
                + "{\"address\":\"10.246.1.77/24\"},{\"address\":\"fd00:246:1::77/64\"}]}"));
        final String netns = sandbox(network);
        final JsonNode result = network.add(netns);
        assertEquals("10.246.1.77", address(result, 4));
        assertEquals("fd00:246:1::77", address(result, 6));
        host.must("ping", "-c", "1", "-W", "5", "10.246.1.77");
        network.check(netns);
        network.del(netns);
    }

    /** C22: the daemon refuses, and the address that host-local had given out is free again. */
    @Test
    void whatTheSwitchRefusesGoesBackToHostLocal() {
        final Libcni network = chain(delegating("{\"type\":\"host-local\",\"subnet\":\"10.246.1.0/24\"}"));
        assertThrows(Libcni.Refused.class, () -> network.add("/run/netns/nowhere"));
        assertFalse(host.must("ls", "/var/lib/cni/networks/chained").contains("10.246.1."));
    }

    /** cnitool's add, check and del against the network as installed, each time with the result that was kept. */
    @Test
    void theInstalledNetworkFromAddToDel() {
        final Libcni network = Libcni.installed(host, "1.1.0");
        network.status();
        final String netns = sandbox(network);
        final JsonNode result = network.add(netns);
        assertEquals("1.1.0", result.path("cniVersion").asText());
        assertEquals("eth0", result.path("interfaces").path(0).path("name").asText());
        assertEquals(netns, result.path("interfaces").path(0).path("sandbox").asText());
        inside(netns, "ping", "-c", "1", "-W", "5", CniCluster.gateway(2, 4));
        inside(netns, "ping", "-c", "1", "-W", "5", CniCluster.gateway(2, 6));
        network.check(netns);
        inside(netns, "ip", "addr", "del", address(result, 4) + "/32", "dev", "eth0");
        assertThrows(Libcni.Refused.class, () -> network.check(netns));
        network.del(netns);
        assertFalse(inside(netns, "ip", "-br", "link").contains("eth0"));
        network.del(netns);
        network.del("/run/netns/never-was");
    }

    @Test
    void gcRemovesWhatIsNotListed() {
        final Libcni network = Libcni.installed(host, "1.1.0");
        final String stays = sandbox(network);
        final String goes = sandbox(network);
        final String kept = address(network.add(stays), 4);
        network.add(goes);
        network.gc(List.of(Libcni.containerId(stays)));
        final List<String> left = cluster.podAddresses(1);
        assertEquals(2, left.size());
        assertTrue(left.contains(kept));
        assertFalse(inside(goes, "ip", "-br", "link").contains("eth0"));
        network.gc(List.of());
    }
}
