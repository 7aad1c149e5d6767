package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.assertEven;
import static dev.ringway.e2e.ServiceScenarios.everywhere;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Kubernetes' "Granular Checks": each kind of client reaches all endpoints by the ClusterIP and by a node's address,
 * over each protocol; by the addresses of both IP versions (its "Secondary IP Family").
 */
interface GranularScenarios extends ServiceScenarios {
    private ServiceYaml netexec(String... protocols) {
        ServiceYaml service = new ServiceYaml("np").clusterIp("10.97.0.11", "fd00:97::11").spec("type: NodePort");
        for (String protocol : protocols) {
            service = service.port(protocol, 80, ServiceCluster.TARGET, "nodePort: 30080");
        }
        return service;
    }

    /** @param spread how often each server answers, by address and port */
    private void dial(BiFunction<String, Integer, Map<String, Integer>> spread) {
        services().apply(everywhere(netexec("TCP", "UDP", "SCTP")));
        for (String vip : List.of("10.97.0.11", "fd00:97::11")) {
            assertEven(spread.apply(vip, 80), "n1p2", "n2p1", "n2p2");
        }
        for (String node : List.of("172.31.0.1", "fd00:31::2")) {
            assertEven(spread.apply(node, 30_080), "n1p2", "n2p1", "n2p2");
        }
    }

    private Map<String, Integer> udp(String from, int firstPort, String address, int port) {
        return ServiceCluster.spread(services().udp(from, firstPort, 60, address, port));
    }

    private Map<String, Integer> sctp(String from, String address, int port) {
        return ServiceCluster.spread(services().sctp(from, address, port, 60).lines().toList());
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for pod-Service: http")
    default void podServiceHttp() {
        dial((address, port) -> services().spread(CLIENT, address, port, 60));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for pod-Service: udp")
    default void podServiceUdp() {
        dial((address, port) -> udp(CLIENT, 41_000, address, port));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for pod-Service: sctp")
    default void podServiceSctp() {
        dial((address, port) -> sctp(CLIENT, address, port));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for node-Service: http")
    default void nodeServiceHttp() {
        dial((address, port) -> services().spread(TestCluster.node(1), address, port, 60));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for node-Service: udp")
    default void nodeServiceUdp() {
        dial((address, port) -> udp(TestCluster.node(1), 41_000, address, port));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for node-Service: sctp")
    default void nodeServiceSctp() {
        dial((address, port) -> sctp(TestCluster.node(1), address, port));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for endpoint-Service: http")
    default void endpointServiceHttp() {
        dial((address, port) -> services().spread(TestCluster.pod(2, 1), address, port, 60));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for endpoint-Service: udp")
    default void endpointServiceUdp() {
        dial((address, port) -> udp(TestCluster.pod(2, 1), 41_000, address, port));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should function for endpoint-Service: sctp")
    default void endpointServiceSctp() {
        dial((address, port) -> sctp(TestCluster.pod(2, 1), address, port));
    }

    private void endpointsChange(String protocol, BiFunction<String, Integer, Map<String, Integer>> spread) {
        services().apply(everywhere(netexec(protocol)));
        assertEven(spread.apply("10.97.0.11", 80), "n1p2", "n2p1", "n2p2");
        services().apply(netexec(protocol).endpoint(1, 2).endpoint(2, 2));
        assertEven(spread.apply("10.97.0.11", 80), "n1p2", "n2p2");
        services().apply(netexec(protocol).endpoint(2, 1));
        assertEven(spread.apply("10.97.0.11", 80), "n2p1");
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should update endpoints: http")
    default void endpointsChangeHttp() {
        endpointsChange("TCP", (address, port) -> services().spread(CLIENT, address, port, 60));
    }

    @Test
    @DisplayName("Networking Granular Checks: Services should update endpoints: udp")
    default void endpointsChangeUdp() {
        endpointsChange("UDP", (address, port) -> udp(CLIENT, 41_100, address, port));
    }
}
