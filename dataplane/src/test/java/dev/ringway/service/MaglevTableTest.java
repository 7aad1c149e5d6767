package dev.ringway.service;

import static dev.ringway.service.Backends.backends;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Evenness and disruption: what the paper promises, counted over all entries. */
class MaglevTableTest {
    private static int[] counts(MaglevTable table, int backends) {
        final int[] counts = new int[backends];
        for (int i = 0; i < MaglevTable.ENTRIES; i++) {
            counts[table.entry(i)]++;
        }
        return counts;
    }

    /** Backends take turns, so that with equal weights nobody has more than one entry more than another. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10, 100, 1000})
    void even(int backends) {
        final int[] counts = counts(new MaglevTable(backends(backends)), backends);
        assertEquals(MaglevTable.ENTRIES / backends, Arrays.stream(counts).min().orElseThrow());
        assertEquals((MaglevTable.ENTRIES + backends - 1) / backends, Arrays.stream(counts).max().orElseThrow());
    }

    /** One that comes takes its part of the entries; of the rest, less than one in a hundred moves between others. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10, 100, 1000})
    void fewMoveWhenOneComes(int backends) {
        final Backend[] after = backends(backends + 1);
        final Backend[] before = Arrays.copyOf(after, backends);
        final MaglevTable without = new MaglevTable(before);
        final MaglevTable with = new MaglevTable(after);
        int taken = 0;
        int moved = 0;
        for (int i = 0; i < MaglevTable.ENTRIES; i++) {
            if (with.entry(i) == backends) {
                taken++;
            } else if (with.entry(i) != without.entry(i)) {
                moved++;
            }
        }
        assertEquals(MaglevTable.ENTRIES / (backends + 1), taken, 1);
        final double percent = 100.0 * moved / MaglevTable.ENTRIES;
        assertTrue(percent < 1, percent + " % moved");
    }

    /** The entries of the one that goes must move; of the others', less than one in a hundred does. */
    @ParameterizedTest
    @ValueSource(ints = {3, 5, 10, 100, 1000})
    void fewMoveWhenOneGoes(int backends) {
        final Backend[] before = backends(backends);
        final int gone = backends / 2;
        final Backend[] after = new Backend[backends - 1];
        System.arraycopy(before, 0, after, 0, gone);
        System.arraycopy(before, gone + 1, after, gone, backends - gone - 1);
        final MaglevTable with = new MaglevTable(before);
        final MaglevTable without = new MaglevTable(after);
        int moved = 0;
        for (int i = 0; i < MaglevTable.ENTRIES; i++) {
            if (with.entry(i) != gone && before[with.entry(i)] != after[without.entry(i)]) {
                moved++;
            }
        }
        final double percent = 100.0 * moved / MaglevTable.ENTRIES;
        assertTrue(percent < 1, percent + " % moved");
    }
}
