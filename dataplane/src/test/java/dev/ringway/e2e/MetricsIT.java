package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.observe.metrics.Exposition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics and health of a real daemon, as Prometheus and the kubelet ask for them. */
final class MetricsIT {
    private static final String LISTEN = "127.0.0.1:9465";

    /** What curl says: the body, and the status in the last line. */
    private static List<String> get(TestCluster cluster, String path) {
        final TestNet.Result result = cluster.net.in(TestCluster.node(1), "curl", "-sS", "-m", "20", "-w",
                "%{http_code}", "http://" + LISTEN + path);
        return result.out().lines().toList();
    }

    private static Exposition metrics(TestCluster cluster) {
        final List<String> lines = get(cluster, "/metrics");
        assertEquals("200", lines.getLast(), lines::toString);
        return Exposition.parse(String.join("\n", lines.subList(0, lines.size() - 1)) + "\n");
    }

    private static String state(TestCluster cluster, String path) {
        final List<String> lines = get(cluster, path);
        return lines.getLast() + " " + lines.getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "dedicated"})
    void countersRiseWithTrafficAndTheWayIsTested(String threading) {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan().threading(threading))) {
            TestNet.await("the port", () -> state(cluster, "/healthz").equals("200 ok"));
            assertEquals("200 ok", state(cluster, "/readyz"));
            final Exposition before = metrics(cluster);
            assertEquals(1, before.value("ringway_ready"));
            assertEquals(2, before.value("ringway_pods"));
            // Of each IP version one.
            assertEquals(2, before.value("ringway_dropped_packets_total{reason=PROBE}"));
            assertEquals(1, before.value("ringway_probes_total{result=passed}"));
            assertEquals(0, before.value("ringway_dropped_packets_total{reason=SPOOFED_SOURCE}"));

            assertTrue(cluster.ping(TestCluster.pod(1, 1), TestCluster.podAddress(2, 1, 4)).ok());
            TestNet.must("ip", "-n", TestCluster.pod(1, 1), "addr", "add", "192.0.2.9/32", "dev", "lo");
            cluster.net.in(TestCluster.pod(1, 1), "ping", "-n", "-c", "1", "-W", "1", "-I", "192.0.2.9",
                    TestCluster.podAddress(2, 1, 4));
            final Exposition after = metrics(cluster);
            rises(before, after, "ringway_pod_receive_packets_total{interface=eth0, namespace=test, pod=p1}");
            rises(before, after, "ringway_pod_transmit_bytes_total{interface=eth0, namespace=test, pod=p1}");
            rises(before, after, "ringway_peer_transmit_packets_total{node=node2}");
            rises(before, after, "ringway_peer_receive_bytes_total{node=node2}");
            rises(before, after, "ringway_switch_round_seconds_count{shard=0}");
            rises(before, after, "ringway_dropped_packets_total{reason=SPOOFED_SOURCE}");
            rises(before, after, "ringway_pod_dropped_packets_total{interface=eth0, namespace=test, pod=p1}");
            assertTrue(after.sum("ringway_thread_turns_total") > before.sum("ringway_thread_turns_total"));
            assertEquals(0, cluster.drops(1, "INTERNAL"));
        }
    }

    private static void rises(Exposition before, Exposition after, String sample) {
        assertTrue(after.value(sample) > before.value(sample),
                () -> sample + ": " + before.value(sample) + ", then " + after.value(sample));
    }

    @Test
    void servicesAndHowLongTheyTakeToBeInForce() {
        try (ServiceCluster services = new ServiceCluster(TestCluster.Options.vxlan(), "")) {
            services.apply(new ServiceYaml("web").clusterIp("10.97.0.30").port("TCP", 80, ServiceCluster.TARGET, "")
                    .endpoint(2, 1));
            TestNet.await("the port", () -> state(services.cluster, "/healthz").equals("200 ok"));
            assertTrue(services.http(TestCluster.pod(1, 1), "10.97.0.30", 80).ok());
            final Exposition all = metrics(services.cluster);
            final String labels = "{ip_family=IPv4, namespace=test, port=tcp80, protocol=tcp, service=web}";
            assertEquals(1, all.value("ringway_service_flows_total" + labels), labels);
            assertEquals(1, all.value("ringway_service_backends" + labels), labels);
            assertEquals(1, all.value("ringway_service_connect_seconds_count" + labels), labels);
            assertTrue(all.value("ringway_service_reply_bytes_total" + labels) > 100, labels);
            assertTrue(all.value("ringway_programming_seconds_count{of=services}") >= 1, labels);
            assertTrue(all.value("kubeproxy_sync_proxy_rules_duration_seconds_count") >= 1, labels);
        }
    }

    /** Whoever takes the device down finds it in the answer, and the switch goes on living. */
    @Test
    void notReadyWhileTheNodesDeviceIsDown() {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan())) {
            TestNet.await("readiness", () -> state(cluster, "/readyz").equals("200 ok"));
            TestNet.must("ip", "-n", TestCluster.node(1), "link", "set", "ringway0", "down");
            TestNet.await("the end of readiness", () -> state(cluster, "/readyz").startsWith("503 "));
            final String problem = state(cluster, "/readyz");
            assertTrue(problem.contains("ringway0") && problem.contains("does not reach the switch"), problem);
            assertEquals("200 ok", state(cluster, "/healthz"));
            assertTrue(metrics(cluster).value("ringway_probes_total{result=failed}") >= 1);
            // Deleted, it is made again by the daemon, and all is well.
            TestNet.must("ip", "-n", TestCluster.node(1), "link", "del", "ringway0");
            TestNet.await("readiness again", () -> state(cluster, "/readyz").equals("200 ok"));
        }
    }

    @Test
    void notReadyWhileTheNodesFirewallTakesTheAnswer() {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan())) {
            TestNet.await("readiness", () -> state(cluster, "/readyz").equals("200 ok"));
            cluster.net.shell(TestCluster.node(1), "nft add table inet wall && nft add chain inet wall in"
                    + " '{ type filter hook input priority 0; }' && nft add rule inet wall in iifname ringway0 drop");
            TestNet.await("the end of readiness", () -> state(cluster, "/readyz").startsWith("503 "));
            final String problem = state(cluster, "/readyz");
            assertTrue(problem.contains("its answer does not come back"), problem);
        }
    }

    @Test
    void aTakenPortIsToldAndTriedAgain() {
        try (TestCluster cluster = new TestCluster(TestCluster.Options.vxlan().extra("log: {format: json}\n"))) {
            final Process other = cluster.net.start(TestCluster.node(1), "other", "socat",
                    "TCP4-LISTEN:9465,bind=127.0.0.1,reuseaddr,fork", "EXEC:true");
            TestNet.await("the other", () -> cluster.net.shell(TestCluster.node(1),
                    "ss -Hltn 'sport = :9465' | grep -q .").ok());
            cluster.startDaemon(1);
            cluster.awaitReady(1);
            TestNet.await("the warning", () -> cluster.net.read("daemon1").contains(
                    "metrics.listen: 127.0.0.1:9465 cannot be opened (Address already in use)"));
            assertTrue(cluster.net.read("daemon1").lines().filter(line -> line.startsWith("{\"time\":\"")).count() > 1,
                    cluster.net.read("daemon1"));
            assertTrue(cluster.ping(TestCluster.pod(1, 1), TestCluster.podAddress(1, 2, 4)).ok());
            cluster.net.stop(other);
            TestNet.await("the port", () -> state(cluster, "/readyz").equals("200 ok"));
            assertTrue(cluster.net.read("daemon1").contains("127.0.0.1:9465 is served now"));
        }
    }

    @Test
    void noneIsSilent() {
        try (TestCluster cluster = new TestCluster(TestCluster.Options.vxlan().extra("metrics: {listen: none}\n"))) {
            cluster.startDaemon(1);
            cluster.awaitReady(1);
            assertEquals("", cluster.net.shell(TestCluster.node(1), "ss -Hltn").out());
        }
    }
}
