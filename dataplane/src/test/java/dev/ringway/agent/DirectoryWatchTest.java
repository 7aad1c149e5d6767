package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryWatchTest {
    @Test
    void tellsOfFilesThatAreMadeReplacedAndRemoved(@TempDir Path directory) throws Exception {
        final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        new DirectoryWatch(directory, () -> told.add("changed"));
        assertNull(told.poll());
        final Path file = directory.resolve("services.yaml");
        Files.writeString(file, "a");
        assertEquals("changed", told.poll(30, TimeUnit.SECONDS));
        settle(told);
        final Path next = Files.writeString(directory.resolve("next"), "b");
        settle(told);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        assertEquals("changed", told.poll(30, TimeUnit.SECONDS));
        settle(told);
        Files.delete(file);
        assertEquals("changed", told.poll(30, TimeUnit.SECONDS));
    }

    /** One change may be told in several parts. */
    private static void settle(BlockingQueue<String> told) throws InterruptedException {
        while (told.poll(300, TimeUnit.MILLISECONDS) != null) {
            Thread.onSpinWait();
        }
    }
}
