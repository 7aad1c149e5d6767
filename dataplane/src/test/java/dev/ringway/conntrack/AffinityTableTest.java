package dev.ringway.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Session affinity: how long, of whom, and what gives way. */
class AffinityTableTest {
    private static final int SERVICE = 7;
    private static final int TIMEOUT_S = 10;

    private final AffinityTable table = new AffinityTable();

    private int find(long client, int service, int nowS) {
        return table.find(4, client, 0, service, TIMEOUT_S, nowS);
    }

    @Test
    void untilTheTimeoutAfterTheLastConnection() {
        assertEquals(0, find(1, SERVICE, 100));
        table.put(4, 1, 0, SERVICE, 55, 100);
        assertEquals(55, find(1, SERVICE, 109));
        assertEquals(0, find(1, SERVICE, 110));
        table.put(4, 1, 0, SERVICE, 55, 109);
        assertEquals(55, find(1, SERVICE, 118), "a new connection begins the time anew");
        table.put(4, 1, 0, SERVICE, 66, 118);
        assertEquals(66, find(1, SERVICE, 119));
    }

    @Test
    void clientsServicesAndVersionsApart() {
        table.put(4, 1, 0, SERVICE, 55, 100);
        assertEquals(0, find(2, SERVICE, 100));
        assertEquals(0, find(1, SERVICE + 1, 100));
        assertEquals(0, table.find(6, 1, 0, SERVICE, TIMEOUT_S, 100));
        assertEquals(0, table.find(4, 1, 1, SERVICE, TIMEOUT_S, 100));
    }

    /** The clock of seconds is an int that comes round. */
    @Test
    void clockComesRound() {
        table.put(4, 1, 0, SERVICE, 55, Integer.MAX_VALUE);
        assertEquals(55, find(1, SERVICE, Integer.MIN_VALUE + 5));
        assertEquals(0, find(1, SERVICE, Integer.MIN_VALUE + 9));
    }

    /** More clients than there is room for: the newest are known. */
    @Test
    void fullTableForgetsTheOldest() {
        final int clients = 1_000_000;
        for (int i = 0; i < clients; i++) {
            table.put(4, i, 0, SERVICE, 1 + i, i / 100_000);
        }
        int known = 0;
        for (int i = clients - 10_000; i < clients; i++) {
            final int handle = find(i, SERVICE, 9);
            assertTrue(handle == 0 || handle == 1 + i);
            known += handle == 0 ? 0 : 1;
        }
        assertTrue(known > 8_500, known + " of the newest 10000");
    }
}
