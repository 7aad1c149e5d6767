package dev.ringway.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.cni.Plugins.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C72, C22: an IPAM plugin of a few lines of shell, and the daemon; both write into one list what they did. */
class DelegateIT {
    private static final String ADDRESSES = "{\"cniVersion\":\"1.1.0\",\"ips\":[{\"address\":\"10.0.0.5/24\"}]}";

    @TempDir
    private Path temp;
    private FakeDaemon daemon;
    private Path events;

    @BeforeEach
    void start() throws IOException {
        events = Files.createFile(temp.resolve("events"));
        daemon = new FakeDaemon(temp.resolve("s"), request -> {
            note(request.replaceAll(".*\"command\":\"(\\w+)\".*", "daemon $1"));
            return FakeDaemon.result("{\"done\":true}");
        });
        ipam("");
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private void note(String event) {
        try {
            Files.writeString(events, event + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The plugin, with lines of shell that run before it succeeds. */
    private void ipam(String lines) throws IOException {
        final Path directory = temp.resolve("bin");
        Files.createDirectories(directory);
        final Path plugin = directory.resolve("addresses");
        final Path next = Files.writeString(directory.resolve("next"), """
                #!/bin/sh
                cat >%1$s/stdin
                env >%1$s/env
                echo "ipam $CNI_COMMAND" >>%1$s/events
                %2$s
                [ "$CNI_COMMAND" != ADD ] || echo '%3$s'
                """.formatted(temp, lines, ADDRESSES));
        assertTrue(next.toFile().setExecutable(true));
        Files.move(next, plugin, StandardCopyOption.REPLACE_EXISTING);
    }

    private String config() {
        return Plugins.config("1.1.0", temp.resolve("s"), "\"ipam\":{\"type\":\"addresses\",\"x\":[1]}");
    }

    private Outcome run(String command) {
        final Map<String, String> env = Plugins.environment(command);
        env.put("CNI_PATH", "/nowhere::" + temp.resolve("bin"));
        return Plugins.run(env, config());
    }

    private List<String> events() throws IOException {
        return Files.readAllLines(events);
    }

    @Test
    void addressesAreTakenBeforeThePodIsConnectedAndGivenToTheDaemon() throws IOException {
        assertEquals(new Outcome(0, "{\"done\":true}\n", ""), run("ADD"));
        assertEquals(List.of("ipam ADD", "daemon ADD"), events());
        assertTrue(daemon.onlyRequest().contains(",\"ipamResult\":" + ADDRESSES + ","), daemon.onlyRequest());
    }

    @Test
    void thePluginGetsOurEnvironmentAndTheFullConfiguration() throws IOException {
        run("ADD");
        assertEquals(config(), Files.readString(temp.resolve("stdin")));
        final List<String> env = Files.readAllLines(temp.resolve("env"));
        for (String line : List.of("CNI_COMMAND=ADD", "CNI_CONTAINERID=" + Plugins.CONTAINER, "CNI_IFNAME=eth0",
                "CNI_NETNS=/run/netns/pod", "CNI_PATH=/nowhere::" + temp.resolve("bin"))) {
            assertTrue(env.contains(line), line + " in " + env);
        }
    }

    @Test
    void addressesAreGivenBackOnceThePodIsDisconnected() throws IOException {
        assertEquals(new Outcome(0, "", ""), runQuietly("DEL"));
        assertEquals(List.of("daemon DEL", "ipam DEL"), events());
    }

    private Outcome runQuietly(String command) {
        final Outcome outcome = run(command);
        assertTrue(outcome.ok(), outcome.toString());
        return outcome;
    }

    @Test
    void checkGcAndStatusReachThePlugin() throws IOException {
        runQuietly("CHECK");
        runQuietly("GC");
        try (ReadyFile file = new ReadyFile(temp, true, "")) {
            assertEquals("", runQuietly("STATUS").out(), file.toString());
        }
        assertEquals(List.of("ipam CHECK", "daemon CHECK", "daemon GC", "ipam GC", "ipam STATUS"), events());
        assertEquals(config() + "\n\n", Files.readString(temp.resolve("stdin")), "through the launcher");
    }

    @Test
    void statusIsNotReadyWhenThePluginIsNot() throws IOException {
        ipam("echo '{\"cniVersion\":\"1.1.0\",\"code\":50,\"msg\":\"no addresses left\"}'; exit 1");
        try (ReadyFile file = new ReadyFile(temp, true, "")) {
            final Outcome outcome = run("STATUS");
            assertEquals(1, outcome.exit(), file.toString());
            assertEquals("50", outcome.get("code"));
            assertEquals("\"no addresses left\"", outcome.get("msg"));
        }
        final Outcome daemonFirst = run("STATUS");
        assertTrue(daemonFirst.get("msg").contains("does not forward"), daemonFirst.out());
    }

    @Test
    void whenTheDaemonRefusesTheAddressesGoBack() throws IOException {
        daemon.answer(request -> FakeDaemon.error(103, "no more devices", ""));
        final Outcome outcome = run("ADD");
        assertEquals("103", outcome.get("code"), outcome.toString());
        assertEquals(List.of("ipam ADD", "ipam DEL"), events());
    }

    @Test
    void whenTheDaemonIsNotThereTheAddressesGoBack() throws IOException {
        daemon.close();
        final Outcome outcome = run("ADD");
        assertEquals("11", outcome.get("code"), outcome.toString());
        assertEquals(List.of("ipam ADD", "ipam DEL"), events());
    }

    @Test
    void whenGivingBackFailsAsWellBothAreTold() throws IOException {
        daemon.answer(request -> FakeDaemon.error(103, "no more devices", "eth0"));
        ipam("[ $CNI_COMMAND = ADD ] || { echo '{\"code\":5,\"msg\":\"disk full\"}'; exit 1; }");
        final Outcome outcome = run("ADD");
        assertEquals("\"no more devices\"", outcome.get("msg"), outcome.toString());
        assertTrue(outcome.get("details").startsWith("\"eth0\\n") && outcome.get("details").contains("disk full"),
                outcome.out());
    }

    /** It may have connected the pod: an address that may be in use is not for somebody else; DEL gives it back. */
    @Test
    void whenItIsNotKnownWhatTheDaemonDidTheAddressesStay() throws IOException {
        daemon.answer(request -> null);
        assertEquals("11", run("ADD").get("code"));
        assertEquals(List.of("ipam ADD"), events());
    }

    @Test
    void whenTheDaemonCannotDisconnectTheAddressesStay() throws IOException {
        daemon.answer(request -> FakeDaemon.error(5, "device is busy", ""));
        assertEquals("5", run("DEL").get("code"));
        assertEquals(List.of(), events());
    }

    /** C61 */
    @Test
    void gcGoesOnAfterAnErrorAndTellsBoth() throws IOException {
        daemon.answer(request -> FakeDaemon.error(5, "one pod is stuck", ""));
        ipam("echo '{\"code\":7,\"msg\":\"disk full\"}'; exit 1");
        final Outcome outcome = run("GC");
        assertEquals("5", outcome.get("code"), outcome.toString());
        assertEquals("\"one pod is stuck\"", outcome.get("msg"));
        assertTrue(outcome.get("details").contains("disk full"), outcome.out());
        assertEquals(List.of("ipam GC"), events());
        ipam("");
        assertEquals("5", run("GC").get("code"));
    }

    @Test
    void thePluginsErrorIsOurs() throws IOException {
        ipam("echo some note >&2;"
                + " echo '{\"cniVersion\":\"1.1.0\",\"code\":11,\"msg\":\"none left\",\"details\":\"d\"}'; exit 1");
        final Outcome outcome = run("ADD");
        assertEquals("11", outcome.get("code"), outcome.toString());
        assertEquals("\"IPAM plugin \\\"addresses\\\": none left\"", outcome.get("msg"));
        assertEquals("\"d\"", outcome.get("details"));
        assertEquals("some note\n", outcome.err());
        assertEquals(List.of("ipam ADD"), events());
    }

    @Test
    void aPluginThatFailsWithoutWordsOrTalksNonsenseIsAnErrorToo() throws IOException {
        final String[][] table = {{"exit 3", "100"}, {"echo oops; exit 1", "100"}, {"echo '{}'; exit 1", "100"},
            {"echo '{\"code\":\"x\",\"msg\":\"y\"}'; exit 1", "100"}, {"kill -9 $$", "100"},
            {"echo oops; exit 0", "6"}};
        for (String[] row : table) {
            ipam(row[0]);
            final Outcome outcome = run("ADD");
            assertEquals(row[1], outcome.get("code"), row[0] + ": " + outcome);
            assertTrue(outcome.get("msg").contains("addresses"), outcome.out());
        }
        assertEquals(List.of(), daemon.requests());
    }
}
