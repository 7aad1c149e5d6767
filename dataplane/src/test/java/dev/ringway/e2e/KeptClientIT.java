package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Clients outside reach backends of all nodes, with traffic policy Cluster, by their own addresses. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeptClientIT {
    private ServiceCluster services;

    @BeforeAll
    void start() {
        services = new ServiceCluster(TestCluster.Options.vxlan().threading("dedicated, shards: 2")
                .everyNode("outsideClients: keep"), "");
        services.apply(new ServiceYaml("np").clusterIp("10.97.0.30").spec("type: NodePort")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30080")
                .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30081")
                .port("SCTP", 80, ServiceCluster.TARGET, "nodePort: 30084").endpoint(1, 1).endpoint(2, 1)
                .endpoint(2, 2), new ServiceYaml("np6").clusterIp("fd00:97::30").spec("type: NodePort")
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30082").endpoint(2, 1),
                new ServiceYaml("one").clusterIp("10.97.0.31").spec("type: NodePort")
                        .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30083").endpoint(2, 1));
    }

    @AfterAll
    void stop() {
        if (services != null) {
            services.close();
        }
    }

    private String outside() {
        return services.cluster.outside;
    }

    @Test
    void everyBackendSeesTheClient() {
        for (int node = 1; node <= 2; node++) {
            final Set<String> answers = Set.copyOf(services.answers(outside(), "172.31.0." + node, 30_080, 60));
            final String client = " " + TestCluster.outsideAddress(4);
            assertEquals(Set.of("n1p1" + client, "n2p1" + client, "n2p2" + client), answers);
        }
    }

    @Test
    void flowsTellWhereTheClientCameIn() {
        for (int i = 0; i < 10; i++) {
            services.answer(outside(), "172.31.0.1", 30_083);
        }
        final String flows = TestNet.must(TestCluster.launcher().toString(), "flows",
                TestCluster.outsideAddress(4), "--socket", services.cluster.socket(2).toString());
        assertTrue(flows.contains("by node node1"), flows);
    }

    @Test
    void overIpv6() {
        assertEquals("n2p1 " + TestCluster.outsideAddress(6), services.answer(outside(), "fd00:31::1", 30_082));
    }

    @Test
    void datagrams() {
        ServiceScenarios.assertMatch("n[12]p[12] 172\\.31\\.0\\.254.*",
                services.udp(outside(), 40_100, 12, "172.31.0.1", 30_081));
    }

    @Test
    void associations() {
        ServiceScenarios.assertKeptAssociations(services, 30_084, "n1p1", "n2p1", "n2p2");
    }

    @Test
    void podsReachTheOutsideAsBefore() {
        services.serve(outside(), "out");
        final String seen = services.answer(TestCluster.pod(2, 1), TestCluster.outsideAddress(4),
                ServiceCluster.TARGET);
        assertEquals("out 172.31.0.2", seen);
    }

    /** Which node a client came in by is known again with its next packet after a restart. */
    @Test
    void conversationsSurviveACrashOfTheBackendsSwitch() {
        final Process client = services.converse(outside(), "172.31.0.1", 30_083, "talk");
        services.cluster.daemon(2).destroyForcibly();
        TestNet.await("the daemon's end", () -> !services.cluster.daemon(2).isAlive());
        services.cluster.startDaemon(2);
        services.cluster.awaitReady(2);
        services.assertGoesOn(client, "talk", "n2p1 " + TestCluster.outsideAddress(4));
    }
}
