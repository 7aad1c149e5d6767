package dev.ringway.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.cni.Plugins.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line that reaches the daemon, and what becomes of its answers. */
class RequestIT {
    @TempDir
    private Path temp;
    private Path socket;
    private FakeDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        socket = temp.resolve("s");
        daemon = new FakeDaemon(socket, request -> FakeDaemon.DONE);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private Outcome run(String command) {
        return Plugins.run(Plugins.environment(command), Plugins.config("1.1.0", socket));
    }

    @Test
    void everythingTheDaemonNeedsIsInTheRequest() throws IOException {
        final Map<String, String> env = Plugins.environment("ADD");
        env.put("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAME=a\"b");
        assertTrue(Plugins.run(env, Plugins.config("0.4.0", socket)).ok());
        final String own = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        assertEquals("{\"v\":1,\"op\":\"cni\",\"args\":{\"command\":\"ADD\",\"containerId\":\"" + Plugins.CONTAINER
                + "\",\"netns\":\"/run/netns/pod\",\"ifname\":\"eth0\",\"args\":\"IgnoreUnknown=1;K8S_POD_NAME=a\\\"b\""
                + ",\"path\":\"/nowhere\",\"config\":" + Plugins.config("0.4.0", socket) + ",\"ownNetns\":\"" + own
                + "\"}}", daemon.onlyRequest());
    }

    /** C9 */
    @Test
    void theOwnNamespaceIsAllowedWhenTheRuntimeSaysSo() {
        for (String yes : List.of("1", "TRUE", "true")) {
            final Map<String, String> env = Plugins.environment("ADD");
            env.put("CNI_NETNS_OVERRIDE", yes);
            assertTrue(Plugins.run(env, Plugins.config("1.1.0", socket)).ok());
        }
        assertEquals(3, daemon.requests().size());
        assertEquals(List.of(), daemon.requests().stream().filter(line -> line.contains("ownNetns")).toList());
        final Map<String, String> env = Plugins.environment("DEL");
        env.put("CNI_NETNS_OVERRIDE", "0");
        assertTrue(Plugins.run(env, Plugins.config("1.1.0", socket)).ok());
        assertTrue(daemon.requests().getLast().contains("\"ownNetns\":\"net:["));
    }

    @Test
    void theConfigurationPassesAsItIsWrittenOnOneLine() {
        final String config = "{ \"cniVersion\" : \"1.1.0\",\r\n\t\"name\":\"n\", \"socket\":\"" + socket + "\",\n"
                + "\"a\" : [ 1.50e+3 , -0, 12345678901234567890, true,null ],\"b\":{ },"
                + "\"c\":\"two  blanks, \u00e9\u20ac\ud83d\ude00 and \\u0041\\n\\/\" }\n";
        assertTrue(Plugins.run(Plugins.environment("DEL"), config).ok());
        assertTrue(daemon.onlyRequest().contains("\"config\":{\"cniVersion\":\"1.1.0\",\"name\":\"n\",\"socket\":\""
                + socket + "\",\"a\":[1.50e+3,-0,12345678901234567890,true,null],\"b\":{},"
                + "\"c\":\"two  blanks, \u00e9\u20ac\ud83d\ude00 and \\u0041\\n\\/\"},\"ownNetns\""),
                daemon.onlyRequest());
    }

    /** C1, C73: the daemon knows the forms of results. */
    @Test
    void theResultIsPrintedAsTheDaemonWroteIt() {
        final String result = "{\"cniVersion\":\"0.2.0\",\"ip4\":{\"ip\":\"10.0.0.1/32\"},"
                + "\"x\":1.0,\"s\":\"\\u00e9\u00e9\"}";
        daemon.answer(request -> FakeDaemon.result(result));
        final Outcome outcome = run("ADD");
        assertEquals(result + "\n", outcome.out());
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exit());
    }

    @Test
    void aResultOfManyBytesArrivesWhole() {
        final String result = "{\"x\":\"" + "\u00e9".repeat(300_000) + "\"}";
        daemon.answer(request -> FakeDaemon.result(result));
        assertEquals(result + "\n", run("ADD").out());
    }

    /** C61: no output on success. */
    @Test
    void commandsWithoutResultPrintNothing() {
        for (String command : List.of("DEL", "CHECK", "GC")) {
            assertEquals(new Outcome(0, "", ""), run(command));
        }
        daemon.answer(request -> "{\"v\":1,\"ok\":true,\"result\":null}");
        assertEquals(new Outcome(0, "", ""), run("DEL"));
    }

    /** C74 */
    @Test
    void theDaemonsErrorIsTheErrorOfTheConfigurationsVersion() {
        daemon.answer(request -> FakeDaemon.error(3, "no such \\\"pod\\\"", "two\\nlines"));
        final Outcome outcome = Plugins.run(Plugins.environment("CHECK"), Plugins.config("0.4.0", socket));
        assertEquals(new Outcome(1, "{\"cniVersion\":\"0.4.0\",\"code\":3,\"msg\":\"no such \\\"pod\\\"\","
                + "\"details\":\"two\\nlines\"}\n", ""), outcome);
    }

    @Test
    void otherRefusalsOfTheDaemonHaveACodeOfTheirOwn() {
        final String form = "{\"v\":1,\"ok\":false,\"error\":{\"code\":\"%s\",\"message\":\"why\"}}";
        final String[][] table = {{"too-large", "7"}, {"bad-json", "7"}, {"forbidden", "5"}, {"unknown-op", "11"},
            {"internal", "999"}};
        for (String[] row : table) {
            daemon.answer(request -> form.formatted(row[0]));
            final Outcome outcome = run("ADD");
            assertEquals(row[1], outcome.get("code"), outcome.toString());
            assertEquals(1, outcome.exit());
        }
    }

    @Test
    void anAnswerThatIsNoneIsAnInternalError() {
        for (String answer : List.of("", "nonsense", "[]", "{}", "{\"ok\":false}",
                "{\"v\":1,\"ok\":false,\"error\":{\"cni\":{\"msg\":\"x\"}}}", "{\"ok\":true,\"ok\":true}")) {
            daemon.answer(request -> answer);
            final Outcome outcome = run("ADD");
            assertEquals("999", outcome.get("code"), answer + " " + outcome);
        }
    }

    /** The daemon has only so many connections at a time. */
    @Test
    void aBusyDaemonIsAskedAgain() {
        final AtomicInteger asked = new AtomicInteger();
        daemon.answer(request -> asked.incrementAndGet() < 4
                ? "{\"v\":1,\"ok\":false,\"error\":{\"code\":\"busy\",\"message\":\"x\"}}" : FakeDaemon.DONE);
        assertEquals(new Outcome(0, "", ""), run("DEL"));
        assertEquals(4, asked.get());
    }

    /** C12 */
    @Test
    void fiftyAtOnce() throws InterruptedException, ExecutionException {
        daemon.answer(request -> FakeDaemon.result("{\"ips\":[]}"));
        try (ExecutorService pool = Executors.newFixedThreadPool(50)) {
            final List<Future<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                final Map<String, String> env = Plugins.environment("ADD");
                env.put("CNI_CONTAINERID", "c" + i);
                outcomes.add(pool.submit(() -> Plugins.run(env, Plugins.config("1.0.0", socket))));
            }
            for (Future<Outcome> outcome : outcomes) {
                assertEquals(new Outcome(0, "{\"ips\":[]}\n", ""), outcome.get());
            }
        }
        assertEquals(50, daemon.requests().size());
    }

    @Test
    void withoutADaemonItIsTryAgainLater() throws IOException {
        daemon.close();
        for (String command : List.of("ADD", "DEL", "CHECK", "GC")) {
            final Outcome refused = run(command);
            assertEquals("11", refused.get("code"), refused.toString());
            assertTrue(refused.get("details").contains("Connection refused"), refused.out());
            assertTrue(refused.get("details").contains("ringway status --socket " + socket), refused.out());
        }
        Files.delete(socket);
        final Outcome absent = run("ADD");
        assertEquals("11", absent.get("code"), absent.toString());
        assertEquals("\"the Ringway daemon of this node is not running\"", absent.get("msg"));
        Files.createFile(socket);
        assertEquals("11", run("ADD").get("code"));
    }

    @Test
    void aDaemonThatEndsBeforeItAnswersIsTryAgainLater() {
        daemon.answer(request -> null);
        final Outcome outcome = run("ADD");
        assertEquals("11", outcome.get("code"), outcome.toString());
        assertEquals("\"the Ringway daemon ended before it answered\"", outcome.get("msg"));
    }
}
