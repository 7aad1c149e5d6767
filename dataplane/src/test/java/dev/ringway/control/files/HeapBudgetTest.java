package dev.ringway.control.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HeapBudgetTest {
    private static final long MIB = 1 << 20;
    /** As the JVM divides -Xmx192m: two thirds for what lives long. */
    private final HeapBudget budget = new HeapBudget(186 * MIB, 128 * MIB);

    @Test
    void whatLivesLongAndWhatIsThereForAMoment() {
        assertTrue(budget.hasRoomFor(94 * MIB, 94 * MIB));
        assertFalse(budget.hasRoomFor(95 * MIB, 95 * MIB), "85 % of 128 MiB, less 14 MiB for all else");
        assertTrue(budget.hasRoomFor(90 * MIB, 144 * MIB));
        assertFalse(budget.hasRoomFor(90 * MIB, 145 * MIB), "85 % of 186 MiB");
    }

    @Test
    void wishIsGranted() {
        final String wish = budget.wish(200 * MIB, 220 * MIB);
        assertEquals("needs about 384 MiB of heap with what is in force, and the JVM has 186; set"
                + " RINGWAY_JAVA_OPTS=-Xmx384m", wish);
        assertTrue(new HeapBudget(384 * MIB * 29 / 30, 256 * MIB).hasRoomFor(200 * MIB, 220 * MIB));
    }

    @Test
    void thisProcessHasRoomForSomething() {
        assertTrue(HeapBudget.ofThisProcess().longBytes() <= HeapBudget.ofThisProcess().heapBytes());
        assertTrue(HeapBudget.ofThisProcess().hasRoomFor(MIB, MIB));
    }
}
