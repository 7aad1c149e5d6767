package dev.ringway.e2e;

import static dev.ringway.e2e.ServiceScenarios.everywhere;
import static dev.ringway.e2e.ServiceScenarios.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Running connections and conversations while endpoints, Services and switches come and go. */
interface FlowScenarios extends ServiceScenarios {
    private ServiceYaml udpNodePort() {
        return new ServiceYaml("np").clusterIp(VIP).spec("type: NodePort")
                .port("UDP", 80, ServiceCluster.TARGET, "nodePort: 30082");
    }

    /** From one port all the time. */
    private String ask() {
        return server(services().udp(CLIENT, 40_030, VIP, 80, "x"));
    }

    @Test
    @DisplayName("Conntrack should be able to preserve UDP traffic when server pod cycles for a ClusterIP service")
    default void udpClusterIp() {
        for (int round = 0; round < 2; round++) {
            services().apply(udp().endpoint(1, 2));
            for (int i = 0; i < 3; i++) {
                assertEquals("n1p2", ask());
            }
            services().apply(udp().endpoint(2, 2));
            assertEquals("n2p2", ask());
        }
    }

    @Test
    @DisplayName("Conntrack should be able to preserve UDP traffic when server pod cycles for a NodePort service")
    default void udpNodePortCycles() {
        for (int node = 1; node <= 2; node++) {
            services().apply(udpNodePort().endpoint(node, 2));
            assertEquals("n" + node + "p2", server(services().udp(outside(), 40_031, "172.31.0.1", 30_082, "x")));
        }
    }

    @Test
    @DisplayName("Conntrack should be able to preserve UDP traffic when server pod cycles for a ClusterIP service and"
            + " client is hostNetwork")
    default void udpFromTheNode() {
        for (int node = 1; node <= 2; node++) {
            services().apply(udp().endpoint(node, 2));
            assertEquals("n" + node + "p2",
                    server(services().udp(TestCluster.node(1), 40_032, VIP, 80, "x")));
        }
    }

    private void udpLoadBalancer(int node, int pod) {
        services().apply(udp().spec("type: LoadBalancer").ingress(EXTERNAL, "VIP").endpoint(node, pod));
        assertEquals(ServiceCluster.name(node, pod), server(services().udp(outside(), 40_035, EXTERNAL, 80, "x")));
    }

    @Test
    @DisplayName("LoadBalancers should be able to preserve UDP traffic when server pod cycles for a LoadBalancer"
            + " service on different nodes, and on the same nodes")
    default void udpLoadBalancerCycles() {
        udpLoadBalancer(1, 2);
        udpLoadBalancer(2, 2);
        udpLoadBalancer(2, 1);
        udpLoadBalancer(1, 1);
    }

    @Test
    @DisplayName("Conntrack should be able to preserve UDP traffic when initial unready endpoints get ready")
    default void udpUnreadyGetsReady() {
        services().apply(udpNodePort().endpoint(2, 2, UNREADY));
        assertTrue(services().udp(CLIENT, 40_033, VIP, 80, "x").contains("refused"));
        assertTrue(services().udp(outside(), 40_033, "172.31.0.1", 30_082, "x").contains("refused"));
        services().apply(udpNodePort().endpoint(2, 2));
        assertEquals("n2p2", server(services().udp(CLIENT, 40_033, VIP, 80, "x")));
        assertEquals("n2p2", server(services().udp(outside(), 40_033, "172.31.0.1", 30_082, "x")));
    }

    @Test
    @DisplayName("Conntrack should be able to preserve UDP traffic when server pod cycles for a ClusterIP service with"
            + " InternalTrafficPolicy set to Local")
    default void udpInternalLocal() {
        final String local = "internalTrafficPolicy: Local";
        services().apply(udp().spec(local).endpoint(1, 2));
        assertEquals("n1p2", ask());
        services().apply(udp().spec(local).endpoint(1, 1));
        assertEquals("n1p1", ask());
        services().apply(udp().spec(local).endpoint(1, 2));
        assertEquals("n1p2", ask());
    }

    @Test
    @DisplayName("Conntrack should be able to preserve UDP traffic when UDP service target port changes")
    default void udpTargetPort() {
        services().apply(new ServiceYaml("udp").clusterIp(VIP).port("UDP", 80, 9, "").endpoint(2, 2));
        assertTrue(services().udp(CLIENT, 40_034, VIP, 80, "x").contains("refused"));
        services().apply(udp().endpoint(2, 2));
        assertEquals("n2p2", server(services().udp(CLIENT, 40_034, VIP, 80, "x")));
    }

    /** A packet that does not fit a connection must not reach the client under the endpoint's own address. */
    @Test
    @DisplayName("Conntrack should drop INVALID conntrack entries")
    default void invalidPackets() {
        services().apply(web().endpoint(2, 2));
        final Process client = services().converse(CLIENT, VIP, 80, "invalid");
        final String from = services().cluster.query(1, "flows").path("flows").path(0).path("client").asText();
        final String port = from.substring(from.lastIndexOf(':') + 1);
        services().cluster.net.scapy(TestCluster.pod(2, 2), """
                for n in range(20):
                    for flags in ('A', 'SA', 'PA'):
                        send(IP(src='%s', dst='%s')/TCP(sport=8080, dport=%s, flags=flags, seq=random.getrandbits(32),
                             ack=random.getrandbits(32), window=10)/Raw(b'boom'), iface='eth0')
                """.formatted(TestCluster.podAddress(2, 2, 4), TestCluster.podAddress(1, 1, 4), port));
        services().assertGoesOn(client, "invalid", "n2p2 .*");
    }

    @Test
    @DisplayName("LoadBalancers should have no disruption of running connections when their endpoint terminates")
    default void connectionsDrain() {
        services().apply(web().endpoint(2, 2));
        final Process client = services().converse(CLIENT, VIP, 80, "drain");
        services().apply(web().endpoint(2, 2, TERMINATING).endpoint(1, 2));
        assertEquals("n1p2", server(services().answer(CLIENT, VIP, 80)));
        services().apply(web().endpoint(1, 2));
        services().assertGoesOn(client, "drain", "n2p2 .*");
    }

    /** With the device, and so without anybody to tell the client; on the client's node and on another. */
    @Test
    @DisplayName("connections whose pod is gone are reset")
    default void podsGo() {
        final TestCluster cluster = services().cluster;
        final String script = services().script("hold.py");
        services().apply(web().endpoint(1, 2), nodePort().endpoint(2, 2));
        cluster.net.start(CLIENT, "gone1", "python3", script, VIP, "80");
        cluster.net.start(CLIENT, "gone2", "python3", script, "10.97.0.11", "80");
        cluster.net.start(outside(), "gone3", "python3", script, "172.31.0.1", "30080");
        final List<String> clients = List.of("gone1", "gone2", "gone3");
        TestNet.await("connections", () -> clients.stream().allMatch(one -> cluster.net.read(one).equals("open\n")));
        services().apply(web().endpoint(2, 1), nodePort().endpoint(2, 1));
        try {
            for (int node = 1; node <= 2; node++) {
                cluster.writeConfig(node, 1);
            }
            for (String client : clients) {
                TestNet.await("the end of " + client, () -> !cluster.net.read(client).equals("open\n"));
                assertEquals("open\nECONNRESET\n", cluster.net.read(client));
            }
        } finally {
            for (int node = 1; node <= 2; node++) {
                cluster.writeConfig(node, TestCluster.PODS);
            }
            for (int node = 1; node <= 2; node++) {
                cluster.awaitReady(node);
            }
        }
    }

    @Test
    @DisplayName("UDP from one source port stays with its endpoint")
    default void udpStays() {
        services().apply(everywhere(udp()));
        final List<String> first = services().udp(CLIENT, 40_400, 20, VIP, 80);
        ServiceScenarios.assertMatch("n[12]p[12] .*", first);
        assertTrue(first.stream().distinct().count() > 1, first::toString);
        for (int i = 0; i < 3; i++) {
            assertEquals(first, services().udp(CLIENT, 40_400, 20, VIP, 80));
        }
    }

    @Test
    @DisplayName("flows survive a crash of the switch")
    default void flowsSurviveACrash() {
        services().apply(nodePort().endpoint(2, 2));
        final Process pod = services().converse(CLIENT, "10.97.0.11", 80, "pod");
        final Process out = services().converse(outside(), "172.31.0.1", 30_080, "out");
        services().cluster.daemon(1).destroyForcibly();
        TestNet.await("the daemon's end", () -> !services().cluster.daemon(1).isAlive());
        services().cluster.startDaemon(1);
        services().cluster.awaitReady(1);
        services().assertGoesOn(pod, "pod", "n2p2 .*");
        services().assertGoesOn(out, "out", "n2p2 .*");
    }
}
