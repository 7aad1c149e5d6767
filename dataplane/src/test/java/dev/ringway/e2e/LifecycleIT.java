package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A daemon's start, reload, crash and stop, and what each leaves behind. */
final class LifecycleIT {
    private static String links(String namespace) {
        return TestNet.must("ip", "-n", namespace, "-br", "link");
    }

    private static String tables(TestCluster cluster, int n) {
        return cluster.net.in(TestCluster.node(n), "nft", "list", "tables").out();
    }

    @Test
    void aCleanStopLeavesNothing() {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan())) {
            assertTrue(links(TestCluster.node(1)).contains("ringway0"));
            assertTrue(links(TestCluster.pod(1, 1)).contains("eth0"));
            assertTrue(tables(cluster, 1).contains("ringway"));
            cluster.stopDaemon(1);
            assertFalse(links(TestCluster.node(1)).contains("ringway0"));
            assertFalse(links(TestCluster.pod(1, 1)).contains("eth0"));
            assertFalse(tables(cluster, 1).contains("ringway"));
            assertFalse(Files.exists(cluster.socket(1)));
            final String routes = TestNet.must("ip", "-n", TestCluster.node(1), "route", "show", "table", "all");
            assertFalse(routes.contains("10.245."), routes);
            cluster.startDaemon(1);
            cluster.awaitReady(1);
            assertTrue(cluster.ping(TestCluster.pod(1, 1), TestCluster.podAddress(2, 1, 4)).ok());
        }
    }

    /** What direct return needs of the kernel is there as long as it is wanted. */
    @Test
    void policyRoutingIsPutBack() throws IOException {
        try (TestCluster cluster = new TestCluster(TestCluster.Options.vxlan().everyNode("outsideClients: direct"))) {
            final String before = rules();
            cluster.startDaemon(1);
            cluster.awaitReady(1);
            assertEquals(before.replace("0: all local", "90: all 21079 100: all local"), rules());
            final Path config = cluster.configFile(1);
            final String direct = Files.readString(config);
            Files.writeString(config, direct.replace("outsideClients: direct", "outsideClients: keep"));
            TestNet.await("the kernel's own rules", () -> rules().equals(before));
            Files.writeString(config, direct);
            TestNet.await("rules of ours", () -> !rules().equals(before));
            cluster.daemon(1).destroyForcibly();
            TestNet.await("the daemon's end", () -> !cluster.daemon(1).isAlive());
            assertFalse(rules().equals(before));
            cluster.startDaemon(1);
            cluster.awaitReady(1);
            cluster.stopDaemon(1);
            assertEquals(before, rules());
        }
    }

    /** Of both IP versions: priority, source and table of each. */
    private static String rules() {
        return (TestNet.must("ip", "-n", TestCluster.node(1), "-4", "-j", "rule") + TestNet.must("ip", "-n",
                TestCluster.node(1), "-6", "-j", "rule")).replaceAll("\\{\"priority\":(\\d+),\"src\":\"(\\w+)\"[^}]*,"
                + "\"table\":\"(\\w+)\"}[,\\]]?", "$1: $2 $3 ");
    }

    @Test
    void keptDevicesAreAdoptedAgain() {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan().extra("cleanup: keep\n"))) {
            final String before = TestNet.must("ip", "-n", TestCluster.pod(1, 1), "-j", "addr", "show", "eth0");
            cluster.stopDaemon(1);
            assertEquals(index(before),
                    index(TestNet.must("ip", "-n", TestCluster.pod(1, 1), "-j", "addr", "show", "eth0")));
            cluster.startDaemon(1);
            cluster.awaitReady(1);
            assertEquals(index(before),
                    index(TestNet.must("ip", "-n", TestCluster.pod(1, 1), "-j", "addr", "show", "eth0")));
            assertTrue(cluster.ping(TestCluster.pod(1, 1), TestCluster.podAddress(2, 1, 6)).ok());
        }
    }

    private static String index(String json) {
        return json.replaceAll("(?s).*\"ifindex\":(\\d+).*", "$1");
    }

    /** Killed without warning: pods keep their devices and addresses, and a connection goes on with the next daemon. */
    @Test
    void aCrashCutsNoConnection() throws IOException {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan())) {
            final String server = TestCluster.pod(2, 1);
            cluster.net.start(server, "talk", "socat", "TCP4-LISTEN:7005,reuseaddr", "EXEC:cat");
            TestNet.await("the server", () -> cluster.net.shell(server, "ss -Hltn 'sport = :7005' | grep -q .").ok());
            final Process client = cluster.net.start(TestCluster.pod(1, 1), "client", "bash", "-c",
                    "exec 3<>/dev/tcp/" + TestCluster.podAddress(2, 1, 4) + "/7005; "
                            + "for i in $(seq 1 100); do echo line$i >&3; read -t 30 -u 3 a || exit 1; echo $a; "
                            + "sleep 0.05; done; echo complete");
            TestNet.await("the first lines", () -> cluster.net.read("client").contains("line10\n"));
            cluster.daemon(1).destroyForcibly();
            TestNet.await("the daemon's end", () -> !cluster.daemon(1).isAlive());
            assertTrue(links(TestCluster.pod(1, 1)).contains("eth0"));
            cluster.startDaemon(1);
            cluster.awaitReady(1);
            TestNet.await("the client's end", () -> !client.isAlive());
            assertTrue(cluster.net.read("client").contains("line100\ncomplete"), cluster.net.read("client"));
        }
    }

    @Test
    void aReloadLosesNoPacketOfOtherPods() {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan())) {
            final Process ping = cluster.net.start(TestCluster.pod(1, 1), "ping", "ping", "-q", "-n", "-i", "0.005",
                    "-c", "800", TestCluster.podAddress(2, 1, 4));
            for (int i = 0; i < 3; i++) {
                cluster.writeConfig(1, 1);
                TestNet.run("kill", "-HUP", Long.toString(cluster.query(1, "status").path("pid").asLong()));
                TestNet.await("the pod to go", () -> cluster.query(1, "pods").size() == 1);
                assertTrue(cluster.ping(TestCluster.pod(2, 1), TestCluster.podAddress(1, 2, 4)).out()
                        .contains("Unreachable"));
                // This time the daemon notices the changed file by itself.
                cluster.writeConfig(1, TestCluster.PODS);
                TestNet.await("the pod to come back", () -> cluster.query(1, "pods").size() == TestCluster.PODS);
                assertTrue(cluster.ping(TestCluster.pod(2, 1), TestCluster.podAddress(1, 2, 4)).ok());
            }
            TestNet.await("ping's end", () -> !ping.isAlive());
            assertTrue(cluster.net.read("ping").contains(" 0% packet loss"), cluster.net.read("ping"));
        }
    }

    @Test
    void aBrokenFileKeepsTheOldState() throws IOException {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan())) {
            Files.writeString(cluster.configFile(1), "node: node1\nclutser: {}\n");
            TestNet.await("the complaint", () -> cluster.net.read("daemon1").contains("clutser"));
            assertTrue(cluster.ping(TestCluster.pod(1, 1), TestCluster.podAddress(2, 1, 4)).ok());
            assertEquals(TestCluster.PODS, cluster.query(1, "pods").size());
        }
    }

    @Test
    void aPodWhoseNamespaceGoesTakesNobodyWithIt() {
        try (TestCluster cluster = TestCluster.start(TestCluster.Options.vxlan())) {
            cluster.net.deleteNamespace(TestCluster.pod(1, 2));
            assertTrue(cluster.ping(TestCluster.pod(1, 1), TestCluster.podAddress(2, 1, 4)).ok());
            // The open device keeps the namespace alive in the kernel until the daemon lets go of it.
            TestNet.await("the pod to be unreachable", () -> cluster.ping(TestCluster.pod(2, 1),
                    TestCluster.podAddress(1, 2, 4)).out().contains("Unreachable"));
            assertTrue(cluster.daemon(1).isAlive());
            assertEquals(0, cluster.drops(1, "INTERNAL"));
        }
    }
}
