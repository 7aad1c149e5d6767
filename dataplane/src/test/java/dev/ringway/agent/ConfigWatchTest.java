package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
    @TempDir
    private Path directory;

    @Test
    void aChangeIsReportedOnceAndWhenItHasSettled() throws IOException {
        final Path file = Files.writeString(directory.resolve("f"), "1");
        final ConfigWatch watch = new ConfigWatch(file);
        assertFalse(watch.changed());
        Files.writeString(file, "22");
        assertFalse(watch.changed());
        Files.writeString(file, "333");
        assertFalse(watch.changed());
        assertTrue(watch.changed());
        assertFalse(watch.changed());
    }

    @Test
    void replacedByRename() throws IOException {
        final Path file = Files.writeString(directory.resolve("f"), "1");
        final ConfigWatch watch = new ConfigWatch(file);
        final Path next = Files.writeString(directory.resolve("g"), "2");
        Files.setLastModifiedTime(next, Files.getLastModifiedTime(file));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        assertFalse(watch.changed());
        assertTrue(watch.changed());
    }

    /** As the kubelet updates a ConfigMap volume. */
    @Test
    void behindASymbolicLinkThatIsSwapped() throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve("v1")).resolve("f"), "1");
        Files.writeString(Files.createDirectory(directory.resolve("v2")).resolve("f"), "2");
        final Path link = Files.createSymbolicLink(directory.resolve("data"), Path.of("v1"));
        final ConfigWatch watch = new ConfigWatch(link.resolve("f"));
        Files.move(Files.createSymbolicLink(directory.resolve("tmp"), Path.of("v2")), link,
                StandardCopyOption.ATOMIC_MOVE);
        assertFalse(watch.changed());
        assertTrue(watch.changed());
    }

    @Test
    void goneForAWhileAndBackTheSame() throws IOException {
        final Path file = Files.writeString(directory.resolve("f"), "1");
        final ConfigWatch watch = new ConfigWatch(file);
        final Path away = Files.move(file, directory.resolve("g"));
        assertFalse(watch.changed());
        assertFalse(watch.changed());
        Files.move(away, file);
        assertFalse(watch.changed());
        assertFalse(watch.changed());
    }

    @Test
    void acknowledgedIsKnown() throws IOException {
        final Path file = Files.writeString(directory.resolve("f"), "1");
        final ConfigWatch watch = new ConfigWatch(file);
        Files.writeString(file, "22");
        watch.acknowledge();
        assertFalse(watch.changed());
        assertFalse(watch.changed());
    }
}
