package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is on the wire is right to an independent eye: tshark takes apart a capture of both directions (small packets,
 * bulk TCP, UDP, ICMP errors, fragments) and finds every header well-formed and every checksum valid.
 */
final class WireIT {
    @ParameterizedTest
    @CsvSource({"vxlan, 4", "vxlan, 6", "gre, 4", "gre, 6"})
    void tsharkFindsNothingWrong(String encap, int underlay) {
        final TestCluster.Options options =
                (encap.equals("vxlan") ? TestCluster.Options.vxlan() : TestCluster.Options.gre()).underlay(underlay);
        try (TestCluster cluster = TestCluster.start(options)) {
            final Path pcap = cluster.net.directory().resolve("wire.pcap");
            // veth hands segmented sends over unsegmented; the capture must see what a real wire would.
            for (int n = 1; n <= 2; n++) {
                TestNet.must("ip", "netns", "exec", TestCluster.node(n), "ethtool", "-K", "eth0", "tx-udp-segmentation",
                        "off", "tx", "off");
            }
            final Process capture = cluster.net.start(TestCluster.node(1), "tcpdump", "tcpdump", "-U", "-B", "65536",
                    "-ni", "eth0", "-w", pcap.toString(), "udp");
            TestNet.await("tcpdump", () -> cluster.net.read("tcpdump").contains("listening on"));
            traffic(cluster, 4);
            traffic(cluster, 6);
            cluster.net.stop(capture);
            assertTunnelled(pcap, encap);
            assertNothingWrong(pcap);
        }
    }

    private static void traffic(TestCluster cluster, int version) {
        final String from = TestCluster.pod(1, 1);
        final String to = TestCluster.podAddress(2, 1, version);
        assertTrue(cluster.ping(from, to).ok());
        assertTrue(cluster.ping(from, to, "-s", "5000").ok());
        cluster.ping(from, to, "-t", "1");
        final Process server = cluster.net.start(TestCluster.pod(2, 1), "iperf", "iperf3", "-s", "-1");
        TestNet.await("iperf3",
                () -> cluster.net.shell(TestCluster.pod(2, 1), "ss -Hltn 'sport = :5201' | grep -q .").ok());
        final TestNet.Result bulk = cluster.net.shell(from, "timeout 60 iperf3 -c " + to + " -n 3M");
        assertTrue(bulk.ok(), bulk.out());
        TestNet.await("iperf3's end", () -> !server.isAlive());
        // Nobody listens: UDP goes out, port unreachable comes back.
        cluster.net.shell(from, "printf x | timeout 2 socat -t 1 - UDP" + version + ":"
                + (version == 4 ? to : "[" + to + "]") + ":7999");
    }

    private static String tshark(Path pcap, String filter) {
        // Its own remarks go to the error stream.
        return TestNet.must("bash", "-c", "exec \"$@\" 2>/dev/null", "-", "tshark", "-r",
                pcap.toString(), "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o",
                "tcp.check_checksum:TRUE", "-d", "udp.port==4754,gre", "-Y", filter);
    }

    private static void assertTunnelled(Path pcap, String encap) {
        final String all = tshark(pcap, encap.equals("vxlan") ? "vxlan && tcp" : "gre && tcp");
        assertTrue(all.lines().count() > 1000, "only " + all.lines().count() + " TCP packets in the tunnel");
        assertTrue(tshark(pcap, encap.equals("vxlan") ? "vxlan && icmp" : "gre && icmp").lines().count() >= 4);
        assertTrue(tshark(pcap, encap.equals("vxlan") ? "vxlan && icmpv6" : "gre && icmpv6").lines().count() >= 4);
    }

    private static void assertNothingWrong(Path pcap) {
        for (String wrong : new String[] {"_ws.malformed", "ip.checksum.status == \"Bad\"",
            "udp.checksum.status == \"Bad\"", "tcp.checksum.status == \"Bad\"", "icmp.checksum.status == \"Bad\"",
            "icmpv6.checksum.status == \"Bad\"", "udp.checksum.status == \"Unverified\"",
            "_ws.expert.severity == \"Error\"",
            // But for what becomes of connections, and of pings that get no answer.
            "_ws.expert.severity == \"Warning\" && !tcp && !icmp.resp_not_found && !icmpv6",
            "ip.flags.df == 0 && (udp.port == 4789 || udp.port == 4754) && frame.len > 1514"}) {
            assertEquals("", tshark(pcap, wrong).lines().limit(3).reduce("", (a, b) -> a + b + "\n"), wrong);
        }
    }
}
