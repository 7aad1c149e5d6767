package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What must work whatever the encapsulation, underlay and threading: everybody reaches everybody, at every size, and
 * gets the right answer where nobody is. Each subclass runs all of it on a cluster of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Connectivity {
    private static final int IP4 = 20;
    private static final int IP6 = 40;
    private static final int ICMP = 8;

    private TestCluster cluster;
    private Path file;

    abstract TestCluster.Options options();

    TestCluster cluster() {
        return cluster;
    }

    @BeforeAll
    void start() throws IOException {
        cluster = TestCluster.start(options());
        file = cluster.net.directory().resolve("payload");
        final byte[] bytes = new byte[30_000_000];
        new Random(7).nextBytes(bytes);
        Files.write(file, bytes);
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private void reaches(String from, String address) {
        final TestNet.Result result = cluster.ping(from, address);
        assertTrue(result.ok(), from + " -> " + address + ": " + result.out());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void everyPodAndNodeReachesEveryPod(int version) {
        for (int n = 1; n <= 2; n++) {
            for (int p = 1; p <= TestCluster.PODS; p++) {
                final String address = TestCluster.podAddress(n, p, version);
                for (int from = 1; from <= 2; from++) {
                    reaches(TestCluster.node(from), address);
                    for (int q = 1; q <= TestCluster.PODS; q++) {
                        reaches(TestCluster.pod(from, q), address);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void podsReachNodesGatewaysAndTheOutside(int version) {
        final String pod = TestCluster.pod(1, 1);
        for (int n = 1; n <= 2; n++) {
            reaches(pod, cluster.nodeAddress(n, version));
            reaches(pod, TestCluster.gateway(n, version));
        }
        reaches(pod, TestCluster.outsideAddress(version));
    }

    /** The node itself answers for what leaves the cluster; inside the cluster addresses stay what they are. */
    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void onlyWhatLeavesTheClusterIsMasqueraded(int version) {
        assertEquals(cluster.nodeAddress(1, version),
                seenBy(cluster.outside, TestCluster.outsideAddress(version), TestCluster.pod(1, 1), version));
        assertEquals(TestCluster.podAddress(1, 1, version), seenBy(TestCluster.pod(2, 1),
                TestCluster.podAddress(2, 1, version), TestCluster.pod(1, 1), version));
        assertEquals(TestCluster.gateway(1, version), seenBy(TestCluster.pod(2, 1),
                TestCluster.podAddress(2, 1, version), TestCluster.node(1), version));
    }

    /** The client's address that a TCP server sees. */
    private String seenBy(String server, String address, String client, int version) {
        final String listen = version == 4 ? "TCP4-LISTEN:7001,reuseaddr" : "TCP6-LISTEN:7001,reuseaddr";
        final Process socat = cluster.net.start(server, "socat", "socat", listen, "SYSTEM:echo $SOCAT_PEERADDR");
        TestNet.await("the server", () -> cluster.net.shell(server, "ss -Hltn 'sport = :7001' | grep -q .").ok());
        final String to = version == 4 ? "TCP4:" + address + ":7001" : "TCP6:[" + address + "]:7001";
        final TestNet.Result result = cluster.net.in(client, "socat", "-T", "5", "-", to);
        cluster.net.stop(socat);
        assertTrue(result.ok(), result.out());
        return canonical(result.out().strip());
    }

    /** socat writes IPv6 addresses in brackets and in full. */
    private static String canonical(String address) {
        return TestNet.must("python3", "-c",
                "import ipaddress,sys;print(ipaddress.ip_address(sys.argv[1].strip('[]')))", address).strip();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void everySizeUpToTheMtuPassesWithoutFragments(int version) {
        final int headers = (version == 4 ? IP4 : IP6) + ICMP;
        final int largest = cluster.podMtu() - headers;
        for (int size : new int[] {1, 2, 999, 1000, 1200, 1371, largest - 1, largest}) {
            final TestNet.Result result = cluster.ping(TestCluster.pod(1, 1),
                    TestCluster.podAddress(2, 1, version), "-M", "do", "-s", Integer.toString(size));
            assertTrue(result.ok(), "size " + size + ": " + result.out());
        }
        final TestNet.Result tooLong = cluster.ping(TestCluster.pod(1, 1), TestCluster.podAddress(2, 1, version),
                "-M", "do", "-s", Integer.toString(largest + 1));
        assertFalse(tooLong.ok());
        assertTrue(tooLong.out().contains("essage too long"), tooLong.out());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void fragmentsOfLargeDatagramsArrive(int version) {
        for (int size : new int[] {1500, 8000, 60_000}) {
            final TestNet.Result result = cluster.ping(TestCluster.pod(1, 1),
                    TestCluster.podAddress(2, 1, version), "-s", Integer.toString(size));
            assertTrue(result.ok(), "size " + size + ": " + result.out());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void tcpCarriesEveryByteAcrossNodes(int version) {
        transfer(TestCluster.pod(1, 1), TestCluster.pod(2, 1), TestCluster.podAddress(2, 1, version), version);
        transfer(TestCluster.node(1), TestCluster.pod(2, 2), TestCluster.podAddress(2, 2, version), version);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void tcpCarriesEveryByteOnOneNode(int version) {
        transfer(TestCluster.pod(1, 1), TestCluster.pod(1, 2), TestCluster.podAddress(1, 2, version), version);
        transfer(TestCluster.pod(2, 1), TestCluster.node(2), TestCluster.gateway(2, version), version);
    }

    private void transfer(String from, String to, String address, int version) {
        final Path got = cluster.net.directory().resolve("got");
        final String family = version == 4 ? "TCP4" : "TCP6";
        final Process server = cluster.net.start(to, "receiver", "socat", "-u",
                family + "-LISTEN:7002,reuseaddr", "OPEN:" + got + ",creat,trunc");
        TestNet.await("the receiver", () -> cluster.net.shell(to, "ss -Hltn 'sport = :7002' | grep -q .").ok());
        final String target = version == 4 ? address : "[" + address + "]";
        final TestNet.Result sent = cluster.net.in(from, "timeout", "60", "socat", "-u", "OPEN:" + file,
                family + ":" + target + ":7002");
        assertTrue(sent.ok(), from + " -> " + address + ": " + sent.out());
        TestNet.await("the receiver's end", () -> !server.isAlive());
        assertEquals(-1, mismatch(file, got), "first byte that differs");
    }

    private static long mismatch(Path a, Path b) {
        try {
            return Files.mismatch(a, b);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void udpOfEverySizeArrivesUnchanged(int version) {
        final String script = """
                import socket, sys, hashlib
                family = socket.AF_INET if sys.argv[2] == '4' else socket.AF_INET6
                s = socket.socket(family, socket.SOCK_DGRAM)
                s.settimeout(5)
                for size in (0, 1, 63, 64, 1000, 1372, 1373, 1400, 1401, 1500, 9000, 65000):
                    data = bytes((i * 7 + size) & 255 for i in range(size))
                    s.sendto(data, (sys.argv[1], 7003))
                    back = s.recv(70000)
                    if back != data:
                        sys.exit('size %d: %d bytes came back changed' % (size, len(back)))
                """;
        final String server = TestCluster.pod(2, 1);
        final String family = version == 4 ? "UDP4" : "UDP6";
        final Process echo = cluster.net.start(server, "echo", "python3", "-c", """
                import socket, sys
                family = socket.AF_INET if sys.argv[1] == '4' else socket.AF_INET6
                s = socket.socket(family, socket.SOCK_DGRAM)
                s.bind(('', 7003))
                while True:
                    data, peer = s.recvfrom(70000)
                    s.sendto(data, peer)
                """, Integer.toString(version));
        TestNet.await("the " + family + " echo",
                () -> cluster.net.shell(server, "ss -Hlun 'sport = :7003' | grep -q .").ok());
        final TestNet.Result result = cluster.net.in(TestCluster.pod(1, 1), "python3", "-c", script,
                TestCluster.podAddress(2, 1, version), Integer.toString(version));
        cluster.net.stop(echo);
        assertTrue(result.ok(), result.out());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void unknownPodsAreUnreachableAtOnce(int version) {
        final String pod = TestCluster.pod(1, 1);
        for (String address : version == 4 ? new String[] {"10.245.1.99", "10.245.2.99", "10.245.77.1"}
                : new String[] {"fd00:245:1::99", "fd00:245:2::99", "fd00:245:77::1"}) {
            final TestNet.Result result = cluster.ping(pod, address);
            assertTrue(result.out().contains("Unreachable") || result.out().contains("unreachable"),
                    address + ": " + result.out());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void tracerouteShowsEachNodeAsOneHop(int version) {
        final TestNet.Result result = cluster.net.in(TestCluster.pod(1, 1), "traceroute", "-" + version, "-n", "-q",
                "1", "-w", "3", "-m", "6", TestCluster.podAddress(2, 1, version));
        final String[] lines = result.out().strip().split("\n");
        assertEquals(4, lines.length, result.out());
        assertTrue(lines[1].contains(TestCluster.gateway(1, version)), result.out());
        assertTrue(lines[2].contains(TestCluster.gateway(2, version)), result.out());
        assertTrue(lines[3].contains(TestCluster.podAddress(2, 1, version)), result.out());
    }

    @Test
    void nothingWasDroppedByADefect() {
        for (int n = 1; n <= 2; n++) {
            assertEquals(0, cluster.drops(n, "INTERNAL"));
            assertEquals(0, cluster.drops(n, "TUN_WRITE"));
            assertEquals(0, cluster.drops(n, "MALFORMED_OFFLOAD"));
        }
    }
}
