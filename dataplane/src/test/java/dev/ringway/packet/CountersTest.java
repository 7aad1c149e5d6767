package dev.ringway.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Counters count what they are told, each by itself, and another thread sees it. */
class CountersTest {
    @Test
    void dropsByReason() {
        final DropCounters counters = new DropCounters();
        for (DropReason reason : DropReason.values()) {
            counters.add(reason, reason.ordinal());
            counters.count(reason);
        }
        long total = 0;
        for (DropReason reason : DropReason.values()) {
            assertEquals(reason.ordinal() + 1, counters.get(reason));
            total += reason.ordinal() + 1;
        }
        assertEquals(total, counters.total());
    }

    @Test
    void reasonsSayWhat() {
        final Set<String> labels = new HashSet<>();
        for (int i = 0; i < DropReason.count(); i++) {
            final DropReason reason = DropReason.of(i);
            assertEquals(i, reason.ordinal());
            assertFalse(reason.label().isBlank());
            assertTrue(labels.add(reason.label()), reason + " has the label of another");
        }
    }

    @Test
    void traffic() {
        final TrafficCounters counters = new TrafficCounters();
        counters.received(2, 3000);
        counters.received(1, 60);
        counters.sent(44, 64000);
        counters.dropped();
        assertEquals(3, counters.rxPackets());
        assertEquals(3060, counters.rxBytes());
        assertEquals(44, counters.txPackets());
        assertEquals(64000, counters.txBytes());
        assertEquals(1, counters.drops());
    }

    @Test
    void anotherThreadSeesThemGrow() throws InterruptedException {
        final DropCounters counters = new DropCounters();
        final int count = 1_000_000;
        final Thread writer = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                counters.count(DropReason.NO_ROUTE);
            }
        });
        writer.start();
        long seen = 0;
        while (seen < count) {
            final long now = counters.get(DropReason.NO_ROUTE);
            assertTrue(now >= seen && now <= count, now + " after " + seen);
            seen = now;
            Thread.onSpinWait();
        }
        writer.join();
    }
}
