package dev.ringway.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.ringway.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes by underlay address and by index. */
class VtepTableTest {
    private static Vtep vtep(int index, int version, long hi, long lo) {
        return new Vtep(index, "node" + index, version, hi, lo, index, 0, 0, 1500, OutsideClients.MASQUERADE, 1);
    }

    private static Vtep naive(List<Vtep> vteps, long hi, long lo) {
        return vteps.stream().filter(v -> v.hi() == hi && v.lo() == lo).findFirst().orElse(null);
    }

    @Test
    void empty() {
        final VtepTable table = new VtepTable(List.of());
        assertNull(table.lookup(0, 0));
        assertNull(table.byIndex(0));
        assertEquals(List.of(), table.all());
    }

    @Test
    void sameAsAWalkOverAllNodes() {
        Seeded.rounds(100, random -> {
            final int version = random.nextBoolean() ? 4 : 6;
            final List<Vtep> vteps = new ArrayList<>();
            final long net = version == 4 ? 0xAC1E_0000_0000_0000L : 0xFD00_0030_0000_0000L;
            for (int i = random.nextInt(200); i > 0; i--) {
                final long host = 1 + random.nextInt(400);
                final long hi = version == 4 ? net + (host << 32) : net;
                final long lo = version == 4 ? 0 : host;
                if (naive(vteps, hi, lo) == null) {
                    vteps.add(vtep(i, version, hi, lo));
                }
            }
            final VtepTable table = new VtepTable(vteps);
            assertEquals(vteps, table.all());
            for (long host = 0; host < 402; host++) {
                final long hi = version == 4 ? net + (host << 32) : net;
                final long lo = version == 4 ? 0 : host;
                assertSame(naive(vteps, hi, lo), table.lookup(hi, lo));
            }
            for (int index = 0; index < 210; index++) {
                final int number = index;
                assertSame(vteps.stream().filter(v -> v.index() == number).findFirst().orElse(null),
                        table.byIndex(index));
            }
        });
    }
}
