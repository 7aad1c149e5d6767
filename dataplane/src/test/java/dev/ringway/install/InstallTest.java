package dev.ringway.install;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugin and network files, with a plugin of two lines in the place of the real one. */
class InstallTest {
    private static final String ANSWER = "echo '{\"supportedVersions\":[]}'";

    @TempDir
    private Path temp;

    private Path bin() {
        return temp.resolve("opt/cni/bin");
    }

    private Path network() {
        return temp.resolve("etc/cni/net.d/10-ringway.conflist");
    }

    private Path distribution(String build, String line) throws IOException {
        final Path cni = temp.resolve("dist-" + build);
        final Path runtime = Files.createDirectories(cni.resolve(".ringway-cni-" + build + "/lib"));
        Files.writeString(runtime.resolve("a.jar"), build);
        Files.setLastModifiedTime(runtime.resolve("a.jar"), FileTime.fromMillis(1_000_000_000_000L));
        Files.createSymbolicLink(runtime.resolve("link"), Path.of("a.jar"));
        final Path launcher = Files.writeString(cni.resolve("ringway-cni"),
                "#!/bin/sh\nbuild=" + build + "\n" + line + "\n");
        assertTrue(launcher.toFile().setExecutable(true));
        return cni;
    }

    private static Set<String> names(Path directory) throws IOException {
        final Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }

    @Test
    void executableAndItsDirectoryAreCopiedWithModesTimesAndLinks() throws IOException {
        assertEquals("1", new PluginFiles(bin()).install(distribution("1", ANSWER)));
        assertEquals(Set.of("ringway-cni", ".ringway-cni-1"), names(bin()));
        assertTrue(Files.isExecutable(bin().resolve("ringway-cni")));
        final Path lib = bin().resolve(".ringway-cni-1/lib");
        assertEquals(1_000_000_000_000L, Files.getLastModifiedTime(lib.resolve("a.jar")).toMillis());
        assertEquals(Path.of("a.jar"), Files.readSymbolicLink(lib.resolve("link")));
    }

    @Test
    void anUpgradeKeepsTheDirectoryBeforeItAndNoOlderOne() throws IOException {
        final PluginFiles plugin = new PluginFiles(bin());
        plugin.install(distribution("1", ANSWER));
        final Object first = Files.getAttribute(bin().resolve("ringway-cni"), "unix:ino");
        plugin.install(distribution("2", ANSWER));
        assertEquals(Set.of("ringway-cni", ".ringway-cni-1", ".ringway-cni-2"), names(bin()));
        assertFalse(first.equals(Files.getAttribute(bin().resolve("ringway-cni"), "unix:ino")), "written in place");
        plugin.install(distribution("3", ANSWER));
        assertEquals(Set.of("ringway-cni", ".ringway-cni-2", ".ringway-cni-3"), names(bin()));
        plugin.install(temp.resolve("dist-3"));
        assertEquals(Set.of("ringway-cni", ".ringway-cni-3"), names(bin()));
    }

    @Test
    void aPluginThatDoesNotWorkDoesNotReplaceTheOneThatDoes() throws IOException {
        final PluginFiles plugin = new PluginFiles(bin());
        plugin.install(distribution("1", ANSWER));
        final byte[] before = Files.readAllBytes(bin().resolve("ringway-cni"));
        final IOException refused = assertThrows(IOException.class,
                () -> plugin.install(distribution("2", "echo no libc; exit 1")));
        assertTrue(refused.getMessage().contains("no libc"), refused.getMessage());
        assertArrayEquals(before, Files.readAllBytes(bin().resolve("ringway-cni")));
    }

    @Test
    void aDistributionWithoutPluginIsRefusedAndOthersPluginsAreLeftAlone() throws IOException {
        Files.createDirectories(bin());
        Files.writeString(bin().resolve("bridge"), "");
        assertThrows(InstallException.class, () -> new PluginFiles(bin()).install(temp.resolve("nowhere")));
        new PluginFiles(bin()).install(distribution("1", ANSWER));
        new PluginFiles(bin()).uninstall();
        new PluginFiles(bin()).uninstall();
        assertEquals(Set.of("bridge"), names(bin()));
    }

    @Test
    void theNetworkIsForOldAndNewRuntimes() throws IOException {
        new NetworkFile(network()).install(null);
        final JsonNode network = new JsonMapper().readTree(network().toFile());
        assertEquals("1.0.0", network.path("cniVersion").asText());
        assertEquals(List.of("1.0.0", "1.1.0"), network.path("cniVersions").valueStream().map(JsonNode::asText)
                .toList());
        assertEquals("ringway", network.path("name").asText());
        final JsonNode plugin = network.path("plugins").path(0);
        assertEquals("ringway-cni", plugin.path("type").asText());
        assertTrue(plugin.path("socket").isMissingNode());
        for (String capability : List.of("portMappings", "bandwidth", "ips")) {
            assertTrue(plugin.path("capabilities").path(capability).asBoolean(), capability);
        }
        new NetworkFile(network()).install(Path.of("/run/x.sock"));
        assertEquals("/run/x.sock", new JsonMapper().readTree(network().toFile()).path("plugins").path(0)
                .path("socket").asText());
        assertEquals(Set.of("10-ringway.conflist"), names(network().getParent()));
    }

    /** containerd ignores the event of a rename (its issue 11715). */
    @Test
    void whoWatchesTheDirectorySeesAWriteToTheFile() throws IOException, InterruptedException {
        Files.createDirectories(network().getParent());
        try (WatchService watch = network().getFileSystem().newWatchService()) {
            network().getParent().register(watch, StandardWatchEventKinds.ENTRY_MODIFY);
            new NetworkFile(network()).install(null);
            final Set<Object> written = new HashSet<>();
            while (!written.contains(network().getFileName())) {
                final WatchKey key = watch.poll(60, TimeUnit.SECONDS);
                assertTrue(key != null, "no write to " + network() + ", only to " + written);
                key.pollEvents().stream().map(WatchEvent::context).forEach(written::add);
                key.reset();
            }
        }
    }

    @Test
    void onlyOurOwnNetworkIsRemoved() throws IOException {
        final NetworkFile file = new NetworkFile(network());
        file.uninstall();
        file.install(null);
        file.uninstall();
        assertFalse(Files.exists(network()));
        Files.writeString(network(), "{\"name\":\"x\",\"plugins\":[{\"type\":\"bridge\"}]}");
        assertThrows(InstallException.class, file::uninstall);
        assertTrue(Files.exists(network()));
    }
}
