package dev.ringway.observe.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A counter and a gauge of each thing. */
class SeriesCapTest {
    private final SeriesCap cap = new SeriesCap(2);
    private final Map<String, long[]> shown = new HashMap<>();

    private int finish() {
        shown.clear();
        return cap.finish(1, (labels, values) -> shown.put(String.join("/", labels), values));
    }

    private void add(String name, long counter, long gauge) {
        cap.add(List.of("ns", name), counter, gauge);
    }

    @Test
    void whatIsTooManyIsAddedUp() {
        add("a", 1, 1);
        add("b", 2, 2);
        assertEquals(0, finish());
        assertArrayEquals(new long[] {2, 2}, shown.get("ns/b"));
        assertNull(shown.get("_overflow/_overflow"));
        add("a", 1, 1);
        add("b", 2, 2);
        add("c", 30, 3);
        add("d", 40, 4);
        assertEquals(2, finish());
        assertEquals(3, shown.size());
        assertArrayEquals(new long[] {70, 7}, shown.get("_overflow/_overflow"));
    }

    @Test
    void theSumNeverGoesBackAndNothingMoves() {
        add("a", 1, 1);
        add("b", 2, 2);
        finish();
        add("a", 1, 1);
        add("b", 2, 2);
        add("c", 30, 3);
        finish();
        // One that is shown goes: there is room for new ones, but what is in the sum stays there.
        add("b", 2, 2);
        add("c", 35, 1);
        add("e", 5, 5);
        assertEquals(1, finish());
        assertArrayEquals(new long[] {35, 1}, shown.get("_overflow/_overflow"));
        assertArrayEquals(new long[] {5, 5}, shown.get("ns/e"));
        add("b", 2, 2);
        assertEquals(0, finish());
        assertArrayEquals(new long[] {35, 0}, shown.get("_overflow/_overflow"));
    }

    @Test
    void countedAnewFromZero() {
        add("a", 1, 0);
        add("b", 1, 0);
        finish();
        add("a", 1, 0);
        add("b", 1, 0);
        add("c", 10, 0);
        finish();
        add("a", 1, 0);
        add("b", 1, 0);
        add("c", 4, 0);
        finish();
        assertArrayEquals(new long[] {14, 0}, shown.get("_overflow/_overflow"));
    }

    @Test
    void sameLabelsAreOneThing() {
        add("a", 1, 2);
        add("a", 3, 4);
        finish();
        assertArrayEquals(new long[] {4, 6}, shown.get("ns/a"));
    }
}
