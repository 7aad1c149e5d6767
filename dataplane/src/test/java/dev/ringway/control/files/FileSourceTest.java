package dev.ringway.control.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.NodeView;
import dev.ringway.service.Balance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thread that follows files: it tells, and the one that polls never waits for it. */
class FileSourceTest {
    private static final long PATIENCE_S = 30;

    @TempDir
    private Path directory;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private static String services(int count) {
        final StringBuilder text = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            text.append("---\nkind: Service\nmetadata: {name: s").append(i).append("}\nspec: {clusterIP: 10.96.0.")
                    .append(i).append(", ports: [{port: 80}]}\n");
        }
        return text.toString();
    }

    private FileSource open(Path path) {
        final FileSource source = new FileSource(path, directory.resolve("state/file.json"),
                new NodeView("node1", "", List.of(), List.of(), null, null), Balance.RANDOM);
        source.start(() -> told.add("noticed"), () -> told.add("news"));
        return source;
    }

    private void awaitNews() throws InterruptedException {
        String next = told.poll(PATIENCE_S, TimeUnit.SECONDS);
        while (!"news".equals(next)) {
            assertNotNull(next, "nothing was told");
            next = told.poll(PATIENCE_S, TimeUnit.SECONDS);
        }
    }

    @Test
    void startKnowsWhatFilesSayAndChangesAreTold() throws Exception {
        final Path file = Files.writeString(directory.resolve("services.yaml"), services(1));
        try (FileSource source = open(file)) {
            assertEquals(1, source.poll().table().size());
            awaitNews();
            assertNull(source.poll());
            told.clear();
            Files.writeString(file, services(2));
            assertEquals("noticed", told.poll(PATIENCE_S, TimeUnit.SECONDS));
            awaitNews();
            assertEquals(2, source.poll().table().size());
            Files.writeString(file, "");
            awaitNews();
            assertNull(source.poll());
            assertFalse(source.sourceState().current());
            assertTrue(source.warnings().getFirst().contains("holds no Service"), source.warnings()::toString);
        }
        try (FileSource again = open(file)) {
            assertEquals(2, again.poll().table().size(), "close has kept it");
            assertTrue(again.sourceState().kept());
        }
    }

    /** What it says goes on under its new name, without a moment in which there are two of everything. */
    @Test
    void fileThatGetsAnotherName() throws Exception {
        final Path watched = Files.createDirectory(directory.resolve("watched"));
        Files.writeString(watched.resolve("a.yaml"), services(2));
        Files.writeString(watched.resolve("b.yaml"), "kind: List\nitems: []\n");
        try (FileSource source = open(watched)) {
            awaitNews();
            assertEquals(2, source.poll().table().size());
            told.clear();
            Files.move(watched.resolve("a.yaml"), watched.resolve("c.yaml"));
            awaitNews();
            assertEquals(List.of(), source.warnings());
            Files.writeString(watched.resolve("next"), services(3));
            Files.move(watched.resolve("next"), watched.resolve("c.yaml"), StandardCopyOption.REPLACE_EXISTING);
            awaitNews();
            assertEquals(3, source.poll().table().size());
        }
    }

    /** Opening a pipe for reading waits for somebody who writes. */
    @Test
    void pipeStopsNobody() throws Exception {
        final Path pipe = directory.resolve("services.yaml");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        try (FileSource source = open(pipe)) {
            final Compiled none = source.poll();
            assertEquals(0, none.table().size());
            assertTrue(source.warnings().getFirst().endsWith("such are not read"), source.warnings()::toString);
            awaitNews();
            Files.move(Files.writeString(directory.resolve("next"), services(3)), pipe,
                    StandardCopyOption.REPLACE_EXISTING);
            awaitNews();
            assertEquals(3, source.poll().table().size());
        }
    }
}
