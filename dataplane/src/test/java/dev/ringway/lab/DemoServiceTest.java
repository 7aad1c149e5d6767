package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.ringway.control.IpText;
import dev.ringway.control.files.FileSource;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.ServiceStatus.BackendStatus;
import dev.ringway.control.services.ServiceStatus.Port;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Balance;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The switch itself reads what the lab writes for it. */
class DemoServiceTest {
    private static final IpAddress NODE4 = IpText.address("172.30.0.1");
    private static final IpAddress NODE6 = IpText.address("fd00:30::1");

    @TempDir
    private Path directory;

    private static LabSpec spec(int nodes, int pods, boolean ipv6) {
        return new LabSpec(nodes, pods, "vxlan", ipv6, 4, "shared", 1500);
    }

    private List<Port> ports(DemoService service, Set<Endpoint> serving) {
        service.publish(serving);
        try (FileSource source = new FileSource(new LabFiles(directory).services(), directory.resolve("state.json"),
                new NodeView("node1", "", List.of(NODE4, NODE6), List.of(NODE4, NODE6), IpText.address("10.244.1.0"),
                IpText.address("fd00:244:1::")), Balance.RANDOM)) {
            source.start(() -> { }, () -> { });
            assertNotNull(source.poll());
            assertEquals(List.of(), source.warnings());
            return source.find(new ServiceQuery(List.of(), DemoService.NAME, false, 1, 9, false)).services().getFirst()
                    .ports();
        }
    }

    /** Each port's addresses without tokens, as address:port. */
    private static Set<String> reachedAt(List<Port> ports) {
        final Set<String> all = new TreeSet<>();
        ports.forEach(port -> port.frontends().stream().filter(one -> !one.token)
                .forEach(one -> all.add(IpText.endpoint(one.address, one.number))));
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 'n1-p1'",
        "1, 4, 'n1-p1 n1-p2 n1-p3'",
        "2, 2, 'n1-p1 n2-p1 n1-p2'",
        "5, 2, 'n1-p1 n2-p1 n3-p1'",
    })
    void podsOfAsManyNodesAsThereAre(int nodes, int pods, String backends) {
        assertEquals(List.of(backends.split(" ")), new DemoService(spec(nodes, pods, true), new LabFiles(directory))
                .backends().stream().map(Endpoint::label).toList());
    }

    @Test
    void isReachedByBothIpVersions() {
        final DemoService service = new DemoService(spec(3, 1, true), new LabFiles(directory));
        final List<Port> ports = ports(service, Set.copyOf(service.backends()));
        assertEquals(new TreeSet<>(Set.of("10.96.0.80:80", "172.30.0.1:30080", "[fd00:96::50]:80",
                "[fd00:30::1]:30080")), reachedAt(ports));
        assertEquals(List.of(3, 3), ports.stream().map(port -> port.backends().size()).toList());
    }

    @Test
    void orByIpv4Alone() {
        final DemoService service = new DemoService(spec(2, 1, false), new LabFiles(directory));
        assertEquals(new TreeSet<>(Set.of("10.96.0.80:80", "172.30.0.1:30080")), reachedAt(ports(service, Set.of())));
    }

    @Test
    void thoseThatDoNotServeAreNotReady() {
        final DemoService service = new DemoService(spec(2, 1, true), new LabFiles(directory));
        for (Port port : ports(service, Set.of(service.backends().getFirst()))) {
            assertEquals(List.of("ready", "not ready"), port.backends().stream().map(BackendStatus::state).toList());
            assertEquals(List.of(true, false), port.backends().stream().map(BackendStatus::used).toList());
        }
    }
}
