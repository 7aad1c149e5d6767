package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabFilesTest {
    @TempDir
    private Path parent;
    private LabFiles files;

    @BeforeEach
    void create() throws IOException {
        files = new LabFiles(parent.resolve("lab"));
        Files.createDirectory(files.directory());
    }

    @Test
    void allOfItGoes() throws IOException {
        Files.writeString(files.state(), "{}");
        Files.writeString(files.log("node1"), "text");
        assertTrue(files.hasLeftovers());
        files.remove(false);
        assertFalse(Files.exists(files.directory()));
        assertFalse(files.hasLeftovers());
        files.remove(false);
    }

    @Test
    void logsStayAfterAFailureAndAreNoLeftover() throws IOException {
        Files.writeString(files.state(), "{}");
        Files.writeString(files.pid("node1"), "1");
        Files.writeString(files.log("node1"), "text");
        files.remove(true);
        assertEquals("text", Files.readString(files.log("node1")));
        assertFalse(Files.exists(files.state()));
        assertFalse(files.hasLeftovers());
    }

    @Test
    void processesOfAnyEarlierRunAreFoundByTheirPidFiles() throws IOException {
        for (String name : List.of("node2.pid", "n12-p3.pid", "node1.pid", "node3.log", "other.pid", "node4.pid.old",
                "n1.pid")) {
            Files.writeString(files.directory().resolve(name), "1");
        }
        assertEquals(List.of("the web server of n12-p3", "the switch of node1", "the switch of node2"),
                files.daemons().stream().map(Daemon::text).toList());
    }

    @Test
    void theLockIsHeldOnceAndGivenBack() {
        final LabLock first = LabLock.take(files);
        assertThrows(OverlappingFileLockException.class, () -> LabLock.take(files));
        first.close();
        LabLock.take(files).close();
        assertTrue(Files.exists(files.lock()));
        files.remove(false);
        LabLock.takeForCheck(new LabFiles(parent)).close();
        assertTrue(Files.exists(files.lock()), "removed with the directory, another could lock a file of its name");
    }
}
