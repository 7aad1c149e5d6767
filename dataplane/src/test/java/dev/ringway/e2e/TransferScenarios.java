package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What pods do through Services all day: DNS, transfers, pages of many fragments. */
interface TransferScenarios extends ServiceScenarios {
    /** iperf3 tests four ways at once: TCP on odd ports and UDP on even ones, by ClusterIP and by NodePort. */
    int PERF = 5201;

    private ServiceYaml perf(String name, String vip, int first) {
        ServiceYaml service = new ServiceYaml(name).clusterIp(vip).spec("type: NodePort");
        for (int port = first; port < PERF + 4; port += 2) {
            service = service.port("TCP", port, port, "nodePort: " + (port + 25_000))
                    .port("UDP", port, port, "nodePort: " + (port + 25_000));
        }
        return service;
    }

    private Process transfer(String from, String address, int port, String... how) {
        return services().cluster.net.start(from, "iperf-" + port, "sh", "-c", "exec iperf3 -J -t 2 -i 1 -c "
                + address + " -p " + port + " " + String.join(" ", how));
    }

    /** It has ended well, something arrived in each part of it, and nearly all of it arrived. */
    private JsonNode finished(Process transfer, int port) {
        TestNet.await("the end of the transfer to port " + port, () -> !transfer.isAlive());
        final String told = services().cluster.net.read("iperf-" + port);
        assertEquals(0, transfer.exitValue(), told);
        try {
            final JsonNode report = new JsonMapper().readTree(told);
            report.path("intervals").forEach(part -> assertTrue(part.path("sum").path("bytes").asLong() > 0, told));
            return report.path("end");
        } catch (IOException e) {
            throw new UncheckedIOException(told, e);
        }
    }

    @Test
    @DisplayName("running transfers of iperf3 are not broken by changes of the Service's endpoints")
    default void transfers() {
        final String server = TestCluster.pod(2, 2);
        for (int port = PERF; port < PERF + 4; port++) {
            services().serve(server, "iperf-server-" + port, port, "iperf3", "-s", "-1", "--forceflush", "-p",
                    Integer.toString(port));
        }
        final String other = "10.97.0.12";
        services().apply(perf("tcp", VIP, PERF).endpoint(2, 2), perf("udp", other, PERF + 1).endpoint(2, 2));
        final Process[] transfers = {
            transfer(CLIENT, VIP, PERF, "-P", "4", "-b", "40M"),
            transfer(CLIENT, other, PERF + 1, "-u", "-l", "1200", "-b", "10M"),
            transfer(outside(), "172.31.0.1", PERF + 2 + 25_000, "-P", "4", "-b", "40M"),
            transfer(outside(), "172.31.0.1", PERF + 3 + 25_000, "-u", "-l", "1200", "-b", "10M")};
        for (int port = PERF; port < PERF + 4; port++) {
            final String log = "iperf-server-" + port;
            TestNet.await(log + " to be at work", () -> services().cluster.net.read(log).contains("connected to"));
        }
        // TCP's lose the endpoint that the transfer uses; UDP's do not, since that would move it.
        services().apply(everywhere(perf("tcp", VIP, PERF)), everywhere(perf("udp", other, PERF + 1)));
        services().apply(perf("tcp", VIP, PERF).endpoint(1, 2), perf("udp", other, PERF + 1).endpoint(2, 2));
        for (int i = 0; i < 4; i++) {
            final JsonNode end = finished(transfers[i], i < 2 ? PERF + i : PERF + i + 25_000);
            if (i % 2 == 0) {
                assertEquals(4, end.path("streams").size(), end::toString);
                assertTrue(end.path("sum_received").path("bytes").asLong() > 1_000_000, end::toString);
            } else {
                assertTrue(end.path("sum").path("packets").asLong() > 100, end::toString);
                assertTrue(end.path("sum").path("lost_percent").asDouble() < 20, end::toString);
            }
        }
    }

    /** The resolver of the C library, with this server alone. */
    private List<String> resolve(String from, String name, int times) {
        final Path file = services().cluster.net.directory().resolve("resolv.conf");
        try {
            Files.writeString(file, "nameserver " + VIP + "\noptions edns0\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        final TestNet.Result result = services().cluster.net.shell(from, "mount --bind " + file
                + " /etc/resolv.conf && for i in $(seq " + times + "); do getent ahostsv4 " + name
                + ". || exit; done | grep STREAM");
        assertTrue(result.ok(), () -> name + " from " + from + ": " + result.out());
        return result.out().lines().toList();
    }

    @Test
    @DisplayName("DNS should provide DNS for services")
    default void dns() {
        final String script = services().script("dns.py");
        for (int node = 1; node <= 2; node++) {
            services().serve(TestCluster.pod(node, 2), "dns" + node, 53, "python3", script,
                    TestCluster.podAddress(node, 2, 4));
        }
        final ServiceYaml kubeDns = new ServiceYaml("kube-dns").clusterIp(VIP).port("UDP", 53, 53, "")
                .port("TCP", 53, 53, "").endpoint(1, 2);
        services().apply(kubeDns.endpoint(2, 2));
        for (String from : new String[] {CLIENT, TestCluster.node(1)}) {
            assertEquals(Set.of(TestCluster.podAddress(1, 2, 4), TestCluster.podAddress(2, 2, 4)),
                    ServiceCluster.spread(resolve(from, "who", 20)).keySet());
            // More than a datagram's 1232 bytes: asked for again over TCP.
            assertEquals(100, resolve(from, "big", 1).size());
        }
        final String asked = services().cluster.net.read("dns1") + services().cluster.net.read("dns2");
        assertTrue(asked.contains("big udp truncated") && asked.contains("big tcp whole"), asked);
    }
}
