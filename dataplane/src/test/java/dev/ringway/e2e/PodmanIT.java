package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** podman on two nodes, with the network that install-cni has installed, as cni/README.md says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PodmanIT {
    /** What cni/README.md has people write. */
    private static final String AS_DOCUMENTED = """
            [network]
            network_backend = "cni"
            default_network = "ringway"
            """;
    /** What machines without cgroup controllers, such as a CI runner's container, need besides. */
    private static final String HERE = """
            [containers]
            cgroups = "disabled"
            seccomp_profile = "unconfined"
            log_driver = "k8s-file"
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "none"
            runtime = "crun"
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    private CniCluster cluster;

    @BeforeAll
    void start() throws IOException {
        cluster = new CniCluster("");
        for (int n = 1; n <= 2; n++) {
            Files.writeString(cluster.host(n).path("/etc/containers").resolve("containers.conf"), AS_DOCUMENTED + HERE);
            cluster.host(n).must("podman", "import", "-q", DebianImage.tar().toString(), DebianImage.NAME);
        }
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void removeContainers() {
        for (int n = 1; n <= 2; n++) {
            cluster.host(n).must("podman", "rm", "-f", "-t", "0", "-a");
            assertEquals(List.of(), cluster.podAddresses(n));
        }
    }

    private void web(int n, String name, String... options) {
        cluster.host(n).shell("podman run -d --name " + name + " " + String.join(" ", options) + " "
                + DebianImage.NAME + " sh -c 'mkdir -p /www && echo I am " + name
                + " >/www/index.html && exec busybox httpd -f -p 80 -h /www'");
    }

    private JsonNode network(int n, String name) throws IOException {
        return JSON.readTree(cluster.host(n).must("podman", "inspect", name)).path(0).path("NetworkSettings")
                .path("Networks").path("ringway");
    }

    private String curl(int n, String name, String url) {
        return cluster.host(n).must("podman", "exec", name, "curl", "-sS", "--retry", "20", "--retry-connrefused",
                "--retry-delay", "1", "--max-time", "20", url).strip();
    }

    @Test
    void containersOfBothNodesReachOneAnother() throws IOException {
        web(1, "one");
        web(2, "two");
        final JsonNode one = network(1, "one");
        final JsonNode two = network(2, "two");
        assertTrue(one.path("IPAddress").asText().startsWith("10.246.1."), one.toString());
        assertTrue(two.path("GlobalIPv6Address").asText().startsWith("fd00:246:2:"), two.toString());
        assertEquals("I am two", curl(1, "one", "http://" + two.path("IPAddress").asText() + "/"));
        assertEquals("I am two", curl(1, "one", "http://[" + two.path("GlobalIPv6Address").asText() + "]/"));
        assertEquals("I am one", curl(2, "two", "http://" + one.path("IPAddress").asText() + "/"));
        assertEquals("I am one", curl(2, "two", "http://[" + one.path("GlobalIPv6Address").asText() + "]/"));
        assertEquals(2, cluster.podAddresses(1).size(), "one container with an address of each version");
    }

    @Test
    void containersOfOneNodeReachOneAnother() throws IOException {
        web(1, "one");
        web(1, "other");
        assertEquals("I am other", curl(1, "one", "http://" + network(1, "other").path("IPAddress").asText() + "/"));
    }

    /** Published ports are the daemon's own work: no plugin is chained for them. */
    @Test
    void publishedPortsAreReachedFromTheOtherNode() {
        web(1, "one", "-p 8080:80");
        web(2, "two");
        assertEquals("I am one", curl(2, "two", "http://172.31.0.1:8080/"));
        assertEquals("I am one", cluster.host(2).must("curl", "-sS", "--max-time", "20", "http://172.31.0.1:8080/")
                .strip());
        cluster.host(1).must("podman", "rm", "-f", "-t", "0", "one");
        assertFalse(cluster.host(2).run("curl", "-sS", "--max-time", "5", "http://172.31.0.1:8080/").ok());
    }

    @Test
    void aRestartedContainerIsConnectedAgain() throws IOException {
        web(1, "one");
        web(2, "two");
        cluster.host(1).must("podman", "restart", "-t", "0", "one");
        assertEquals("I am two", curl(1, "one", "http://" + network(2, "two").path("IPAddress").asText() + "/"));
        assertEquals(2, cluster.podAddresses(1).size());
    }

    @Test
    void containersStayConnectedWhileTheSwitchIsReplaced() throws IOException {
        web(1, "one");
        web(2, "two");
        final String before = network(1, "one").path("IPAddress").asText();
        cluster.signalSwitch(1, "KILL");
        assertFalse(cluster.host(1).run("podman", "run", "--rm", DebianImage.NAME, "true").ok());
        cluster.startSwitch(1);
        cluster.awaitReady(1);
        assertEquals("I am one", curl(2, "two", "http://" + before + "/"));
        cluster.host(1).must("podman", "run", "--rm", DebianImage.NAME, "true");
    }
}
