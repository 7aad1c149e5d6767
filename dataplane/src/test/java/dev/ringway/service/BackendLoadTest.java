package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BackendLoadTest {
    private final BackendLoad load = new BackendLoad(2, 10);

    @Test
    void countsTheFirstFlowOfABackendWhoseSlotIsBeyondWhatThereWasRoomFor() {
        final Backend far = Backends.backend(2_498, 1);
        load.opened(far.handle);
        assertEquals(1, load.live(far));
        load.ended(far.handle);
        assertEquals(0, load.live(far));
    }

    @Test
    void anotherBackendInTheSlotBeginsAnew() {
        final Backend before = Backends.backend(7, 1);
        final Backend after = new Backend(Handle.of(7, 2), 4, 10L << 56, 0, 8080, 1, false);
        load.opened(before.handle);
        load.failed(before.handle, 100);
        load.failed(before.handle, 100);
        assertTrue(load.isEjected(before));
        assertFalse(load.isEjected(after));
        load.opened(after.handle);
        assertEquals(1, load.live(after));
        assertEquals(0, load.live(before));
        assertEquals(0, load.ejected());
    }
}
