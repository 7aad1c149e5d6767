package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
    @TempDir
    private Path directory;

    @Test
    void isWantedAsLongAsThePidFileSaysSo() throws IOException {
        final Path file = directory.resolve("n1-p1.pid");
        assertFalse(ServeCommand.isWanted(file));
        final long own = ProcessHandle.current().pid();
        Files.writeString(file, own + "\n");
        assertTrue(ServeCommand.isWanted(file));
        Files.writeString(file, own + 1 + "\n");
        assertFalse(ServeCommand.isWanted(file));
    }
}
