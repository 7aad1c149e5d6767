package dev.ringway.control.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.linux.Inotify;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are read when writers do this and that, by the real kernel; it tells before the writer goes on. */
class FileEventsTest {
    @TempDir
    private Path directory;
    private FileEvents events;
    private FileWatch watch;
    private long nowMs = 1_000;

    @BeforeEach
    void open() throws Exception {
        events = new FileEvents(Inotify.open());
    }

    @AfterEach
    void close() {
        events.close();
    }

    private void watch(Path path) throws IOException {
        watch = new FileWatch(path, events);
        watch.look(nowMs);
        while (events.await(0)) {
            watch.look(nowMs);
        }
    }

    /** The names of the files that are read because of what the kernel has told. */
    private List<String> changed() throws IOException {
        return events.await(0) ? look() : List.of();
    }

    private List<String> look() throws IOException {
        return watch.look(nowMs).changed().stream().map(file -> file.getFileName().toString()).toList();
    }

    @Test
    void fileThatIsClosedOrMovedIntoPlaceIsReadAtOnce() throws Exception {
        final Path file = Files.writeString(directory.resolve("services.yaml"), "a");
        watch(file);
        assertFalse(events.await(0));
        Files.writeString(file, "b");
        assertEquals(List.of("services.yaml"), changed());
        assertEquals(List.of(), changed());
        final Path next = Files.writeString(directory.resolve("next"), "c");
        assertEquals(List.of(), changed());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        assertEquals(List.of("services.yaml"), changed());
        Files.writeString(file, "c");
        assertEquals(List.of("services.yaml"), changed(), "the same again may be another by the clock only");
    }

    @Test
    void fileThatSomebodyWritesIsReadWhenItIsClosedOrLongQuiet() throws Exception {
        final Path file = Files.writeString(directory.resolve("services.yaml"), "a");
        watch(file);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write('b');
            assertFalse(events.await(0));
            assertEquals(List.of(), look());
            nowMs += 2_000;
            assertEquals(List.of(), look());
            nowMs += 8_000;
            assertEquals(List.of("services.yaml"), look());
            out.write('c');
            assertEquals(List.of(), changed());
            assertEquals(List.of(), look());
        }
        assertEquals(List.of("services.yaml"), changed());
    }

    @Test
    void filesOfADirectory() throws Exception {
        Files.writeString(directory.resolve("a.yaml"), "a");
        watch(directory);
        Files.writeString(directory.resolve("notes.txt"), "n");
        Files.writeString(directory.resolve(".b.yaml.swp"), "n");
        assertEquals(List.of(), changed());
        Files.writeString(directory.resolve("b.yaml"), "b");
        assertEquals(List.of("b.yaml"), changed());
        Files.delete(directory.resolve("a.yaml"));
        assertTrue(events.await(0));
        final FileWatch.Look look = watch.look(nowMs);
        assertEquals(Set.of(directory.resolve("b.yaml")), look.files());
        assertEquals(Set.of(directory.resolve("a.yaml")), look.missing());
        nowMs += 1_000;
        assertEquals(Set.of(), watch.look(nowMs).missing());
    }

    @Test
    void fileBehindALinkInAnotherDirectory() throws Exception {
        final Path there = Files.createDirectory(directory.resolve("there"));
        final Path here = Files.createDirectory(directory.resolve("here"));
        final Path real = Files.writeString(there.resolve("real"), "a");
        watch(Files.createSymbolicLink(here.resolve("services.yaml"), real));
        Files.writeString(real, "b");
        assertEquals(List.of("services.yaml"), changed());
        Files.move(Files.writeString(there.resolve("next"), "c"), real, StandardCopyOption.ATOMIC_MOVE);
        assertEquals(List.of("services.yaml"), changed());
    }

    @Test
    void configMapVolume() throws Exception {
        for (String version : List.of("..v1", "..v2")) {
            Files.writeString(Files.createDirectory(directory.resolve(version)).resolve("services.yaml"), version);
        }
        final Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..v1"));
        Files.createSymbolicLink(directory.resolve("services.yaml"), Path.of("..data/services.yaml"));
        watch(directory.resolve("services.yaml"));
        Files.move(Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("..v2")), data,
                StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        assertEquals(List.of("services.yaml"), changed());
    }

    @Test
    void directoryThatComesLater() throws Exception {
        final Path path = directory.resolve("later/services.yaml");
        watch(path);
        Files.createDirectory(path.getParent());
        Files.writeString(path, "a");
        assertEquals(List.of(), look(), "there was nothing to watch");
        nowMs += 1_000;
        assertEquals(List.of("services.yaml"), look());
        Files.writeString(path, "b");
        assertEquals(List.of("services.yaml"), changed());
    }

    @Test
    void fileThatChangesWhileItIsReadIsReadAgain() throws Exception {
        final Path file = Files.writeString(directory.resolve("services.yaml"), "a");
        watch(file);
        Files.writeString(file, "bb");
        assertEquals(List.of("services.yaml"), changed());
        assertFalse(watch.changedMeanwhile(file));
        Files.writeString(file, "ccc");
        assertTrue(watch.changedMeanwhile(file));
        assertEquals(List.of("services.yaml"), changed());
        Files.move(Files.writeString(directory.resolve("next"), "dddd"), file, StandardCopyOption.ATOMIC_MOVE);
        assertFalse(watch.changedMeanwhile(file), "what was read was whole");
        assertEquals(List.of("services.yaml"), changed());
    }
}
