package dev.ringway.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExpiryWheelTest {
    private static final int DAY_S = 86_400;

    private final FlowMemory memory = FlowMemory.anonymous(4);
    private final ExpiryWheel wheel = new ExpiryWheel(memory.entries(), 0);

    @AfterEach
    void close() {
        memory.close();
    }

    /** The one entry that a walk comes to at a time; true if its deadline then is worth a move. */
    private boolean isDeferred(int nowS, int deadlineS) {
        assertEquals(-1, wheel.due(nowS));
        wheel.begin();
        assertEquals(0, wheel.next());
        return wheel.defer(0, deadlineS);
    }

    /** What lasts longer than the ring is would be moved in every second, by every packet that looks for room. */
    @Test
    void farDeadlinesAreNotMovedAllTheTime() {
        wheel.link(0, 120);
        assertTrue(isDeferred(1, 1 + DAY_S), "noted as new, established since");
        int moves = 0;
        for (int nowS = 2; nowS < 1000; nowS++) {
            moves += isDeferred(nowS, nowS + DAY_S) ? 1 : 0;
        }
        assertEquals(998 / 61, moves);
    }

    @Test
    void nearDeadlinesAreMovedIfThatIsWorthIt() {
        wheel.link(0, 30);
        assertFalse(isDeferred(1, 30));
        assertFalse(isDeferred(2, 90));
        assertTrue(isDeferred(3, 91));
        assertFalse(isDeferred(4, 91));
        wheel.unlink(0);
        wheel.begin();
        assertEquals(-1, wheel.next());
    }
}
