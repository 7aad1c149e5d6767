package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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

    private void eject(Backend backend, int nowS) {
        load.failed(backend.handle, SERVICE, nowS);
        load.failed(backend.handle, SERVICE, nowS);
    }

    /** What others are told, as handles and times. */
    private Map<Integer, Integer> told() {
        final Map<Integer, Integer> all = new TreeMap<>();
        final Ejections ejections = load.ejections();
        for (int i = 0; i < ejections.size(); i++) {
            all.put(ejections.handle(i), ejections.retryAtS(i));
            assertEquals(SERVICE, ejections.service(i));
            assertEquals(i, ejections.find(ejections.handle(i)));
        }
        return all;
    }

    @Test
    void othersAreToldWhoAtOnceAndWhenOnceASecond() {
        final Backend one = Backends.backend(7, 1);
        final Backend two = Backends.backend(8, 1);
        eject(one, 100);
        assertEquals(Map.of(), told());
        load.tell(100);
        assertEquals(Map.of(one.handle, 110), told());
        final Ejections before = load.ejections();
        load.tell(100);
        assertSame(before, load.ejections(), "nothing has changed");
        load.failed(one.handle, SERVICE, 100);
        load.tell(101);
        assertSame(before, load.ejections(), "the same time again");
        load.failed(one.handle, SERVICE, 101);
        load.tell(100);
        assertSame(before, load.ejections(), "times wait for the next second");
        load.tell(101);
        assertEquals(Map.of(one.handle, 111), told());
        assertTrue(load.admits(one, 111));
        eject(two, 101);
        load.tell(101);
        assertEquals(Map.of(one.handle, 121, two.handle, 111), told());
    }

    /** Any number of them, in any order. */
    @Test
    void asASetWouldHaveThem() {
        final Random random = new Random(5);
        final Map<Integer, Integer> oracle = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            final Backend one = Backends.backend(random.nextInt(40), 1);
            if (random.nextInt(3) == 0) {
                load.answered(one.handle);
                oracle.remove(one.handle);
            } else {
                eject(one, step);
                oracle.put(one.handle, step + 10);
            }
            assertEquals(oracle.containsKey(one.handle), load.isEjected(one));
        }
        load.tell(0);
        assertEquals(oracle, told());
        final BackendLoad copy = new BackendLoad(load.ejections());
        for (int slot = 0; slot < 40; slot++) {
            final Backend one = Backends.backend(slot, 1);
            assertEquals(load.isEjected(one), copy.isEjected(one));
            assertEquals(load.mayAdmit(one, 15_000), copy.mayAdmit(one, 15_000));
        }
    }

    @Test
    void whatIsListedNoMoreIsForgotten() {
        final Backend one = Backends.backend(7, 1);
        final Backend two = Backends.backend(8, 1);
        eject(one, 100);
        eject(two, 100);
        load.forgetGone(ServiceTable.EMPTY.change().put(two, ServiceTable.SERVING).build());
        load.tell(100);
        assertEquals(Map.of(two.handle, 110), told());
    }

    @Test
    void whoNeverEjectsTellsNothing() {
        final BackendLoad never = new BackendLoad(0, 10);
        final Backend one = Backends.backend(7, 1);
        for (int i = 0; i < 5; i++) {
            never.failed(one.handle, SERVICE, 100);
        }
        never.tell(100);
        assertEquals(0, never.ejections().size());
        assertTrue(never.admits(one, 100));
    }
}
