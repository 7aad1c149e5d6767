package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
    @TempDir
    private Path directory;
    private LabFiles files;
    private Daemon daemon;

    @BeforeEach
    void create() {
        files = new LabFiles(directory);
        daemon = new Daemon("node1", files);
    }

    @Test
    void isKnownByTheEndOfItsCommandLine() {
        final List<String> own = List.of("switch", "--config", "/run/ringway-lab/node1.yaml");
        assertTrue(Daemon.isOurs(List.of("/opt/jdk/bin/java", "-Xmx96m", "dev.ringway.agent.Main", "switch",
                "--config", "/run/ringway-lab/node1.yaml"), own));
        assertTrue(Daemon.isOurs(List.of("sh", "/opt/ringway/bin/ringway", "switch", "--config",
                "/run/ringway-lab/node1.yaml"), own));
        assertFalse(Daemon.isOurs(List.of("java", "switch", "--config", "/run/ringway-lab/node10.yaml"), own));
        assertFalse(Daemon.isOurs(List.of("vi", "/run/ringway-lab/node1.yaml"), own));
        assertFalse(Daemon.isOurs(own, own));
        assertFalse(Daemon.isOurs(List.of(""), own));
    }

    @Test
    void anotherProgramWithThePidIsNotTouched() throws IOException, InterruptedException {
        final Process other = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(files.pid("node1"), other.pid() + "\n");
            assertEquals(0, daemon.pid());
            assertFalse(daemon.signal(true));
            assertTrue(other.isAlive());
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessWithTheCommandLineIsFoundAndEnded() throws IOException, InterruptedException {
        final Process switched = new ProcessBuilder("sh", "-c", "echo started; while :; do sleep 1; done", "switch",
                "--config", files.config("node1").toString()).start();
        try {
            assertEquals('s', switched.getInputStream().read());
            Files.writeString(files.pid("node1"), switched.pid() + "\n");
            assertEquals(List.of(daemon), files.daemons());
            assertEquals(switched.pid(), daemon.pid());
            assertTrue(daemon.signal(false));
            assertEquals(128 + 15, switched.waitFor());
            assertEquals(0, daemon.pid());
        } finally {
            switched.destroyForcibly().waitFor();
        }
    }

    @Test
    void aWebServerIsAnother() throws IOException, InterruptedException {
        final Daemon web = new Daemon("n1-p1", files);
        final Process server = new ProcessBuilder("sh", "-c", "echo started; while :; do sleep 1; done", "lab", "serve",
                "n1-p1", files.pid("n1-p1").toString()).start();
        try {
            assertEquals('s', server.getInputStream().read());
            Files.writeString(files.pid("n1-p1"), server.pid() + "\n");
            Files.writeString(files.pid("n1-p2"), server.pid() + "\n");
            assertEquals(server.pid(), web.pid());
            assertEquals(0, new Daemon("n1-p2", files).pid());
            assertFalse(web.isSwitch());
            assertTrue(daemon.isSwitch());
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void noPidFileOrHalfOfOneIsNoProcess() throws IOException {
        assertEquals(0, daemon.pid());
        Files.writeString(files.pid("node1"), "");
        assertEquals(0, daemon.pid());
        Files.writeString(files.pid("node1"), "x\n");
        assertEquals(0, daemon.pid());
    }

    @Test
    void theEndOfItsLogIsShown() throws IOException {
        assertTrue(daemon.logTail(2).contains("no log"));
        Files.writeString(files.log("node1"), "one\ntwo\nthree\n");
        assertEquals("    two\n    three", daemon.logTail(2));
        assertEquals("    one\n    two\n    three", daemon.logTail(9));
        Files.writeString(files.log("node1"), "");
        assertEquals("    (it wrote nothing)", daemon.logTail(2));
    }
}
