package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An underlay that loses and reorders datagrams: TCP over it still carries every byte, and nothing in the switch
 * takes harm. The fabric routes between the nodes; nftables drops one datagram in a hundred, or sends every seventh
 * by a slow side way (a token bucket) on which it arrives late.
 */
final class LossIT {
    @ParameterizedTest
    @ValueSource(strings = {"loss", "reordering"})
    void tcpCarriesEveryByte(String kind) throws IOException {
        try (TestCluster cluster = new TestCluster(TestCluster.Options.vxlan())) {
            routed(cluster);
            if (kind.equals("loss")) {
                nft(cluster, "numgen random mod 100 == 0 drop");
            } else {
                slowSideWay(cluster);
                nft(cluster, "numgen inc mod 7 == 0 meta mark set 7");
            }
            for (int n = 1; n <= 2; n++) {
                // Single datagrams on the fabric: a segmented send would be lost or delayed as a whole.
                TestNet.must("ip", "netns", "exec", TestCluster.node(n), "ethtool", "-K", "eth0",
                        "tx-udp-segmentation", "off", "gso", "off");
                cluster.startDaemon(n);
            }
            for (int n = 1; n <= 2; n++) {
                cluster.awaitReady(n);
            }
            transfer(cluster);
            final String counted =
                    cluster.net.in(TestNet.PREFIX + "fabric", "nft", "list", "table", "ip", "harm").out();
            assertTrue(counted.matches("(?s).*packets [1-9].*"), counted);
            for (int n = 1; n <= 2; n++) {
                assertEquals(0, cluster.drops(n, "INTERNAL"));
            }
        }
    }

    private static void routed(TestCluster cluster) {
        final String fabric = TestNet.PREFIX + "fabric";
        cluster.net.ip(fabric, "link set n1 nomaster", "link set n2 nomaster", "addr add 172.31.1.1/24 dev n1",
                "addr add 172.31.2.1/24 dev n2");
        cluster.net.sysctl(fabric, "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0", "net.ipv4.conf.n1.rp_filter=0", "net.ipv4.conf.n2.rp_filter=0");
        for (int n = 1; n <= 2; n++) {
            cluster.net.ip(TestCluster.node(n), "addr flush dev eth0", "addr add 172.31.0." + n + "/32 dev eth0",
                    "route add 172.31." + n + ".1/32 dev eth0", "route add default via 172.31." + n + ".1 dev eth0");
            cluster.net.ip(fabric, "route add 172.31.0." + n + "/32 dev n" + n);
        }
    }

    private static void nft(TestCluster cluster, String rule) {
        final Path rules = cluster.net.directory().resolve("harm.nft");
        try {
            Files.writeString(rules, "table ip harm { chain c { type filter hook prerouting priority mangle;\n"
                    + " iifname \"n1\" udp dport 4789 " + rule.replace("drop", "counter drop")
                            .replace("meta mark", "counter meta mark") + "\n }\n}\n");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        TestNet.must("ip", "netns", "exec", TestNet.PREFIX + "fabric", "nft", "-f", rules.toString());
    }

    /** A second cable to node 2, behind a token bucket: what is marked takes it and comes later. */
    private static void slowSideWay(TestCluster cluster) {
        final String fabric = TestNet.PREFIX + "fabric";
        cluster.net.cable(fabric, "side", TestCluster.node(2), "eth1", 1500);
        cluster.net.ip(fabric, "addr add 172.31.3.1/24 dev side", "rule add fwmark 7 table 7",
                "route add 172.31.0.2/32 dev side table 7",
                "neigh add 172.31.0.2 lladdr " + mac(TestCluster.node(2), "eth1") + " dev side nud permanent");
        cluster.net.sysctl(TestCluster.node(2), "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.eth1.rp_filter=0");
        TestNet.must("tc", "-n", fabric, "qdisc", "add", "dev", "side", "root", "tbf", "rate", "20mbit", "burst",
                "3000", "limit", "300000");
    }

    private static String mac(String namespace, String device) {
        return TestNet.must("ip", "netns", "exec", namespace, "cat", "/sys/class/net/" + device + "/address").strip();
    }

    private static void transfer(TestCluster cluster) throws IOException {
        final Path file = cluster.net.directory().resolve("payload");
        final byte[] bytes = new byte[5_000_000];
        new Random(11).nextBytes(bytes);
        Files.write(file, bytes);
        final Path got = cluster.net.directory().resolve("got");
        final Process server = cluster.net.start(TestCluster.pod(2, 1), "receiver", "socat", "-u",
                "TCP4-LISTEN:7002,reuseaddr", "OPEN:" + got + ",creat,trunc");
        TestNet.await("the receiver",
                () -> cluster.net.shell(TestCluster.pod(2, 1), "ss -Hltn 'sport = :7002' | grep -q .").ok());
        final TestNet.Result sent = cluster.net.in(TestCluster.pod(1, 1), "timeout", "90", "socat", "-u",
                "OPEN:" + file, "TCP4:" + TestCluster.podAddress(2, 1, 4) + ":7002");
        assertTrue(sent.ok(), sent.out());
        TestNet.await("the receiver's end", () -> !server.isAlive());
        assertEquals(-1, Files.mismatch(file, got), "first byte that differs");
    }
}
