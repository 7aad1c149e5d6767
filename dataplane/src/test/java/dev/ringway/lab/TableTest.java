package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        final Table table = new Table(List.of("node", "pid", "up"));
        table.add(List.of("node1", "4711", ""));
        table.add(List.of("n", "1", "12 s"));
        assertEquals("  node    pid    up\n"
                + "  node1  4711\n"
                + "  n         1  12 s\n", table.text());
    }

    @Test
    void rowsOfAnotherLengthAreRefused() {
        final Table table = new Table(List.of("a", "b"));
        assertThrows(IllegalArgumentException.class, () -> table.add(List.of("1")));
    }
}
