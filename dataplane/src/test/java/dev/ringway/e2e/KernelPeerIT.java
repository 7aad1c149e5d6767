package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A Ringway node and a node with a Linux VXLAN device form one network. The kernel's side is set up as flannel does
 * (VNI 1, port 8472, learning off, static route, neighbour and FDB entry; its address is its pod range's network
 * address); IPv6 pods likewise, over the same IPv4 tunnel. Two tests take the static neighbour away so that ARP and
 * neighbour solicitations must be answered.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KernelPeerIT {
    private static final String KERNEL_POD = "10.245.2.10";
    private static final String RINGWAY_POD = "10.245.1.10";
    private static final String KERNEL_POD6 = "fd00:245:2::a";
    private static final String RINGWAY_POD6 = "fd00:245:1::a";
    private static final String KERNEL_MAC = "02:00:00:00:00:02";

    private TestNet net;
    private String ringway;
    private String ringwayPod;
    private String kernel;
    private String kernelPod;
    private Path socket;

    @BeforeAll
    void start() throws IOException {
        net = new TestNet();
        ringway = net.namespace("k1");
        ringwayPod = net.namespace("k1-p1");
        kernel = net.namespace("k2");
        kernelPod = net.namespace("k2-p1");
        net.cable(ringway, "eth0", kernel, "eth0", 1500);
        net.ip(ringway, "addr add 172.31.1.1/24 dev eth0");
        net.ip(kernel, "addr add 172.31.1.2/24 dev eth0");
        socket = net.directory().resolve("k/ringway.sock");
        final Path config = net.directory().resolve("k.yaml");
        Files.writeString(config, """
                node: one
                cluster:
                  podCidrs: [10.245.0.0/16, "fd00:245::/32"]
                  nodes:
                    - {name: one, address: 172.31.1.1, podCidrs: [10.245.1.0/24, "fd00:245:1::/64"]}
                    - {name: two, address: 172.31.1.2, podCidrs: [10.245.2.0/24, "fd00:245:2::/64"], mac: "%s"}
                encap: {type: vxlan, vni: 1, port: 8472}
                pods:
                  - {name: test/p1, netns: %s, addresses: [%s, "%s"]}
                control: {socket: %s}
                """.formatted(KERNEL_MAC, ringwayPod, RINGWAY_POD, RINGWAY_POD6, socket));
        final Process daemon = net.start(ringway, "daemon", TestCluster.launcher().toString(), "switch", "--config",
                config.toString());
        TestNet.await("the daemon", () -> {
            if (!daemon.isAlive()) {
                throw new AssertionError(net.read("daemon"));
            }
            final JsonNode status = query("status");
            return status != null && status.path("ready").asBoolean() && status.path("pods").asInt() == 1;
        });
        kernelNode(query("status").path("mac").asText());
    }

    private void kernelNode(String peerMac) {
        net.sysctl(kernel, "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        net.ip(kernel, "link add flannel.1 type vxlan id 1 dstport 8472 local 172.31.1.2 dev eth0 nolearning",
                "link set flannel.1 address " + KERNEL_MAC + " mtu 1450 up",
                "addr add 10.245.2.0/32 dev flannel.1",
                "route add 10.245.1.0/24 via 10.245.1.0 dev flannel.1 onlink",
                "neigh add 10.245.1.0 lladdr " + peerMac + " dev flannel.1 nud permanent",
                "link add cni0 mtu 1450 type bridge", "addr add 10.245.2.1/24 dev cni0", "link set cni0 up");
        net.ip(kernel, "addr add fd00:245:2::/128 dev flannel.1",
                "route add fd00:245:1::/64 via fd00:245:1:: dev flannel.1 onlink",
                "neigh add fd00:245:1:: lladdr " + peerMac + " dev flannel.1 nud permanent",
                "addr add fd00:245:2::1/64 dev cni0");
        TestNet.must("bridge", "-n", kernel, "fdb", "append", peerMac, "dev", "flannel.1", "dst", "172.31.1.1");
        // What flannel does not have: the way for questions to all, which two tests have it ask.
        TestNet.must("bridge", "-n", kernel, "fdb", "append", "00:00:00:00:00:00", "dev", "flannel.1", "dst",
                "172.31.1.1");
        net.cable(kernel, "p1", kernelPod, "eth0", 1450);
        net.ip(kernel, "link set p1 master cni0");
        net.ip(kernelPod, "addr add " + KERNEL_POD + "/24 dev eth0", "route add default via 10.245.2.1",
                "addr add " + KERNEL_POD6 + "/64 dev eth0", "route add default via fd00:245:2::1");
    }

    private JsonNode query(String op) {
        if (!Files.exists(socket)) {
            return null;
        }
        final TestNet.Result result =
                TestNet.run(TestCluster.launcher().toString(), op, "--json", "--socket", socket.toString());
        try {
            return result.ok() ? new ObjectMapper().readTree(result.out()) : null;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private void reaches(String from, String address, String... more) {
        final String[] command = new String[7 + more.length];
        System.arraycopy(new String[] {"ping", "-n", "-c", "1", "-W", "5"}, 0, command, 0, 6);
        System.arraycopy(more, 0, command, 6, more.length);
        command[command.length - 1] = address;
        final TestNet.Result result = net.in(from, command);
        assertTrue(result.ok(), from + " -> " + address + ": " + result.out());
    }

    @Test
    void podsPingEachOtherAtEverySize() {
        for (String size : new String[] {"1", "1000", "1422", "1423", "30000"}) {
            reaches(ringwayPod, KERNEL_POD, "-s", size);
            reaches(kernelPod, RINGWAY_POD, "-s", size);
        }
        reaches(ringwayPod, KERNEL_POD, "-M", "do", "-s", "1422");
        reaches(kernelPod, RINGWAY_POD, "-M", "do", "-s", "1422");
        for (String size : new String[] {"1", "1000", "1402", "1403", "30000"}) {
            reaches(ringwayPod, KERNEL_POD6, "-s", size);
            reaches(kernelPod, RINGWAY_POD6, "-s", size);
        }
    }

    @Test
    void nodesReachTheOthersPods() {
        reaches(ringway, KERNEL_POD);
        reaches(kernel, RINGWAY_POD);
        reaches(ringwayPod, "10.245.2.0");
        reaches(kernelPod, "10.245.1.1");
    }

    @Test
    void tcpCarriesBulkInBothDirections() {
        for (String to : new String[] {KERNEL_POD, KERNEL_POD + " -R", KERNEL_POD6, KERNEL_POD6 + " -R"}) {
            final Process server = net.start(kernelPod, "iperf", "iperf3", "-s", "-1");
            TestNet.await("iperf3", () -> net.shell(kernelPod, "ss -Hltn 'sport = :5201' | grep -q .").ok());
            final TestNet.Result result = net.shell(ringwayPod,
                    "timeout 60 iperf3 -n 200M -J -c " + to);
            assertTrue(result.ok(), result.out());
            assertTrue(result.out().contains("\"sum_received\""), result.out());
            TestNet.await("iperf3's end", () -> !server.isAlive());
        }
    }

    @Test
    void udpArrivesInBothDirections() {
        for (String[] pair : new String[][] {{ringwayPod, kernelPod, KERNEL_POD},
            {kernelPod, ringwayPod, RINGWAY_POD}}) {
            final Process echo = net.start(pair[1], "echo", "socat", "UDP4-RECVFROM:7003,fork", "EXEC:cat");
            TestNet.await("the echo", () -> net.shell(pair[1], "ss -Hlun 'sport = :7003' | grep -q .").ok());
            final TestNet.Result result = net.shell(pair[0],
                    "printf hello | timeout 10 socat -t 3 - UDP4:" + pair[2] + ":7003");
            net.stop(echo);
            assertEquals("hello", result.out());
        }
    }

    @Test
    void neighbourSolicitationsOfTheOverlayAreAnswered() {
        // On-link for the device, so the kernel asks for the pod's own address.
        net.ip(kernel, "route replace " + RINGWAY_POD6 + "/128 dev flannel.1");
        try {
            reaches(kernelPod, RINGWAY_POD6);
            final String neighbours = TestNet.must("ip", "-n", kernel, "neigh", "show", RINGWAY_POD6);
            assertTrue(neighbours.contains(query("status").path("mac").asText()), neighbours);
        } finally {
            TestNet.run("ip", "-n", kernel, "route", "del", RINGWAY_POD6 + "/128");
        }
    }

    @Test
    void arpOfTheOverlayIsAnswered() {
        net.ip(kernel, "neigh del 10.245.1.0 dev flannel.1");
        try {
            // On-link for the device: now the kernel asks for the pod's own address.
            net.ip(kernel, "route replace " + RINGWAY_POD + "/32 dev flannel.1");
            reaches(kernelPod, RINGWAY_POD);
            final String neighbours = TestNet.must("ip", "-n", kernel, "neigh", "show", RINGWAY_POD);
            assertTrue(neighbours.contains(query("status").path("mac").asText()), neighbours);
        } finally {
            TestNet.run("ip", "-n", kernel, "route", "del", RINGWAY_POD + "/32");
            net.ip(kernel, "neigh add 10.245.1.0 lladdr " + query("status").path("mac").asText()
                    + " dev flannel.1 nud permanent");
        }
    }
}
