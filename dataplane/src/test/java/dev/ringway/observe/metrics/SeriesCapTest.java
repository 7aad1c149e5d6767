package dev.ringway.observe.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two counters of each thing. */
class SeriesCapTest {
    private static final String SUM = "sum";

    private SeriesCap<String> cap = SeriesCap.ofNames(2);
    private final Map<String, long[]> shown = new HashMap<>();

    private int finish() {
        shown.clear();
        return cap.finish((name, values) -> shown.put(name == null ? SUM : name, values));
    }

    @Test
    void whatIsTooManyIsAddedUp() {
        cap.add("a", 1, 1);
        cap.add("b", 2, 2);
        assertEquals(0, finish());
        assertArrayEquals(new long[] {2, 2}, shown.get("b"));
        assertNull(shown.get(SUM));
        cap.add("a", 1, 1);
        cap.add("b", 2, 2);
        cap.add("c", 30, 3);
        cap.add("d", 40, 4);
        assertEquals(2, finish());
        assertEquals(3, shown.size());
        assertArrayEquals(new long[] {70, 7}, shown.get(SUM));
        assertTrue(cap.isShown("a"));
        assertFalse(cap.isShown("c") || cap.isShown("x"));
    }

    @Test
    void theSumNeverGoesBackAndNothingMoves() {
        cap.add("a", 1, 1);
        cap.add("b", 2, 2);
        finish();
        cap.add("a", 1, 1);
        cap.add("b", 2, 2);
        cap.add("c", 30, 3);
        finish();
        // One that is shown goes: there is room for new ones, but what is in the sum stays there.
        cap.add("b", 2, 2);
        cap.add("c", 35, 3);
        cap.add("e", 5, 5);
        assertEquals(1, finish());
        assertArrayEquals(new long[] {35, 3}, shown.get(SUM));
        assertArrayEquals(new long[] {5, 5}, shown.get("e"));
        cap.add("b", 2, 2);
        assertEquals(0, finish());
        assertArrayEquals(new long[] {35, 3}, shown.get(SUM));
    }

    @Test
    void anotherOfTheSameNameCountsFromZero() {
        cap.add("a", 1, 0);
        cap.add("b", 1, 0);
        cap.add("c", 10, 0);
        finish();
        cap.add("a", 0, 0);
        cap.add("b", 1, 0);
        cap.add("c", 4, 0);
        finish();
        assertArrayEquals(new long[] {14, 0}, shown.get(SUM));
        assertArrayEquals(new long[] {0, 0}, shown.get("a"));
    }

    /** As when a flow ends between the reading of the counters and that of the open flows. */
    @Test
    void theSameThingNeverFalls() {
        cap = SeriesCap.ofHandles(1);
        final long[] zeros = {0, 0};
        cap.add("a", 5, 1);
        finish();
        cap.add("a", 3, 2);
        cap.add("b", 10, 10);
        finish();
        assertArrayEquals(new long[] {5, 2}, shown.get("a"));
        cap.add("a", zeros);
        cap.add("b", 7, 11);
        finish();
        assertArrayEquals(new long[] {5, 2}, shown.get("a"));
        assertArrayEquals(new long[] {10, 11}, shown.get(SUM));
        assertArrayEquals(new long[] {0, 0}, zeros, "never written");
        cap.add("a", 6, 6);
        cap.add("b", 12, 12);
        finish();
        assertArrayEquals(new long[] {6, 6}, shown.get("a"));
        assertArrayEquals(new long[] {12, 12}, shown.get(SUM));
    }

    @Test
    void sameNamesAreOneThing() {
        cap.add("a", 1, 2);
        cap.add("a", 3, 4);
        finish();
        assertArrayEquals(new long[] {4, 6}, shown.get("a"));
    }
}
