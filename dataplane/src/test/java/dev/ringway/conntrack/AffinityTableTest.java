package dev.ringway.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Session affinity: how long, of whom, what gives way, and what outlives the process. */
class AffinityTableTest {
    private static final long SERVICE = 7;
    private static final int TIMEOUT_S = 10;

    private final AffinityTable table = new AffinityTable();

    @AfterEach
    void close() {
        table.close();
    }

    private int find(long client, long service, int nowS) {
        final long entry = table.find(client, 0, service, TIMEOUT_S, nowS);
        return entry == 0 ? 0 : table.handle(entry);
    }

    private void put(long client, int handle, int nowS) {
        table.put(client, 0, SERVICE, handle, 0x0AF4_0101L << 32, 0, 8080, nowS);
    }

    @Test
    void untilTheTimeoutAfterTheLastConnection() {
        assertEquals(0, find(1, SERVICE, 100));
        put(1, 55, 100);
        assertEquals(55, find(1, SERVICE, 109));
        assertEquals(0, find(1, SERVICE, 110));
        put(1, 55, 109);
        assertEquals(55, find(1, SERVICE, 118), "a new connection begins the time anew");
        put(1, 66, 118);
        assertEquals(66, find(1, SERVICE, 119));
    }

    @Test
    void clientsAndServicesApart() {
        put(1, 55, 100);
        assertEquals(0, find(2, SERVICE, 100));
        assertEquals(0, find(1, SERVICE + 1, 100));
        assertEquals(0, table.find(1, 1, SERVICE, TIMEOUT_S, 100));
    }

    /** The clock of seconds is an int that comes round. */
    @Test
    void clockComesRound() {
        put(1, 55, Integer.MAX_VALUE);
        assertEquals(55, find(1, SERVICE, Integer.MIN_VALUE + 5));
        assertEquals(0, find(1, SERVICE, Integer.MIN_VALUE + 9));
    }

    /** More clients than there is room for: the newest are known. */
    @Test
    void fullTableForgetsTheOldest() {
        final int clients = 1_000_000;
        for (int i = 0; i < clients; i++) {
            put(i, 1 + i, i / 100_000);
        }
        int known = 0;
        for (int i = clients - 10_000; i < clients; i++) {
            final int handle = find(i, SERVICE, 9);
            assertTrue(handle == 0 || handle == 1 + i);
            known += handle == 0 ? 0 : 1;
        }
        assertTrue(known > 8_500, known + " of the newest 10000");
    }

    /** The next daemon has other handles and knows the backend by its address; the clock is the machine's. */
    @Test
    void outlivesTheProcess(@TempDir Path directory) throws IOException {
        final Path file = directory.resolve("affinities");
        try (AffinityTable before = AffinityTable.open(file)) {
            before.put(1, 2, SERVICE, 55, 3, 4, 8080, 100);
        }
        try (AffinityTable after = AffinityTable.open(file)) {
            final long entry = after.find(1, 2, SERVICE, TIMEOUT_S, 105);
            assertEquals(0, after.handle(entry));
            assertEquals(3, AffinityTable.backendHi(entry));
            assertEquals(4, AffinityTable.backendLo(entry));
            assertEquals(8080, AffinityTable.backendPort(entry));
            assertEquals(0, after.find(1, 2, SERVICE, TIMEOUT_S, 110));
            assertEquals(0, after.find(1, 2, SERVICE, TIMEOUT_S, 50), "from before the machine was started");
            after.put(1, 2, SERVICE, 66, 3, 4, 8080, 106);
            assertEquals(66, after.handle(after.find(1, 2, SERVICE, TIMEOUT_S, 107)));
        }
    }
}
