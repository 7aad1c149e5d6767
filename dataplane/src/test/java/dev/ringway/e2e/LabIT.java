package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab as people and scripts use it, by its commands. */
final class LabIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path STATE = Path.of("/run/ringway-lab");

    @TempDir
    private Path directory;

    @AfterEach
    void down() {
        assertTrue(lab("down").ok());
        assertNothingIsLeft();
    }

    private static String[] command(String... arguments) {
        final List<String> all = new ArrayList<>(List.of(TestCluster.launcher().toString(), "lab"));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private static TestNet.Result lab(String... arguments) {
        return TestNet.run(command(arguments));
    }

    /** What it prints as JSON, without what is for people. */
    private JsonNode json(int exit, String... arguments) throws IOException, InterruptedException {
        final Path said = directory.resolve("said");
        final Process process = new ProcessBuilder(command(arguments)).redirectError(said.toFile()).start();
        final JsonNode read = JSON.readTree(process.getInputStream());
        assertEquals(exit, process.waitFor(), () -> read + "\n" + TestNet.text(said));
        return read;
    }

    private static void assertNothingIsLeft() {
        assertFalse(TestNet.must("ip", "netns", "list").lines().anyMatch(name -> name.startsWith("rw-")));
        assertFalse(Files.exists(STATE));
    }

    @Test
    void inSteps() throws Exception {
        final JsonNode up = json(0, "up", "--nodes", "2", "--pods", "1", "--json");
        assertEquals("rw-node2", up.path("nodes").path(1).path("namespace").asText());
        final JsonNode pod = up.path("pods").path(1);
        assertEquals("rw-n2-p1", pod.path("namespace").asText());

        final JsonNode check = json(0, "check", "--seconds", "1", "--json");
        assertTrue(check.path("ok").asBoolean());
        // Two pods, two nodes and the outside to all others, but from outside to pods; IPv4 and IPv6.
        assertEquals(2 * (5 * 4 - 2), check.path("reachability").size(), check.path("reachability")::toString);
        for (JsonNode way : check.path("reachability")) {
            assertEquals(way.path("sent"), way.path("received"), way::toString);
        }

        assertEquals(2, json(0, "status", "--json").path("nodes").size());
        for (JsonNode address : pod.path("addresses")) {
            assertTrue(lab("exec", "n1-p1", "ping", "-c", "1", "-W", "3", address.asText()).ok());
        }
        assertEquals(7, lab("exec", "node1", "sh", "-c", "exit 7").exit());
        assertEquals(1, lab("exec", "n9-p9", "true").exit());
        assertEquals(2, lab("up", "--nodes", "none").exit());
    }

    /** What was killed is told, and the next lab clears it away by itself. */
    @Test
    void afterACrash() throws Exception {
        final JsonNode up = json(0, "up", "--nodes", "2", "--pods", "1", "--encap", "gre", "--ipv4-only", "--json");
        assertEquals(1, up.path("pods").path(0).path("addresses").size());
        for (JsonNode node : up.path("nodes")) {
            TestNet.must("kill", "-KILL", node.path("pid").asText());
        }
        TestNet.await("the switches' end", () -> lab("status").exit() == 1);
        final JsonNode again = json(0, "up", "--nodes", "1", "--pods", "2", "--threading", "dedicated", "--json");
        assertEquals(1, again.path("nodes").size());
        assertFalse(TestNet.must("ip", "netns", "list").contains("rw-node2"));
        assertTrue(lab("exec", "n1-p1", "ping", "-c", "1", "-W", "3", "10.244.1.11").ok());
    }

    /** The one command of the README: shows everything, stays, and takes all away when told to end. */
    @Test
    void untilCtrlC() throws Exception {
        final Path said = directory.resolve("lab");
        final Process lab = new ProcessBuilder(command("--nodes", "2", "--pods", "1")).redirectErrorStream(true)
                .redirectOutput(said.toFile()).start();
        try {
            TestNet.await("the lab", () -> {
                assertTrue(lab.isAlive(), () -> TestNet.text(said));
                return TestNet.text(said).contains("Ctrl-C");
            });
            assertTrue(TestNet.text(said).contains("PASSED"), TestNet.text(said));
            assertTrue(Files.isDirectory(STATE));
            TestNet.must("kill", "-INT", Long.toString(lab.pid()));
            assertTrue(lab.waitFor(30, TimeUnit.SECONDS), () -> TestNet.text(said));
            assertNothingIsLeft();
        } finally {
            lab.destroyForcibly();
        }
    }
}
