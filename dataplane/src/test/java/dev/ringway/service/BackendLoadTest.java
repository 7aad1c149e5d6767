package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BackendLoadTest {
    private static final int SERVICE = 77;

    private final BackendLoad load = new BackendLoad(2, 10);

    /** As others are told. */
    private int ejected() {
        load.tell(0);
        return load.ejections().size();
    }

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
        load.failed(before.handle, SERVICE, 100);
        load.failed(before.handle, SERVICE, 100);
        assertTrue(load.isEjected(before));
        assertFalse(load.isEjected(after));
        load.opened(after.handle);
        assertEquals(1, load.live(after));
        assertEquals(0, load.live(before));
        assertEquals(0, ejected());
    }

    /** After a while one flow tries an ejected backend; what becomes of that one decides. */
    @Test
    void ejectedBackendsAreTriedAgain() {
        final Backend one = Backends.backend(7, 1);
        load.opened(one.handle);
        load.failed(one.handle, SERVICE, 100);
        assertTrue(load.admits(one, 100));
        load.failed(one.handle, SERVICE, 100);
        assertFalse(load.mayAdmit(one, 109));
        assertFalse(load.admits(one, 109));
        assertTrue(load.mayAdmit(one, 110));
        assertTrue(load.admits(one, 110));
        assertFalse(load.admits(one, 110), "one flow only");
        load.failed(one.handle, SERVICE, 111);
        assertFalse(load.admits(one, 120));
        assertTrue(load.admits(one, 121));
        assertEquals(1, ejected());
        load.answered(one.handle);
        assertEquals(0, ejected());
        assertTrue(load.admits(one, 121));
        assertTrue(load.admits(one, 121));
    }
}
