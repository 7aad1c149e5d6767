package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** containerd on two nodes and {@code ctr run --cni}, as cni/README.md says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ContainerdIT {
    /** The parts that this needs; the others want what not every machine has. */
    private static final String CONFIG = """
            version = 2
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt",
                "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
                "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
                "io.containerd.tracing.processor.v1.otlp"]
            """;
    /** ctr asks for CPU shares by default, which a machine without cgroup controllers does not have. */
    private static final String RUN = "ctr run --cni --cpu-shares 0 ";

    private CniCluster cluster;

    @BeforeAll
    void start() throws IOException {
        cluster = new CniCluster("");
        final Path archive = archive();
        for (int n = 1; n <= 2; n++) {
            final Path config = Files.writeString(cluster.net.directory().resolve("containerd.toml"), CONFIG);
            final MiniHost host = cluster.host(n);
            host.start("containerd", "containerd", "--config", config.toString());
            TestNet.await("containerd", () -> host.run("ctr", "version").ok());
            host.must("ctr", "image", "import", archive.toString());
        }
    }

    /** The image in the form that ctr imports. */
    private Path archive() {
        final Path archive = cluster.net.directory().resolve("image.tar");
        final MiniHost host = cluster.host(1);
        host.must("podman", "import", "-q", DebianImage.tar().toString(), DebianImage.NAME);
        host.must("podman", "save", "-q", "--format", "oci-archive", "-o", archive.toString(), DebianImage.NAME);
        return archive;
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** In the foreground of a process of its own, as ctr disconnects only what it waits for. */
    private void web(int n, String name) {
        cluster.host(n).start(name, "sh", "-c", "exec " + RUN + "--rm " + DebianImage.NAME + " " + name
                + " sh -c 'mkdir /www && echo I am " + name
                + " >/www/index.html && exec busybox httpd -f -p 80 -h /www'");
        TestNet.await(name + " to run", () -> {
            assertTrue(cluster.host(n).isAlive(name), () -> cluster.host(n).log(name));
            return cluster.host(n).run("ctr", "task", "exec", "--exec-id", "probe", name, "curl", "-sS",
                    "http://127.0.0.1/").ok();
        });
    }

    private String curl(int n, String name, String url) {
        return cluster.host(n).must("ctr", "task", "exec", "--exec-id", "curl", name, "curl", "-sS", "--max-time", "20",
                url).strip();
    }

    private static String url(String address) {
        return "http://" + (address.contains(":") ? "[" + address + "]" : address) + "/";
    }

    @Test
    void containersOfBothNodesReachOneAnotherAndLeaveNothing() {
        web(1, "one");
        web(2, "two");
        final List<String> one = cluster.podAddresses(1);
        final List<String> two = cluster.podAddresses(2);
        assertEquals(2, one.size());
        assertEquals(2, two.size());
        for (String address : two) {
            assertEquals("I am two", curl(1, "one", url(address)));
        }
        for (String address : one) {
            assertEquals("I am one", curl(2, "two", url(address)));
        }
        cluster.host(1).must("ctr", "task", "kill", "-s", "KILL", "one");
        TestNet.await("container one to be disconnected", () -> cluster.podAddresses(1).isEmpty());
        assertEquals(2, cluster.podAddresses(2).size());
        cluster.host(2).must("ctr", "task", "kill", "-s", "KILL", "two");
        TestNet.await("container two to be disconnected", () -> cluster.podAddresses(2).isEmpty());
    }
}
