package dev.ringway.observe.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.observe.ObserveRig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape shows of Services and their backends. */
class ServiceCollectorTest {
    private static final int TCP = 6;

    @TempDir
    private Path directory;
    private ObserveRig rig;
    private final Page page = new Page();

    private void start(int mostPorts, int mostBackends, String... objects) throws IOException {
        rig = new ObserveRig(directory, String.join("", objects));
        page.add(new ServiceCollector(rig.publisher, rig.dataplane, mostPorts, mostBackends));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Exposition read() throws IOException {
        return Exposition.parse(new String(page.read(null).body(), StandardCharsets.UTF_8));
    }

    private static String of(String metric, String service) {
        return metric + "{ip_family=IPv4, namespace=test, port=80, protocol=tcp, service=" + service + "}";
    }

    private static String ofBackend(String metric, String backend) {
        return metric + "{backend=" + backend + ", ip_family=IPv4, namespace=test, port=80, protocol=tcp, service=web}";
    }

    private long open(int clientPort, String backend) {
        return rig.open(TCP, "10.244.1.11:" + clientPort, "10.96.0.1:80", backend);
    }

    @Test
    void connectTimesAreAHistogram() throws IOException {
        start(9, 9, ObserveRig.service("web", "10.96.0.1", ""), ObserveRig.endpoints("web", "10.244.2.11"));
        assertFalse(read().types().containsKey("ringway_service_connect_seconds"), "nothing was connected yet");
        rig.meter.answered(open(1, "10.244.2.11:8080"), false, 100, rig.nowS);
        rig.meter.answered(open(2, "10.244.2.11:8080"), false, 3000, rig.nowS);
        rig.meter.answered(open(3, "10.244.2.11:8080"), false, 90_000_000, rig.nowS);
        final Exposition all = read();
        assertEquals("histogram", all.types().get("ringway_service_connect_seconds"));
        assertEquals(3, all.value(of("ringway_service_connect_seconds_count", "web")));
        assertEquals(90.0031, all.value(of("ringway_service_connect_seconds_sum", "web")), 1e-9);
        final String bucket = "ringway_service_connect_seconds_bucket{ip_family=IPv4, namespace=test, port=80,"
                + " protocol=tcp, service=web, le=%s}";
        assertEquals(0, all.value(bucket.formatted("6.4E-5")));
        assertEquals(1, all.value(bucket.formatted("1.28E-4")));
        assertEquals(2, all.value(bucket.formatted("0.004096")));
        assertEquals(2, all.value(bucket.formatted("1.048576")));
        assertEquals(3, all.value(bucket.formatted("+Inf")));
    }

    /** kube-proxy's number: policy Local, endpoints somewhere, none here. */
    @Test
    void noLocalEndpoints() throws IOException {
        start(9, 9, ObserveRig.service("a", "10.96.0.1", ", internalTrafficPolicy: Local"),
                ObserveRig.endpoints("a", "10.244.2.11"),
                ObserveRig.service("b", "10.96.0.2", ", internalTrafficPolicy: Local"),
                ObserveRig.endpoints("b", "10.244.1.11"),
                ObserveRig.service("c", "10.96.0.3", ", internalTrafficPolicy: Local, externalTrafficPolicy: Local,"
                        + " type: NodePort, ports: [{port: 80, nodePort: 30080}]"),
                ObserveRig.endpoints("c", "10.244.2.11"),
                ObserveRig.service("d", "10.96.0.4", ", internalTrafficPolicy: Local"),
                ObserveRig.service("e", "10.96.0.5", ""), ObserveRig.endpoints("e", "10.244.2.11"));
        final Exposition all = read();
        final String metric = "kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family=%s, traffic_policy=%s}";
        assertEquals("gauge", all.types().get("kubeproxy_sync_proxy_rules_no_local_endpoints_total"));
        assertEquals(2, all.value(metric.formatted("IPv4", "internal")));
        assertEquals(1, all.value(metric.formatted("IPv4", "external")));
        assertEquals(0, all.value(metric.formatted("IPv6", "internal")));
    }

    @Test
    void backendsAndEjections() throws IOException {
        start(9, 2, ObserveRig.service("web", "10.96.0.1", ""),
                ObserveRig.endpoints("web", "10.244.2.11", "10.244.2.12", "10.244.2.13"));
        Exposition all = read();
        assertFalse(all.types().containsKey("ringway_backend_flows_total"), "nothing went there yet");
        assertEquals(0, all.value("ringway_series_overflow{of=backends}"));
        final long flow = open(1, "10.244.2.11:8080");
        rig.pass(flow, false, 100);
        rig.pass(flow, true, 1000);
        for (int i = 2; i <= 3; i++) {
            rig.meter.answered(open(i, "10.244.2.12:8080"), true, 100, rig.nowS);
        }
        rig.load.tell(rig.nowS);
        rig.dataplane.ejections.add(rig.load.ejections());
        all = read();
        assertEquals(1, all.value(ofBackend("ringway_backend_flows_total", "10.244.2.11:8080")));
        assertEquals(100, all.value(ofBackend("ringway_backend_forward_bytes_total", "10.244.2.11:8080")));
        assertEquals(1000, all.value(ofBackend("ringway_backend_reply_bytes_total", "10.244.2.11:8080")));
        assertEquals(2, all.value(ofBackend("ringway_backend_refused_total", "10.244.2.12:8080")));
        assertEquals(0, all.value(ofBackend("ringway_backend_unanswered_total", "10.244.2.12:8080")));
        assertEquals(0, all.value(ofBackend("ringway_backend_ejected", "10.244.2.11:8080")));
        assertEquals(1, all.value(ofBackend("ringway_backend_ejected", "10.244.2.12:8080")));
        assertEquals(1, all.value(of("ringway_service_ejected_backends", "web")));
        assertEquals(3, all.value(of("ringway_service_backends", "web")));
        open(4, "10.244.2.13:8080");
        all = read();
        assertEquals(1, all.value("ringway_series_overflow{of=backends}"), "there is no room for it");
        assertTrue(Double.isNaN(all.value(ofBackend("ringway_backend_flows_total", "10.244.2.13:8080"))));
        assertEquals(4, all.value(of("ringway_service_flows_total", "web")), "but its port has it");
    }

    @Test
    void portsBeyondTheBoundAreAddedUp() throws IOException {
        start(1, 9, ObserveRig.service("a", "10.96.0.3", ""), ObserveRig.service("web", "10.96.0.1", ""),
                ObserveRig.endpoints("web", "10.244.2.11"), ObserveRig.service("z", "10.96.0.2", ""));
        open(1, "10.244.2.11:8080");
        final Exposition all = read();
        assertEquals(2, all.value("ringway_series_overflow{of=services}"));
        final String sum = "{ip_family=_overflow, namespace=_overflow, port=_overflow, protocol=_overflow, service="
                + "_overflow}";
        assertEquals(1, all.sum("ringway_service_flows_total"));
        assertEquals(1, all.sum("ringway_service_open_flows"));
        assertEquals(1, all.sum("ringway_service_backends"));
        assertFalse(Double.isNaN(all.value("ringway_service_flows_total" + sum)));
        assertFalse(Double.isNaN(all.value("ringway_service_open_flows" + sum)));
    }

    /** The flow ends when the counters have been read and the flows have not: that scrape sees neither. */
    @Test
    void noCounterFallsWhenAFlowEndsMeanwhile() throws IOException {
        start(9, 9, ObserveRig.service("web", "10.96.0.1", ""), ObserveRig.endpoints("web", "10.244.2.11"));
        final long flow = open(1, "10.244.2.11:8080");
        rig.pass(flow, false, 100);
        final String port = of("ringway_service_forward_bytes_total", "web");
        final String backend = ofBackend("ringway_backend_forward_bytes_total", "10.244.2.11:8080");
        assertEquals(100, read().value(port));
        rig.dataplane.beforeFlows = () -> {
            rig.pass(flow, false, 50);
            rig.flows.remove(flow);
        };
        Exposition all = read();
        assertEquals(100, all.value(port));
        assertEquals(100, all.value(backend));
        assertEquals(0, all.value(of("ringway_service_open_flows", "web")));
        rig.dataplane.beforeFlows = () -> { };
        all = read();
        assertEquals(150, all.value(port));
        assertEquals(150, all.value(backend));
    }

    /** Flows come and go in another thread all the time; every packet is counted once, in the end. */
    @Test
    void countersRiseOnly() throws Exception {
        start(9, 9, ObserveRig.service("web", "10.96.0.1", ""), ObserveRig.endpoints("web", "10.244.2.11"));
        final Thread traffic = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 3000; i++) {
                final long flow = open(1 + i % 50, "10.244.2.11:8080");
                for (int j = 0; j < 10; j++) {
                    rig.pass(flow, false, 1);
                }
                if (i % 50 == 49) {
                    removeAll(rig.flows);
                }
            }
        });
        double last = 0;
        while (traffic.isAlive()) {
            final double now = read().sum("ringway_service_forward_bytes_total");
            assertTrue(now >= last && now <= 30_000, now + " after " + last);
            last = now;
        }
        traffic.join();
        assertEquals(30_000, read().sum("ringway_service_forward_bytes_total"));
        assertEquals(30_000, read().sum("ringway_backend_forward_bytes_total"));
    }

    private static void removeAll(FlowTable flows) {
        for (int i = 0; i < flows.used(); i++) {
            if (Flow.state(flows.entry(i)) != 0) {
                flows.remove(flows.entry(i));
            }
        }
    }
}
