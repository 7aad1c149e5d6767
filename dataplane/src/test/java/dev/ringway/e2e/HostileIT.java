package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Packets that somebody ill-willed or broken sends, from a pod and from the underlay, over real devices. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileIT {
    private TestCluster cluster;

    @BeforeAll
    void start() {
        cluster = TestCluster.start(TestCluster.Options.vxlan());
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private long awaitMoreDrops(String reason, long before) {
        TestNet.await("a drop counted as " + reason, () -> cluster.drops(2, reason) > before);
        return cluster.drops(2, reason);
    }

    private void stillWorks() {
        assertTrue(cluster.ping(TestCluster.pod(1, 1), TestCluster.podAddress(2, 1, 4)).ok());
        assertEquals(0, cluster.drops(2, "INTERNAL"));
        assertTrue(cluster.daemon(2).isAlive());
    }

    @Test
    void aPodCannotSpoofItsSource() {
        final long before = cluster.drops(2, "SPOOFED_SOURCE");
        cluster.net.scapy(TestCluster.pod(2, 1), """
                send(IP(src='10.245.1.10', dst='10.245.2.11')/ICMP(), iface='eth0')
                send(IP(src='8.8.8.8', dst='10.245.1.10')/UDP(dport=9), iface='eth0')
                send(IPv6(src='fd00:245:1::a', dst='fd00:245:2::b')/ICMPv6EchoRequest(), iface='eth0')
                """);
        TestNet.await("three spoofed packets dropped", () -> cluster.drops(2, "SPOOFED_SOURCE") >= before + 3);
        stillWorks();
    }

    @Test
    void aPodCannotSendMartians() {
        final long before = cluster.drops(2, "MARTIAN_SOURCE") + cluster.drops(2, "MARTIAN_DESTINATION");
        cluster.net.scapy(TestCluster.pod(2, 1), """
                s = L3RawSocket(iface='eth0')
                send(IP(src='127.0.0.1', dst='10.245.1.10')/ICMP(), iface='eth0')
                send(IP(src='10.245.2.10', dst='0.0.0.1')/ICMP(), iface='eth0')
                """);
        TestNet.await("martians dropped", () -> cluster.drops(2, "MARTIAN_SOURCE")
                + cluster.drops(2, "MARTIAN_DESTINATION") > before);
        stillWorks();
    }

    @Test
    void strangersOnTheUnderlayAreNotHeard() {
        final long before = cluster.drops(2, "UNKNOWN_PEER");
        cluster.net.scapy(cluster.outside, """
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                inner = Ether(dst='02:00:00:00:00:02')/IP(src='10.245.1.10', dst='10.245.2.10')/ICMP()
                s.sendto(bytes(VXLAN(vni=1)/inner), ('172.31.0.2', 4789))
                """);
        awaitMoreDrops("UNKNOWN_PEER", before);
        stillWorks();
    }

    @Test
    void brokenTunnelPacketsOfAPeerAreDroppedByReason() {
        final String mac = cluster.query(2, "status").path("mac").asText();
        final String[][] cases = {
            {"UNKNOWN_VNI", "bytes(VXLAN(vni=9)/frame)"},
            {"VXLAN_FLAGS", "bytes([0]) + bytes(VXLAN(vni=1)/frame)[1:]"},
            {"MALFORMED_TUNNEL", "bytes(VXLAN(vni=1)/frame)[:15]"},
            {"MALFORMED_IP", "bytes(VXLAN(vni=1)/frame)[:30]"},
            {"INNER_MAC", "bytes(VXLAN(vni=1)/Ether(src=peer, dst='02:11:22:33:44:55')/ip)"},
            {"INNER_TYPE", "bytes(VXLAN(vni=1)/Ether(src=peer, dst=mac)/Dot1Q(vlan=5)/ip)"},
            {"BAD_IP_CHECKSUM", "bytes(VXLAN(vni=1)/Ether(src=peer, dst=mac)/IP(src='10.245.1.10', "
                + "dst='10.245.2.10', chksum=1)/ICMP())"},
            {"SPOOFED_SOURCE", "bytes(VXLAN(vni=1)/Ether(src=peer, dst=mac)/IP(src='10.245.2.11', "
                + "dst='10.245.2.10')/ICMP())"},
            {"NOT_LOCAL", "bytes(VXLAN(vni=1)/Ether(src=peer, dst=mac)/IP(src='10.245.1.10', dst='172.31.0.254')"
                + "/ICMP())"},
            {"NOT_LOCAL", "bytes(VXLAN(vni=1)/Ether(src=peer, dst=mac)/IP(src='10.245.1.10', dst='10.245.1.11')"
                + "/ICMP())"},
        };
        for (String[] row : cases) {
            final long before = cluster.drops(2, row[0]);
            cluster.net.scapy(TestCluster.node(1), "mac, peer = '" + mac + "', '02:00:00:00:00:01'\n"
                    + "ip = IP(src='10.245.1.10', dst='10.245.2.10')/ICMP()\n"
                    + "frame = Ether(src=peer, dst=mac)/ip\n"
                    + "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                    + "s.sendto(" + row[1] + ", ('172.31.0.2', 4789))\n");
            awaitMoreDrops(row[0], before);
        }
        stillWorks();
    }

    @Test
    void noiseFromAPeerHarmsNothing() {
        cluster.net.scapy(TestCluster.node(1), """
                random.seed(5)
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                base = bytes(VXLAN(vni=1)/Ether(src='02:00:00:00:00:01', dst='%s')
                             /IP(src='10.245.1.10', dst='10.245.2.10')/TCP(dport=80)/('x' * 200))
                for i in range(20000):
                    b = bytearray(base[:random.randrange(len(base) + 1)])
                    for k in range(random.randrange(6)):
                        if b:
                            b[random.randrange(len(b))] = random.randrange(256)
                    s.sendto(bytes(b), ('172.31.0.2', 4789))
                """.formatted(cluster.query(2, "status").path("mac").asText()));
        stillWorks();
    }
}
