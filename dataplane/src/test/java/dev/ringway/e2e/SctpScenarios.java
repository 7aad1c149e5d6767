package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.assertEven;
import static dev.ringway.e2e.ServiceScenarios.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * SCTP: whole associations, by hand. Both ends refuse a wrong checksum, and the client whatever does not come from the
 * address and the port that it has asked.
 */
interface SctpScenarios extends ServiceScenarios {
    private ServiceYaml sctp() {
        return new ServiceYaml("sctp").clusterIp(VIP, VIP6);
    }

    private void assertSpread(String from, String address, int port) {
        final List<String> told = services().sctp(from, address, port, 60).lines().toList();
        assertEven(ServiceCluster.spread(told), "n1p2", "n2p1", "n2p2");
    }

    @Test
    @DisplayName("SCTP should allow creating a basic SCTP service with pod and endpoints")
    default void basicSctpService() {
        for (int node = 1; node <= 2; node++) {
            services().apply(sctp().port("SCTP", 80, ServiceCluster.TARGET, "").endpoint(node, 2));
            assertEquals("n" + node + "p2 " + TestCluster.podAddress(1, 1, 4), services().sctp(CLIENT, VIP, 80, 1));
            assertEquals("n" + node + "p2 " + TestCluster.podAddress(1, 1, 6), services().sctp(CLIENT, VIP6, 80, 1));
        }
        services().apply(sctp().port("SCTP", 80, ServiceCluster.TARGET, ""));
        for (String vip : List.of(VIP, VIP6)) {
            final String told = services().sctp(CLIENT, vip, 80, 1);
            assertTrue(told.contains("refused"), told);
        }
    }

    @Test
    @DisplayName("Services of SCTP are reached through NodePorts and external addresses")
    default void sctpFromOutside() {
        services().apply(everywhere(sctp().spec("type: NodePort", "externalIPs: [" + EXTERNAL + "]")
                .port("SCTP", 80, ServiceCluster.TARGET, "nodePort: 30084")));
        assertSpread(outside(), "172.31.0.1", 30_084);
        assertSpread(outside(), "fd00:31::2", 30_084);
        assertSpread(outside(), EXTERNAL, 80);
        assertSpread(CLIENT, "172.31.0.2", 30_084);
        assertSpread(TestCluster.node(1), EXTERNAL, 80);
    }
}
