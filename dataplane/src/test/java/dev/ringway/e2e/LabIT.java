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

    /** No namespace, no file, and no process: each names a file of the lab's. */
    private static void assertNothingIsLeft() {
        assertFalse(TestNet.must("ip", "netns", "list").lines().anyMatch(name -> name.startsWith("rw-")));
        assertFalse(Files.exists(STATE));
        assertEquals("", TestNet.run("pgrep", "-f", "ringway.agent.Main .*" + STATE + "/").out());
    }

    /** The lab's own advice, so that it is right. */
    private static String curl(String from, String url) {
        final TestNet.Result result = lab("exec", from, "curl", "-sS", "--max-time", "5", url);
        assertTrue(result.ok(), result.out());
        return result.out().strip();
    }

    private static void assertServiceAnswers() {
        for (String url : List.of("http://10.96.0.80/", "http://[fd00:96::50]/")) {
            assertTrue(curl("n1-p1", url).matches("n[123]-p1"));
            assertTrue(curl("node2", url).matches("n[123]-p1"));
        }
        for (String url : List.of("http://172.30.0.1:30080/", "http://[fd00:30::2]:30080/")) {
            assertTrue(curl("outside", url).matches("n[123]-p1"));
        }
    }

    @Test
    void inSteps() throws Exception {
        final JsonNode up = json(0, "up", "--nodes", "2", "--pods", "1", "--json");
        assertEquals("rw-node2", up.path("nodes").path(1).path("namespace").asText());
        final JsonNode pod = up.path("pods").path(1);
        assertEquals("rw-n2-p1", pod.path("namespace").asText());
        assertServiceAnswers();

        final JsonNode check = json(0, "check", "--seconds", "1", "--json");
        assertTrue(check.path("ok").asBoolean());
        // Two pods, two nodes and the outside to all others, but from outside to pods; IPv4 and IPv6.
        assertEquals(2 * (5 * 4 - 2), check.path("reachability").size(), check.path("reachability")::toString);
        for (JsonNode way : check.path("reachability")) {
            assertEquals(way.path("sent"), way.path("received"), way::toString);
        }
        assertSpread(check.path("service"));
        assertEquals("from", check.path("resolve").path(0).path("steps").path(0).path("stage").asText());

        final JsonNode status = json(0, "status", "--json");
        assertEquals(2, status.path("nodes").size());
        assertEquals("[\"node1\",\"node2\"]", status.path("service").path("pods").path(1).path("usedBy").toString());
        assertServiceAnswers();
        for (JsonNode address : pod.path("addresses")) {
            assertTrue(lab("exec", "n1-p1", "ping", "-c", "1", "-W", "3", address.asText()).ok());
        }
        assertEquals(7, lab("exec", "node1", "sh", "-c", "exit 7").exit());
        assertEquals(1, lab("exec", "n9-p9", "true").exit());
        assertEquals(2, lab("up", "--nodes", "none").exit());
    }

    /** Who asks what of each IP version, then the pod that is killed in the midst of its requests. */
    private static void assertSpread(JsonNode service) {
        final List<String> asked = new ArrayList<>();
        service.forEach(row -> asked.add(row.path("from").asText() + " " + row.path("to").asText() + " "
                + row.path("when").asText()));
        assertEquals(List.of("n1-p1 10.96.0.80:80 all serve", "node1 10.96.0.80:80 all serve",
                "node1 172.30.0.1:30080 all serve", "outside 172.30.0.1:30080 all serve",
                "outside 172.30.0.2:30080 all serve", "n1-p1 [fd00:96::50]:80 all serve",
                "node1 [fd00:96::50]:80 all serve", "node1 [fd00:30::1]:30080 all serve",
                "outside [fd00:30::1]:30080 all serve", "outside [fd00:30::2]:30080 all serve",
                "n1-p1 10.96.0.80:80 until n2-p1 is killed", "n1-p1 10.96.0.80:80 from then on",
                "n1-p1 10.96.0.80:80 its endpoint not ready", "n1-p1 10.96.0.80:80 it is back"), asked);
        final JsonNode killed = service.path(asked.size() - 3);
        // Half of them would fail if nothing ejected it.
        assertTrue(killed.path("requests").asInt() >= 60 && killed.path("failed").asInt() < 10, killed::toString);
        assertFalse(killed.path("answers").has("n2-p1"), killed::toString);
        assertTrue(service.path(asked.size() - 1).path("answers").has("n2-p1"), service::toString);
    }

    /** What was killed is told, and the next lab clears it away by itself, with what was not killed. */
    @Test
    void afterACrash() throws Exception {
        final JsonNode up = json(0, "up", "--nodes", "2", "--pods", "1", "--encap", "gre", "--ipv4-only", "--json");
        assertEquals(1, up.path("pods").path(0).path("addresses").size());
        for (JsonNode node : up.path("nodes")) {
            TestNet.must("kill", "-KILL", node.path("pid").asText());
        }
        TestNet.await("the switches' end", () -> lab("status").exit() == 1);
        final long webServer = up.path("service").path("pods").path(1).path("pid").asLong();
        assertTrue(ProcessHandle.of(webServer).isPresent());
        final JsonNode again = json(0, "up", "--nodes", "1", "--pods", "2", "--threading", "dedicated", "--json");
        assertEquals(1, again.path("nodes").size());
        assertFalse(TestNet.must("ip", "netns", "list").contains("rw-node2"));
        TestNet.await("the former lab's web server's end", () -> ProcessHandle.of(webServer).isEmpty());
        assertTrue(lab("exec", "n1-p1", "ping", "-c", "1", "-W", "3", "10.244.1.11").ok());

        TestNet.must("kill", "-KILL", again.path("service").path("pods").path(1).path("pid").asText());
        TestNet.await("the web server's end", () -> lab("status").exit() == 1);
        assertTrue(lab("status").out().contains("n1-p2: the web server does not run"));
    }

    /** The one command of the README: shows everything, stays, and takes all away when told to end. */
    @Test
    void untilCtrlC() throws Exception {
        // Whoever runs these tests in the background of a script has SIGINT ignored, and so would the lab.
        final Process lab = start("--default-signal=INT");
        try {
            awaitText(lab, "Ctrl-C");
            assertTrue(said().contains("PASSED") && said().contains("until n3-p1 is killed"), said());
            assertTrue(said().contains("ringway lab exec n1-p1 curl http://10.96.0.80/"), said());
            assertTrue(Files.isDirectory(STATE));
            assertServiceAnswers();
            assertTrue(lab("status").out().contains("Service lab/web"));
            end(lab, "-INT");
        } finally {
            lab.destroyForcibly();
        }
    }

    /** As a service manager ends it, or a script in whose background it runs, here in the midst of its work. */
    @Test
    void untilSigterm() throws Exception {
        final Process lab = start("--ignore-signal=INT", "--nodes", "2", "--pods", "1");
        try {
            awaitText(lab, "Service lab/web");
            end(lab, "-TERM");
        } finally {
            lab.destroyForcibly();
        }
    }

    private Process start(String signals, String... options) throws IOException {
        final List<String> all = new ArrayList<>(List.of("env", signals));
        all.addAll(List.of(command(options)));
        return new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(directory.resolve("lab").toFile())
                .start();
    }

    private String said() {
        return TestNet.text(directory.resolve("lab"));
    }

    private void awaitText(Process lab, String text) {
        TestNet.await(text, () -> {
            assertTrue(lab.isAlive(), this::said);
            return said().contains(text);
        });
    }

    private void end(Process lab, String signal) throws InterruptedException {
        TestNet.must("kill", signal, Long.toString(lab.pid()));
        assertTrue(lab.waitFor(30, TimeUnit.SECONDS), this::said);
        assertNothingIsLeft();
    }
}
