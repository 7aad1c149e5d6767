package dev.ringway.observe.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.Changes;
import dev.ringway.packet.DropReason;
import dev.ringway.podnet.HostNetwork;
import dev.ringway.podnet.HostPorts;
import dev.ringway.podnet.PodManager;
import dev.ringway.podnet.PortNumbers;
import dev.ringway.service.BackendLoad;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import dev.ringway.service.Handle;
import dev.ringway.service.Kind;
import dev.ringway.service.ServiceCounters;
import dev.ringway.service.ServiceMeter;
import dev.ringway.service.ServicePort;
import dev.ringway.service.ServiceTable;
import dev.ringway.testing.FakeDataplane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The page of a switch that nothing runs through, as Prometheus reads it. */
class PageTest {
    private final FakeDataplane dataplane = new FakeDataplane(new ArrayList<>());
    private final NodeSpec self = new NodeSpec("node1", IpText.address("172.30.0.1"),
            List.of(IpText.prefix("10.244.1.0/24")), 1, 0);
    private final NodeSpec peer = new NodeSpec("node2", IpText.address("172.30.0.2"),
            List.of(IpText.prefix("10.244.2.0/24")), 2, 1400);
    private final SnapshotPublisher publisher = new SnapshotPublisher("node1",
            new ClusterSpec(List.of(IpText.prefix("10.244.0.0/16")), List.of(), List.of(self, peer)), 4789, 1500, 1);
    private final PodManager pods = new PodManager(dataplane, publisher, new PortNumbers(), 1450, true, 1);
    private final HostNetwork host = new HostNetwork(dataplane, publisher, new PortNumbers(), "ringway0", 1450, true,
            1, new HostPorts("ringway0"));
    private final Programming programming = new Programming();
    private final Page page = new Page();

    PageTest() {
        final Health health = new Health(new Heartbeat());
        health.started(dataplane, new DataPathProbe(publisher, dataplane, host, "ringway0"), 412);
        page.add(health);
        page.add(programming);
        page.add(new ProcessCollector());
        page.add(new TrafficCollector(publisher, host, pods));
        page.add(new ServiceCollector(publisher, dataplane));
        page.add(new SwitchCollector(dataplane, publisher, pods, () -> Map.of("a/x", "no namespace"), null));
        page.add(sheet -> sheet.put(Metric.BUILD_INFO, 1, "1.0", "25", "node\"1\\"));
    }

    private Exposition read() throws IOException {
        final Page.Text text = page.read(null);
        assertTrue(text.type().startsWith("text/plain; version=0.0.4"), text.type());
        return Exposition.parse(new String(text.body(), StandardCharsets.UTF_8));
    }

    @Test
    void values() throws IOException {
        dataplane.drops.put(DropReason.NO_ROUTE, 5L);
        dataplane.turns.put("shard-0", 77L);
        publisher.current().vteps().all().getFirst().counters(0).sent(3, 300);
        final Exposition all = read();
        assertEquals(5, all.value("ringway_dropped_packets_total{reason=NO_ROUTE}"));
        assertEquals(0, all.value("ringway_dropped_packets_total{reason=TTL_EXPIRED}"));
        assertEquals(300, all.value("ringway_peer_transmit_bytes_total{node=node2}"));
        assertEquals(1400, all.value("ringway_peer_path_mtu_bytes{node=node2}"));
        assertEquals(1, all.value("ringway_snapshot_generation"));
        assertEquals(1, all.value("ringway_pods_waiting"));
        assertEquals(3, all.value("ringway_ring_depth{ring=receive, shard=0}"));
        assertEquals(77, all.value("ringway_thread_turns_total{thread=shard-0}"));
        assertEquals(0.412, all.value("ringway_start_seconds"));
        assertEquals(0, all.value("ringway_ready"));
        assertEquals(1, all.value("ringway_build_info{java=25, node=node\\\"1\\\\, version=1.0}"));
        assertTrue(all.value("process_resident_memory_bytes") > 1 << 20, all::toString);
        assertTrue(all.value("process_open_fds") > 2 && all.value("process_max_fds") > 2, all::toString);
        assertTrue(all.value("jvm_memory_used_bytes{area=heap}") > 0, all::toString);
    }

    @Test
    void programmingCountsFromTheFirstNews() throws IOException {
        programming.noticed();
        programming.begin();
        programming.servicesInForce(new Changes(true, 3, 4, List.of(1_000L)));
        programming.servicesInForce(new Changes(false, 3, 5, List.of(System.currentTimeMillis() + 1_000)));
        programming.servicesInLine(true, 1_500);
        programming.end();
        final Exposition all = read();
        assertEquals(2, all.value("ringway_programming_seconds_count{of=services}"));
        assertEquals(0, all.value("ringway_programming_seconds_count{of=nodes}"));
        assertEquals(2, all.value("kubeproxy_sync_proxy_rules_duration_seconds_count"));
        assertEquals(1, all.value("kubeproxy_sync_full_proxy_rules_duration_seconds_count"));
        assertEquals(1, all.value("kubeproxy_sync_partial_proxy_rules_duration_seconds_count"));
        assertEquals(3, all.value("kubeproxy_sync_proxy_rules_service_changes_total"));
        assertEquals(5, all.value("kubeproxy_sync_proxy_rules_endpoint_changes_total"));
        assertEquals(1, all.value("kubeproxy_network_programming_duration_seconds_count"), "not what was before");
        assertEquals(0, all.value("kubeproxy_network_programming_duration_seconds_sum"), "a clock that is ahead");
        assertTrue(all.value("kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds") > 1e9, all::toString);
        assertTrue(all.value("ringway_programming_seconds_sum{of=services}")
                >= all.value("kubeproxy_sync_proxy_rules_duration_seconds_sum"), all::toString);
        assertTrue(all.value("kubeproxy_sync_proxy_rules_last_timestamp_seconds") > 1e9, all::toString);
    }

    @Test
    void servicesWhoseSourceIsRefused() throws IOException {
        assertTrue(Double.isNaN(read().value("ringway_services_in_line")), "there are none");
        programming.servicesInLine(false, 0);
        assertEquals(0, read().value("ringway_services_in_line"));
        assertTrue(Double.isNaN(read().value("kubeproxy_sync_proxy_rules_last_timestamp_seconds")));
        assertTrue(Double.isNaN(read().value("ringway_services_read_timestamp_seconds")));
        programming.servicesInLine(true, 1_500);
        final Exposition good = read();
        assertEquals(1, good.value("ringway_services_in_line"));
        assertEquals(1.5, good.value("ringway_services_read_timestamp_seconds"));
        programming.servicesInLine(false, 1_500);
        final Exposition refused = read();
        assertEquals(0, refused.value("ringway_services_in_line"));
        assertEquals(good.value("kubeproxy_sync_proxy_rules_last_timestamp_seconds"),
                refused.value("kubeproxy_sync_proxy_rules_last_timestamp_seconds"));
    }

    @Test
    void servicesThatAreThere() throws IOException {
        dataplane.counters.add(new ServiceCounters());
        final ServiceMeter meter = new ServiceMeter(dataplane.counters.getFirst(), new BackendLoad(0, 0));
        final ServicePort first = serve("a/first:http", 1);
        meter.noBackend(first);
        meter.noBackend(first);
        assertEquals(2, read().value(noBackend("http", "first")));
        final ServicePort second = serve("a/second", 2);
        assertEquals(0, read().value(noBackend("80", "second")), "what another counted in its slot");
        meter.noBackend(second);
        final Exposition all = read();
        assertEquals(1, all.value(noBackend("80", "second")));
        assertTrue(Double.isNaN(all.value(noBackend("http", "first"))));
    }

    private ServicePort serve(String name, int generation) {
        final ServicePort port = new ServicePort(Handle.of(3, generation), name, BackendSet.EMPTY, BackendSet.EMPTY,
                false, false, false, 0, Balance.RANDOM);
        publisher.setServices(ServiceTable.EMPTY.change().put(Frontend.of(IpText.address("10.96.0.1"), 6, 80, port,
                Kind.CLUSTER_IP, null)).build());
        return port;
    }

    private static String noBackend(String port, String service) {
        return "ringway_service_no_backend_total{ip_family=IPv4, namespace=a, port=" + port + ", protocol=tcp, service="
                + service + "}";
    }

    /** What is shown is what the catalogue, and so docs/METRICS.md, says of it. */
    @TestFactory
    Stream<DynamicTest> shownAsListed() throws IOException {
        final Exposition all = read();
        for (String family : all.types().keySet()) {
            assertTrue(Stream.of(Metric.values()).anyMatch(metric -> metric.title().equals(family)), family);
        }
        return Stream.of(Metric.values()).filter(metric -> all.types().containsKey(metric.title()))
                .map(metric -> DynamicTest.dynamicTest(metric.title(), () -> {
                    assertEquals(metric.type().word(), all.types().get(metric.title()));
                    assertEquals(metric.help(), all.help(metric.title()));
                    assertTrue(metric.labels().containsAll(all.labels(metric.title())));
                }));
    }

    @TestFactory
    Stream<DynamicTest> namesAreConventional() {
        return Stream.of(Metric.values()).map(metric -> DynamicTest.dynamicTest(metric.title(), () -> {
            assertTrue(metric.title().matches("(ringway|kubeproxy|process|jvm)_[a-z_]+"));
            assertEquals(metric.type() == MetricType.COUNTER,
                    metric.title().endsWith("_total") && metric != Metric.NO_LOCAL);
            assertFalse(metric.help().endsWith(".") || metric.help().contains("|"));
            assertEquals(1, Stream.of(Metric.values()).filter(other -> other.title().equals(metric.title())).count());
        }));
    }

    @Test
    void openMetricsWhenAsked() throws IOException {
        final Page.Text text = page.read("application/openmetrics-text; version=1.0.0");
        assertTrue(text.type().startsWith("application/openmetrics-text"), text.type());
        assertTrue(new String(text.body(), StandardCharsets.UTF_8).endsWith("# EOF\n"));
    }

    @Test
    void whatHasEndedIsNotRead() throws IOException {
        final Collector ended = sheet -> sheet.put(Metric.LOG_SUPPRESSED, 4);
        page.add(ended);
        assertEquals(4, read().value("ringway_log_suppressed_lines_total"));
        page.remove(List.of(ended));
        assertFalse(read().types().containsKey("ringway_log_suppressed_lines_total"));
    }
}
