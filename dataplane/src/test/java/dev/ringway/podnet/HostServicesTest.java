package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.services.Steered;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What nftables is told for Services, and when. */
class HostServicesTest {
    private static final Steered NODE_PORT = new Steered(4, null, 6, 30080, 30080);
    private static final Steered EXTERNAL = new Steered(4, IpText.address("203.0.113.5"), 17, 53, 40001);
    private static final Steered SIX = new Steered(6, IpText.address("2001:db8::5"), 132, 80, 40002);

    private final List<String> scripts = new ArrayList<>();
    private final List<String> forgotten = new ArrayList<>();
    private String refusal;
    private Set<String> tables = Set.of("inet ringway_services");
    private int madeRoom;
    private final HostServices services = new HostServices("r", settings("10.96.0.0/16", "172.30.0.1"),
            new HostServices.Edge() {
                @Override
                public void nft(String script) throws IOException {
                    if (refusal != null) {
                        final String once = refusal;
                        refusal = null;
                        throw new IOException(once);
                    }
                    scripts.add(script);
                }

                @Override
                public Set<String> tables() {
                    return tables;
                }

                @Override
                public List<String> makeRoom() {
                    madeRoom++;
                    return List.of();
                }

                @Override
                public void forgetUdpFlows(HostServiceSettings settings, Set<Steered> steered) {
                    forgotten.add(steered.size() + " of " + settings.nodePortAddresses().size());
                }
            });

    private static HostServiceSettings settings(String clusterCidr, String... addresses) {
        return new HostServiceSettings(prefixes("10.244.0.0/16", "fd00:244::/32"), new NodeSpec("node1",
                IpText.address("172.30.0.1"), prefixes("10.244.1.0/24", "fd00:244:1::/64"), 1, 0),
                clusterCidr.isEmpty() ? List.of() : prefixes(clusterCidr),
                List.of(addresses).stream().map(IpText::address).toList());
    }

    private static List<Prefix> prefixes(String... texts) {
        return List.of(texts).stream().map(IpText::prefix).toList();
    }

    private String drain() {
        final String all = String.join("---\n", scripts);
        scripts.clear();
        return all;
    }

    @Test
    void theWholeTable() throws IOException {
        services.apply(List.of(NODE_PORT, EXTERNAL, SIX));
        assertEquals("""
                table inet ringway_services
                delete table inet ringway_services
                table inet ringway_services {
                  set cluster4 { type ipv4_addr; flags interval; }
                  set services4 { type ipv4_addr; flags interval; }
                  set addresses4 { type ipv4_addr; }
                  map external4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
                  map nodeports4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
                  set cluster6 { type ipv6_addr; flags interval; }
                  set services6 { type ipv6_addr; flags interval; }
                  set addresses6 { type ipv6_addr; }
                  map external6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
                  map nodeports6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
                  chain prerouting {
                    type nat hook prerouting priority -105; policy accept;
                REDIRECT  }
                  chain output {
                    type nat hook output priority -105; policy accept;
                REDIRECT  }
                  chain postrouting {
                    type nat hook postrouting priority 95; policy accept;
                    oifname "r" ip saddr != @cluster4 ip daddr @services4 masquerade fully-random
                    oifname "r" ip6 saddr != @cluster6 ip6 daddr @services6 masquerade fully-random
                  }
                  chain forward {
                    type filter hook forward priority -5; policy accept;
                    iifname "r" ip saddr 10.244.1.0 ct state invalid drop
                    iifname "r" ip saddr 10.244.1.0 ct state new tcp flags & (syn | ack) != syn drop
                    iifname "r" ip6 saddr fd00:244:1:: ct state invalid drop
                    iifname "r" ip6 saddr fd00:244:1:: ct state new tcp flags & (syn | ack) != syn drop
                  }
                }
                add element inet ringway_services cluster4 { 10.244.0.0/16 }
                add element inet ringway_services services4 { 10.96.0.0/16 }
                add element inet ringway_services addresses4 { 172.30.0.1 }
                add element inet ringway_services cluster6 { fd00:244::/32 }
                add element inet ringway_services external4 { 203.0.113.5 . udp . 53 : 10.244.1.0 . 40001 }
                add element inet ringway_services nodeports4 { tcp . 30080 : 10.244.1.0 . 30080 }
                add element inet ringway_services external6 { 2001:db8::5 . sctp . 80 : fd00:244:1:: . 40002 }
                """.replace("REDIRECT", redirect(4, "ip") + redirect(6, "ip6")), drain());
    }

    private static String redirect(int version, String ip) {
        return """
                    meta l4proto { tcp, udp, sctp } dnat %s to %s daddr . meta l4proto . th dport map @external%d
                    meta l4proto { tcp, udp, sctp } %s daddr @addresses%d dnat %s to meta l4proto . th dport map \
                @nodeports%d
                """.formatted(ip, ip, version, ip, version, ip, version);
    }

    @Test
    void aNodeWithoutIpv6PodsHasNoRulesOfIt() throws IOException {
        services.configure(new HostServiceSettings(prefixes("10.244.0.0/16"), new NodeSpec("n",
                IpText.address("172.30.0.1"), prefixes("10.244.1.0/24"), 1, 0), prefixes("10.96.0.0/16"), List.of()));
        services.apply(List.of(NODE_PORT, SIX));
        final String script = drain();
        assertFalse(script.contains("ip6") || script.contains("2001:db8"), script);
        assertTrue(script.contains("30080"), script);
    }

    private static HostServiceSettings direct() {
        final HostServiceSettings other = settings("10.96.0.0/16", "172.30.0.1");
        final NodeSpec self = other.self();
        return new HostServiceSettings(other.podCidrs(), new NodeSpec(self.name(), self.address(), self.podCidrs(), 1,
                0, OutsideClients.DIRECT), other.clusterCidrs(), other.nodePortAddresses());
    }

    /** What outside clients send goes to the switch as it is, and so does what is said about answers to them. */
    @Test
    void directReturn() throws IOException {
        services.apply(List.of(NODE_PORT, EXTERNAL, SIX));
        final String before = drain();
        services.configure(direct());
        final String script = drain();
        assertTrue(script.contains("""
                  set direct4 { type ipv4_addr . inet_proto . inet_service; }
                  set directports4 { type inet_proto . inet_service; }
                  set quoted4 { typeof ip daddr . @th,136,8 . @th,224,16; }
                  set quotedports4 { typeof @th,136,8 . @th,224,16; }
                """), script);
        assertTrue(script.contains("""
                  chain prerouting_direct {
                    type filter hook prerouting priority -300; policy accept;
                    iifname != "r" ip saddr != @cluster4 meta l4proto { tcp, udp, sctp } ip daddr . meta l4proto . th \
                dport @direct4 notrack meta mark set meta mark | 0x200000
                """), script);
        assertTrue(script.endsWith("""
                add element inet ringway_services direct6 { 2001:db8::5 . sctp . 80 }
                add element inet ringway_services quoted6 { 2001:db8::5 . 132 . 80 }
                """), script);
        services.apply(List.of(EXTERNAL, SIX));
        assertEquals("""
                delete element inet ringway_services nodeports4 { tcp . 30080 }
                delete element inet ringway_services directports4 { tcp . 30080 }
                delete element inet ringway_services quotedports4 { 6 . 30080 }
                """, drain());
        services.apply(List.of(NODE_PORT, EXTERNAL, SIX));
        drain();
        services.configure(settings("10.96.0.0/16", "172.30.0.1"));
        assertEquals(before, drain());
    }

    @Test
    void onlyWhatChangesIsTold() throws IOException {
        services.apply(List.of(NODE_PORT, SIX));
        drain();
        services.apply(List.of(NODE_PORT, EXTERNAL));
        assertEquals("""
                delete element inet ringway_services external6 { 2001:db8::5 . sctp . 80 }
                add element inet ringway_services external4 { 203.0.113.5 . udp . 53 : 10.244.1.0 . 40001 }
                """, drain());
        services.apply(List.of(NODE_PORT, new Steered(4, EXTERNAL.address(), 17, 53, 40009)));
        assertEquals("""
                delete element inet ringway_services external4 { 203.0.113.5 . udp . 53 }
                add element inet ringway_services external4 { 203.0.113.5 . udp . 53 : 10.244.1.0 . 40009 }
                """, drain());
        services.apply(List.of(new Steered(4, EXTERNAL.address(), 17, 53, 40009), NODE_PORT));
        assertEquals("", drain());
    }

    @Test
    void manyGoInSeveralStatementsOfOneScript() throws IOException {
        services.apply(List.of());
        drain();
        final List<Steered> many = new ArrayList<>();
        for (int i = 0; i < 1201; i++) {
            many.add(new Steered(4, null, 6, 1000 + i, 1000 + i));
        }
        services.apply(many);
        assertEquals(1, scripts.size());
        assertEquals(3, drain().split("add element").length - 1);
    }

    @Test
    void withoutServicesAndRangesThereIsNoTable() throws IOException {
        services.configure(settings(""));
        services.apply(List.of());
        assertEquals("table inet ringway_services\ndelete table inet ringway_services\n", drain());
        services.apply(List.of(NODE_PORT));
        assertTrue(drain().contains("chain prerouting"));
        services.apply(List.of());
        assertEquals("table inet ringway_services\ndelete table inet ringway_services\n", drain());
    }

    @Test
    void settingsThatChangeTouchTheSetsAlone() throws IOException {
        services.apply(List.of(NODE_PORT));
        drain();
        services.configure(settings("10.97.0.0/16", "172.30.0.9", "fd00:30::9"));
        assertEquals("""
                flush set inet ringway_services cluster4
                flush set inet ringway_services services4
                flush set inet ringway_services addresses4
                flush set inet ringway_services cluster6
                flush set inet ringway_services services6
                flush set inet ringway_services addresses6
                add element inet ringway_services cluster4 { 10.244.0.0/16 }
                add element inet ringway_services services4 { 10.97.0.0/16 }
                add element inet ringway_services addresses4 { 172.30.0.9 }
                add element inet ringway_services cluster6 { fd00:244::/32 }
                add element inet ringway_services addresses6 { fd00:30::9 }
                """, drain());
        services.configure(settings("10.97.0.0/16", "172.30.0.9", "fd00:30::9"));
        assertEquals("", drain());
    }

    /** A former daemon's table goes on to steer until the Services are known. */
    @Test
    void settingsAloneInstallNothing() throws IOException {
        services.configure(settings("10.97.0.0/16"));
        assertEquals("", drain());
    }

    @Test
    void anotherServiceAddressMakesAllAnew() throws IOException {
        services.apply(List.of(NODE_PORT));
        drain();
        services.configure(new HostServiceSettings(prefixes("10.244.0.0/16"), new NodeSpec("n",
                IpText.address("172.30.0.1"), prefixes("10.244.7.0/24"), 1, 0), List.of(), List.of()));
        final String script = drain();
        assertTrue(script.startsWith("table inet ringway_services\ndelete table"), script);
        assertTrue(script.contains("tcp . 30080 : 10.244.7.0 . 30080"), script);
    }

    @Test
    void whatSomebodyElseHasChangedIsMadeAnew() throws IOException {
        services.apply(List.of(NODE_PORT));
        drain();
        refusal = "No such file or directory";
        services.apply(List.of(NODE_PORT, SIX));
        final String script = drain();
        assertTrue(script.contains("chain prerouting") && script.contains("2001:db8::5"), script);
    }

    @Test
    void aFailureIsTriedAgain() throws IOException {
        refusal = "nft: no";
        final List<Steered> wanted = List.of(NODE_PORT);
        assertEquals("steering 1 external addresses and NodePorts to Services: nft: no",
                assertThrows(IOException.class, () -> services.apply(wanted)).getMessage());
        services.apply(wanted);
        assertTrue(drain().contains("30080"));
        services.apply(wanted);
        assertEquals("", drain());
    }

    @Test
    void rulesStayForTheNextDaemonIfWanted() throws IOException {
        services.apply(List.of(NODE_PORT));
        drain();
        services.close(false);
        assertEquals("", drain());
        services.close(true);
        assertEquals("table inet ringway_services\ndelete table inet ringway_services\n", drain());
    }

    @Test
    void udpFlowsAreLookedAtWhenUdpChanges() throws IOException {
        services.apply(List.of(NODE_PORT));
        services.apply(List.of());
        assertEquals(List.of(), forgotten);
        services.apply(List.of(EXTERNAL));
        services.apply(List.of(EXTERNAL, NODE_PORT));
        services.configure(settings("10.96.0.0/16", "172.30.0.1", "172.30.0.2"));
        services.configure(settings("10.96.0.0/16", "172.30.0.2"));
        services.apply(List.of(NODE_PORT));
        assertEquals(List.of("1 of 1", "2 of 2", "1 of 1"), forgotten);
    }

    @Test
    void flowsThatGoElsewhereThanNewOnes() {
        final SteeredFlows flows = new SteeredFlows(settings("", "172.30.0.1"),
                Set.of(EXTERNAL, new Steered(4, null, 17, 30053, 30053), NODE_PORT));
        assertNull(flows.stale(flow("203.0.113.5", 53, "10.244.1.0", 40001), "ipv4"), "is right");
        assertNull(flows.stale(flow("172.30.0.1", 30053, "10.244.1.0", 30053), "ipv4"), "is right");
        assertNull(flows.stale(flow("8.8.8.8", 53, "8.8.8.8", 53), "ipv4"), "no business of ours");
        assertNull(flows.stale(flow("172.30.0.2", 30053, "172.30.0.2", 30053), "ipv4"), "another's NodePort");
        assertNull(flows.stale(flow("172.30.0.1", 30080, "172.30.0.1", 30080), "ipv4"), "TCP's number");
        assertNull(flows.stale(flow("10.244.1.0", 30053, "10.244.1.0", 30053), "ipv4"), "not redirected");
        assertNull(flows.stale("conntrack v1.4.7: 3 flow entries have been shown.", "ipv4"));
        assertEquals("Target[address=" + EXTERNAL.address() + ", port=53]",
                flows.stale(flow("203.0.113.5", 53, "203.0.113.5", 53), "ipv4").toString(), "from before");
        assertEquals(53, flows.stale(flow("203.0.113.5", 53, "10.244.1.0", 40000), "ipv4").port(), "former token");
        assertEquals(54, flows.stale(flow("203.0.113.5", 54, "10.244.1.0", 40001), "ipv4").port(), "gone");
        assertEquals(30053, flows.stale(flow("172.30.0.1", 30053, "172.30.0.1", 30053), "ipv4").port(), "from before");
    }

    /** As conntrack 1.4.7 prints it. */
    private static String flow(String asked, int port, String answering, int answeringPort) {
        return "udp      17 27 src=198.51.100.7 dst=" + asked + " sport=5555 dport=" + port + " [UNREPLIED] src="
                + answering + " dst=198.51.100.7 sport=" + answeringPort + " dport=5555 mark=0 use=1";
    }

    private static final String SHOWN = """
            [{"ifname":"lo","addr_info":[{"local":"127.0.0.1","scope":"host"},{"local":"::1","scope":"host"},
               {"local":"192.0.2.1","scope":"global"}]},
             {"ifname":"eth0","addr_info":[{"local":"172.30.0.1","scope":"global"},
               {"local":"172.30.0.8","scope":"global","secondary":true},
               {"local":"fd00:30::77","scope":"global","temporary":true},{"local":"fd00:30::1","scope":"global"},
               {"local":"fe80::1","scope":"link"}]},
             {"ifname":"eth1","addr_info":[{"local":"10.9.0.1","scope":"global"},
               {"local":"fd00:9::1","scope":"global"}]},
             {"ifname":"r","addr_info":[{"local":"10.244.1.1","scope":"global"}]},
             {"ifname":"nodelocaldns","addr_info":[{"local":"169.254.20.10","scope":"global"},
               {"local":"10.96.0.10","scope":"global"}]},
             {"ifname":"kube-ipvs0","addr_info":[{"local":"203.0.113.9","scope":"global"},
               {"local":"10.96.0.1","scope":"global"}]}]
            """;

    private static String open(String... ranges) throws IOException {
        final NodePortAddresses found = NodePortAddresses.of(NodePortAddresses.read(SHOWN), "r", prefixes(ranges),
                prefixes("10.96.0.0/12"));
        assertEquals("192.0.2.1 172.30.0.1 172.30.0.8 fd00:30::77 fd00:30::1 10.9.0.1 fd00:9::1 169.254.20.10",
                String.join(" ", found.all().stream().map(IpText::text).toList()));
        return String.join(" ", found.nodePorts().stream().map(IpText::text).toList());
    }

    @Test
    void nodePortsAreOpenOnAddressesInRanges() throws IOException {
        assertEquals("192.0.2.1 172.30.0.1 172.30.0.8 10.9.0.1 169.254.20.10", open("0.0.0.0/0"));
        assertEquals("172.30.0.8 fd00:30::77 fd00:30::1 fd00:9::1", open("172.30.0.8/32", "::/0"));
        assertEquals("127.0.0.1", open("127.0.0.0/8", "::1/128"));
    }

    /** Others flush the ruleset without knowing of ours. */
    @Test
    void rulesThatWereFlushedAreMadeAnew() throws IOException {
        services.check();
        assertEquals("", drain(), "nothing is wanted yet");
        services.apply(List.of(NODE_PORT));
        final String whole = drain();
        assertEquals(1, madeRoom);
        services.check();
        assertEquals("", drain());
        tables = Set.of("inet firewalld");
        forgotten.clear();
        services.check();
        assertEquals(whole, drain());
        assertEquals(List.of("1 of 1"), forgotten, "UDP clients are steered again");
        refusal = "busy";
        assertThrows(IOException.class, services::check);
        services.apply(List.of(NODE_PORT));
        assertEquals(whole, drain());
    }

    /** Under policy Local an endpoint on the node itself sees its clients only if the kernel takes them there. */
    @Test
    void endpointsOfTheNodeItself() throws IOException {
        final Steered local = new Steered(4, EXTERNAL.address(), 17, 53, 40001,
                new Steered.Endpoint(IpText.address("172.30.0.1"), 5353));
        services.apply(List.of(EXTERNAL));
        drain();
        services.apply(List.of(local));
        assertEquals("""
                delete element inet ringway_services external4 { 203.0.113.5 . udp . 53 }
                add element inet ringway_services external4 { 203.0.113.5 . udp . 53 : 172.30.0.1 . 5353 }
                """, drain());
        final SteeredFlows flows = new SteeredFlows(settings("10.96.0.0/16", "172.30.0.1"), Set.of(local));
        assertNull(flows.stale(flow("203.0.113.5", 53, "172.30.0.1", 5353), "ipv4"));
        assertEquals(53, flows.stale(flow("203.0.113.5", 53, "10.244.1.0", 40001), "ipv4").port(), "as before");
    }
}
