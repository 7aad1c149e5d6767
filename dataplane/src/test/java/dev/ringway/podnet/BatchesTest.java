package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What iproute2 is told for the node, and what is made of its answers. */
class BatchesTest {
    private final PodRig rig = new PodRig();

    @Test
    void node() {
        assertEquals("""
                link set dev ringway0 mtu 1450 txqueuelen 1000 addrgenmode none
                link set dev ringway0 up
                addr show dev ringway0
                addr replace 10.244.1.1/32 dev ringway0
                addr replace fd00:244:1::1/128 dev ringway0 nodad
                route show table all dev ringway0
                route replace 10.244.0.0/16 dev ringway0 src 10.244.1.1
                route replace fd00:244::/32 dev ringway0 src fd00:244:1::1
                """, HostNetwork.setUp("ringway0", 1450, rig.cluster, rig.self).text());
    }

    @Test
    void nodeWithoutPodsOfAVersionHasNoSourceHint() {
        final NodeSpec ipv4 = new NodeSpec("n", IpText.address("172.30.0.1"),
                List.of(IpText.prefix("10.244.1.0/24")), 1, 0);
        assertTrue(HostNetwork.setUp("r", 1450, rig.cluster, ipv4).text()
                .endsWith("route replace fd00:244::/32 dev r\n"));
    }

    /** As iproute2 6.1 prints it for a batch with two show commands: one array each. */
    @Test
    void staleAddressesAndRoutesGo() throws IOException {
        final String shown = """
                [{"ifindex":3,"ifname":"r","addr_info":[
                  {"family":"inet","local":"10.244.1.1","prefixlen":32,"scope":"global"},
                  {"family":"inet","local":"10.97.0.1","prefixlen":24,"scope":"global"},
                  {"family":"inet6","local":"fd00:244:1::1","prefixlen":128,"scope":"global"},
                  {"family":"inet6","local":"fd00:99::1","prefixlen":128,"scope":"global"},
                  {"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link"}]}]
                [{"dst":"10.244.0.0/16","scope":"link","prefsrc":"10.244.1.1","flags":[]},
                 {"dst":"10.97.0.0/16","scope":"link","flags":[]},
                 {"type":"local","dst":"10.244.1.1","table":"local","protocol":"kernel","flags":[]},
                 {"dst":"fd00:98::/32","metric":1024,"flags":[]},
                 {"dst":"fd00:244:1::1","protocol":"kernel","metric":256,"flags":[]},
                 {"type":"multicast","dst":"ff00::/8","table":"local","protocol":"kernel","flags":[]}]
                """;
        final IpBatch stale = new IpBatch();
        Addresses.removeOthers(stale, "r", rig.self.gateways(), shown);
        HostNetwork.removeOtherRoutes(stale, "r", rig.cluster, shown);
        assertEquals("""
                addr del 10.97.0.1/24 dev r
                addr del fd00:99::1/128 dev r
                route del 10.97.0.0/16 dev r
                route del fd00:98::/32 dev r
                """, stale.text());
    }

    @Test
    void theLineThatFailedIsNamed() {
        final IOException failure = assertThrows(IOException.class,
                () -> new IpBatch().add("link show dev lo").add("link show dev rw-missing").add("link show").run(null));
        assertEquals("ip link show dev rw-missing: Device \"rw-missing\" does not exist.", failure.getMessage());
    }

    @Test
    void rules() {
        final String redirect4 = """
                    meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . ip daddr . th dport map @hostports4
                    meta l4proto { tcp, udp, sctp } fib daddr type local dnat ip to meta l4proto . th dport \
                map @anyports4
                """;
        final String redirect6 = """
                    meta l4proto { tcp, udp, sctp } dnat ip6 to meta l4proto . ip6 daddr . th dport map @hostports6
                    meta l4proto { tcp, udp, sctp } ip6 daddr != ::1 fib daddr type local dnat ip6 to meta l4proto \
                . th dport map @anyports6
                """;
        assertEquals("""
                table inet ringway
                delete table inet ringway
                table inet ringway {
                  set cluster4 { type ipv4_addr; flags interval; elements = { 10.244.0.0/16 } }
                  set node4 { type ipv4_addr; flags interval; elements = { 10.244.1.0/24 } }
                  set cluster6 { type ipv6_addr; flags interval; elements = { fd00:244::/32 } }
                  set node6 { type ipv6_addr; flags interval; elements = { fd00:244:1::/64 } }
                MAPS
                  chain loopback {
                    type filter hook prerouting priority raw; policy accept;
                    iifname "r" ip daddr 127.0.0.0/8 drop
                  }
                  chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                REDIRECT  }
                  chain output {
                    type nat hook output priority -100; policy accept;
                REDIRECT  }
                  chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    oifname "r" ip saddr 127.0.0.0/8 masquerade fully-random
                    oifname != "r" ip saddr @cluster4 ip daddr != @cluster4 ip daddr != 224.0.0.0/4 \
                masquerade fully-random
                    oifname "r" ct status dnat ip saddr @node4 masquerade fully-random
                    oifname "r" ip saddr != @cluster4 ip daddr @cluster4 ip daddr != @node4 masquerade fully-random
                    oifname != "r" ip6 saddr @cluster6 ip6 daddr != @cluster6 ip6 daddr != ff00::/8 \
                masquerade fully-random
                    oifname "r" ct status dnat ip6 saddr @node6 masquerade fully-random
                    oifname "r" ip6 saddr != @cluster6 ip6 daddr @cluster6 ip6 daddr != @node6 masquerade fully-random
                  }
                }
                """.replace("REDIRECT", redirect4 + redirect6),
                HostRules.install("r", rig.cluster, rig.self, true, "MAPS\n"));
    }

    @Test
    void rulesWithoutMasqueradeStillLetTheNodeReachRemotePods() {
        final ClusterSpec ipv4 = new ClusterSpec(List.of(IpText.prefix("10.244.0.0/16")), List.of(), List.of(rig.self));
        final String script = HostRules.install("r", ipv4, new NodeSpec("n", IpText.address("172.30.0.1"),
                List.of(IpText.prefix("10.244.1.0/24")), 1, 0), false, HostPortRules.maps(List.of()));
        assertEquals(3, script.split(" masquerade ", -1).length - 1);
        assertTrue(script.contains("oifname \"r\" ip saddr != @cluster4"), script);
    }

    /** As nft 1.0 prints it on a node with Docker. */
    @Test
    void chainsThatDropWhatIsForwarded() {
        assertEquals(List.of("ip filter FORWARD"), ForwardPolicy.droppingChains("""
                table ip nat {
                \tchain POSTROUTING {
                \t\ttype nat hook postrouting priority srcnat; policy accept;
                \t}
                }
                table ip filter {
                \tchain INPUT {
                \t\ttype filter hook input priority filter; policy drop;
                \t}
                \tchain FORWARD {
                \t\ttype filter hook forward priority filter; policy drop;
                \t}
                \tchain DOCKER {
                \t}
                }
                table ip6 filter {
                \tchain FORWARD {
                \t\ttype filter hook forward priority filter; policy accept;
                \t}
                }
                """));
    }

    @Test
    void learnedDefaultRoutes() {
        assertEquals("[eth0, eth3]", HostSysctls.interfacesWithLearnedRoute(List.of(
                route("00", "00450003", "eth0"), route("00", "00000003", "eth1"), route("40", "00440001", "eth2"),
                route("00", "00050003", "eth3"), route("00", "00200200", "lo"), "")).toString());
    }

    private static String route(String length, String flags, String device) {
        return "0".repeat(32) + " " + length + " " + "0".repeat(32) + " 00 " + "0".repeat(32)
                + " 00000400 00000001 00000000 " + flags + "     " + device;
    }
}
