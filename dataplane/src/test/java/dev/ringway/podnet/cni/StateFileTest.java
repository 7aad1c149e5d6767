package dev.ringway.podnet.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    @TempDir
    private Path parent;
    private Path directory;

    @BeforeEach
    void name() {
        directory = parent.resolve("state");
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        try (StateFile file = StateFile.open(directory, List.of())) {
            assertTrue(file.load().isEmpty());
            file.write(state("one"));
            file.sync();
        }
        assertEquals("one", load());
        assertEquals("{\"content\":\"one\",\"version\":1}", Files.readString(directory.resolve("state.json")));
    }

    @Test
    void oneDaemonAtATime() throws IOException {
        final StateFile file = StateFile.open(directory, List.of());
        final String told =
                assertThrows(IOException.class, () -> StateFile.open(directory, List.of())).getMessage();
        assertTrue(told.contains("is another running switch's"), told);
        file.close();
        StateFile.open(directory, List.of()).close();
    }

    /** Cut anywhere, it is refused, kept, and the one before it used. */
    @Test
    void aCutFile() throws IOException {
        for (int length = 0; length < "{\"content\":\"two\",\"version\":1}".length(); length++) {
            write("one", "two");
            final Path file = directory.resolve("state.json");
            final byte[] whole = Files.readAllBytes(file);
            Files.delete(file);
            Files.write(file, Arrays.copyOf(whole, length));
            assertEquals("one", load());
            assertEquals(length, Files.size(directory.resolve("state.json.broken")));
            assertFalse(Files.exists(file));
        }
    }

    @Test
    void bothBroken() throws IOException {
        write("one", "two");
        for (String name : List.of("state.json", "state.json.bak")) {
            Files.delete(directory.resolve(name));
            Files.writeString(directory.resolve(name), "[]");
        }
        final String told = assertThrows(IOException.class, this::load).getMessage();
        assertTrue(told.contains("state.json is broken") && told.contains("move them away"), told);
        assertTrue(Files.exists(directory.resolve("state.json")));
    }

    @Test
    void aFileThatIsOnlyHalfWrittenIsNotLookedAt() throws IOException {
        write("one");
        Files.writeString(directory.resolve("state.json.new"), "{\"content\":\"tw");
        assertEquals("one", load());
        write("three");
        assertEquals("three", load());
    }

    @Test
    void aNewerVersionIsRefused() throws IOException {
        write("one");
        Files.writeString(directory.resolve("state.json"), "{\"version\":2,\"content\":\"x\"}");
        final String told = assertThrows(IOException.class, this::load).getMessage();
        assertTrue(told.contains("is of version 2, made by a newer ringway; this one knows 1"), told);
        assertTrue(Files.readString(directory.resolve("state.json")).contains("\"version\":2"));
    }

    @Test
    void anOlderVersionIsMigrated() throws IOException {
        write("one");
        final UnaryOperator<ObjectNode> second = state -> state.put("content", state.path("content").asText() + "+2");
        final UnaryOperator<ObjectNode> third = state -> state.put("content", state.path("content").asText() + "+3");
        try (StateFile file = StateFile.open(directory, List.of(second, third))) {
            final ObjectNode state = file.load();
            assertEquals("one+2+3", state.path("content").asText());
            file.write(state);
        }
        assertTrue(Files.readString(directory.resolve("state.json")).contains("\"version\":3"));
        try (StateFile file = StateFile.open(directory, List.of(second, third))) {
            assertEquals("one+2+3", file.load().path("content").asText());
        }
    }

    @Test
    void contentThatIsNoState() throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("state.json"), "{\"version\":1,\"attachments\":[{\"ifname\":7}]}");
        try (StateFile file = StateFile.open(directory, List.of())) {
            final String told = assertThrows(IOException.class, () -> new AttachmentStore(file)).getMessage();
            assertTrue(told.contains("not understood") && told.contains("state.json"), told);
        }
    }

    private void write(String... contents) throws IOException {
        try (StateFile file = StateFile.open(directory, List.of())) {
            for (String content : contents) {
                file.write(state(content));
            }
        }
    }

    private String load() throws IOException {
        try (StateFile file = StateFile.open(directory, List.of())) {
            return file.load().path("content").asText();
        }
    }

    private static ObjectNode state(String content) {
        return CniRig.JSON.createObjectNode().put("content", content);
    }
}
