package dev.ringway.observe.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.podnet.HostNetwork;
import dev.ringway.podnet.HostPorts;
import dev.ringway.podnet.PortNumbers;
import dev.ringway.testing.FakeDataplane;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over real connections. */
class MetricsServerTest {
    private final FakeDataplane dataplane = new FakeDataplane(new ArrayList<>());
    private final Page page = new Page();
    private final Health health = new Health(new Heartbeat());
    private final HttpClient client = HttpClient.newHttpClient();
    private final MetricsServer server;

    MetricsServerTest() throws IOException {
        server = new MetricsServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), page, health);
        page.add(health);
    }

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void expect(String path, int status, String text) throws Exception {
        final HttpResponse<String> answer = ask("GET", path);
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(text), answer.body());
    }

    @Test
    void beforeTheSwitchStarts() throws Exception {
        expect("/healthz", 200, "ok");
        expect("/readyz", 503, "starting");
        assertEquals(0, Exposition.parse(ask("GET", "/metrics").body()).value("ringway_ready"));
    }

    @Test
    void whileTheNodesOwnEndIsNotConnected() throws Exception {
        dataplane.turns.put("shard-0", 1L);
        start();
        expect("/healthz", 200, "ok");
        expect("/readyz", 503, "ringway0, the node's own device, is not connected");
        health.stopping();
        expect("/readyz", 503, "stopping");
    }

    @Test
    void aThreadThatHasEnded() throws Exception {
        dataplane.turns.put("io-0", 1L);
        dataplane.turns.put("switch-0", -1L);
        dataplane.stuck.add("switch-0");
        start();
        expect("/healthz", 503, "the thread switch-0 has ended");
    }

    @Test
    void aThreadThatDoesNotTurn() {
        dataplane.turns.put("io-0", 1L);
        dataplane.turns.put("switch-0", 1L);
        dataplane.stuck.add("switch-0");
        final String problem = new SwitchThreads(dataplane, 10_000_000).problem();
        assertTrue(problem.startsWith("the thread switch-0 has not gone round"), problem);
    }

    @Test
    void aControlThreadThatHangs() {
        final Heartbeat heartbeat = new Heartbeat();
        final long now = System.nanoTime();
        assertEquals(null, heartbeat.problem(now));
        final String problem = heartbeat.problem(now + 31_000_000_000L);
        assertTrue(problem.startsWith("the control thread has not gone round for 3"), problem);
    }

    @Test
    void proxyMode() throws Exception {
        assertEquals("ringway", ask("GET", "/proxyMode").body());
    }

    @Test
    void headAndOthers() throws Exception {
        final HttpResponse<String> head = ask("HEAD", "/healthz");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
        assertEquals(405, ask("POST", "/metrics").statusCode());
        assertEquals("GET, HEAD", ask("DELETE", "/metrics").headers().firstValue("Allow").orElse(""));
        expect("/", 404, "/metrics, /healthz, /readyz and /proxyMode");
        expect("/metricsx", 404, "there is");
    }

    @Test
    void aDefectOfACollectorIsAnAnswerToo() throws Exception {
        page.add(sheet -> {
            throw new IllegalStateException("on purpose");
        });
        expect("/metrics", 500, "defect");
        expect("/healthz", 200, "ok");
    }

    @Test
    void aTakenPortIsToldAtOnce() {
        assertThrows(BindException.class, () -> new MetricsServer(server.address(), page, health));
    }

    private void start() {
        final NodeSpec self = new NodeSpec("node1", IpText.address("172.30.0.1"),
                List.of(IpText.prefix("10.244.1.0/24")), 1, 0);
        final SnapshotPublisher publisher = new SnapshotPublisher("node1",
                new ClusterSpec(List.of(IpText.prefix("10.244.0.0/16")), List.of(), List.of(self)), 4789, 1500, 1);
        health.started(dataplane, new DataPathProbe(publisher, dataplane, new HostNetwork(dataplane, publisher,
                new PortNumbers(), "ringway0", 1450, true, 1, new HostPorts("ringway0")), "ringway0"), 1);
    }
}
