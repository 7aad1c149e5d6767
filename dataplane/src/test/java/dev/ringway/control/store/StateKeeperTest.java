package dev.ringway.control.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the state is written, by a clock of the test's own. */
class StateKeeperTest {
    @TempDir
    private Path directory;
    private StateKeeper<JsonNode> keeper;
    private int written;

    @BeforeEach
    void open() {
        final StateFile<JsonNode> file =
                new StateFile<>(directory.resolve("state.json"), "Test", new StateFile.Nodes<>() {
                    @Override
                    public JsonNode read(JsonNode line) {
                        return line;
                    }

                    @Override
                    public ObjectNode write(JsonNode node) {
                        return (ObjectNode) node;
                    }
                });
        keeper = new StateKeeper<>(file, "node1", Runnable::run);
    }

    private int at(long nowMs) {
        keeper.tick(nowMs, () -> {
            written++;
            return new StateFile.State<>(List.of(), List.of(), List.of());
        });
        return written;
    }

    @Test
    void changesAreWrittenAMomentLaterAndNotAllTheTime() {
        assertEquals(0, at(0));
        keeper.changed();
        assertTrue(keeper.isBehind());
        assertEquals(0, at(1_000));
        keeper.changed();
        assertEquals(0, at(2_999));
        assertEquals(1, at(3_000), "more changes do not put it off");
        assertFalse(keeper.isBehind());
        keeper.changed();
        assertEquals(1, at(4_000));
        assertEquals(1, at(12_999));
        assertEquals(2, at(13_000));
        assertEquals(2, at(60_000), "nothing has changed");
        assertEquals(null, keeper.problem());
    }

    /** The disk may have room again, while nothing changes any more. */
    @Test
    void whatCouldNotBeWrittenIsTriedAgain() throws Exception {
        final Path inTheWay = Files.createDirectories(directory.resolve("state.json/x")).getParent();
        keeper.changed();
        assertEquals(0, at(0));
        assertEquals(1, at(2_000));
        assertNotNull(keeper.problem());
        assertTrue(keeper.isBehind());
        assertEquals(1, at(11_999));
        assertEquals(2, at(12_000));
        Files.delete(inTheWay.resolve("x"));
        Files.delete(inTheWay);
        assertEquals(3, at(22_000));
        assertNull(keeper.problem());
        assertFalse(keeper.isBehind());
        assertEquals(3, at(60_000));
    }
}
