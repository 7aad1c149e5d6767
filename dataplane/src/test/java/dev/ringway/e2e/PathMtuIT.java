package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An underlay with a smaller link on the way than the nodes' own: the switch learns it from the kernel, tells the
 * senders, and connections work. The way leads through two routers with a small link between them.
 */
final class PathMtuIT {
    private static final int SMALL = 1400;

    /** n1 - 1500 - fabric - 1400 - far - 1500 - n2, routed instead of bridged. */
    private static void routed(TestCluster cluster) {
        final TestNet net = cluster.net;
        final String fabric = TestNet.PREFIX + "fabric";
        final String far = net.namespace("far");
        net.cable(fabric, "middle", far, "middle", SMALL);
        net.ip(fabric, "link set n1 nomaster", "link set n2 netns " + far, "addr add 172.31.1.1/24 dev n1",
                "addr add 172.31.3.1/24 dev middle", "route add 172.31.0.1/32 dev n1",
                "route add default via 172.31.3.2");
        net.ip(far, "link set n2 up", "addr add 172.31.2.1/24 dev n2", "addr add 172.31.3.2/24 dev middle",
                "route add 172.31.0.2/32 dev n2", "route add default via 172.31.3.1");
        net.sysctl(fabric, "net.ipv4.ip_forward=1");
        net.sysctl(far, "net.ipv4.ip_forward=1");
        for (int n = 1; n <= 2; n++) {
            net.ip(TestCluster.node(n), "addr flush dev eth0", "addr add 172.31.0." + n + "/32 dev eth0",
                    "route add 172.31." + n + ".1/32 dev eth0", "route add default via 172.31." + n + ".1 dev eth0");
        }
    }

    private static TestCluster start(String threading) {
        final TestCluster cluster = new TestCluster(TestCluster.Options.vxlan().threading(threading));
        try {
            routed(cluster);
            for (int n = 1; n <= 2; n++) {
                cluster.startDaemon(n);
            }
            for (int n = 1; n <= 2; n++) {
                cluster.awaitReady(n);
            }
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    @Test
    void sendersAreToldTheMtuThatPasses() {
        try (TestCluster cluster = start("shared")) {
            final String pod = TestCluster.pod(1, 1);
            for (int version : new int[] {4, 6}) {
                final String to = TestCluster.podAddress(2, 1, version);
                final int headers = version == 4 ? 28 : 48;
                assertTrue(cluster.ping(pod, to).ok());
                // The first may be lost while the path is learned; then the pod's own kernel knows the path MTU.
                final String largest = Integer.toString(cluster.podMtu() - headers);
                TestNet.await("the path MTU", () -> cluster.ping(pod, to, "-M", "do", "-s", largest).out()
                        .matches("(?s).*mtu ?[:=] ?" + (SMALL - 50) + "\\b.*"));
                assertTrue(cluster.ping(pod, to, "-M", "do", "-s", Integer.toString(SMALL - 50 - headers)).ok());
                assertFalse(cluster.ping(pod, to, "-M", "do", "-s", Integer.toString(SMALL - 49 - headers)).ok());
            }
            final var peer = cluster.query(1, "peers").get(0);
            assertTrue(peer.path("pathMtu").asInt() == SMALL, peer.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "dedicated"})
    void bulkPassesInBothDirections(String threading) {
        try (TestCluster cluster = start(threading)) {
            for (String direction : new String[] {"", "-R"}) {
                final Process server = cluster.net.start(TestCluster.pod(2, 1), "iperf", "iperf3", "-s", "-1");
                TestNet.await("iperf3", () -> cluster.net.shell(TestCluster.pod(2, 1),
                        "ss -Hltn 'sport = :5201' | grep -q .").ok());
                final TestNet.Result result = cluster.net.shell(TestCluster.pod(1, 1),
                        "timeout 60 iperf3 -c " + TestCluster.podAddress(2, 1, 4) + " -n 50M " + direction);
                assertTrue(result.ok(), result.out());
                TestNet.await("iperf3's end", () -> !server.isAlive());
            }
        }
    }

    @Test
    void fragmentsAreMadeWhereTheSenderAllowsThem() {
        try (TestCluster cluster = start("shared")) {
            final String pod = TestCluster.pod(1, 1);
            final String to = TestCluster.podAddress(2, 1, 4);
            // -M dont: no DF, so the switch fragments instead of answering.
            TestNet.await("a fragmented ping",
                    () -> cluster.ping(pod, to, "-M", "dont", "-s", Integer.toString(cluster.podMtu() - 28)).ok());
        }
    }
}
