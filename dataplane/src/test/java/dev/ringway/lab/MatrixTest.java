package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatrixTest {
    private static final PingResult SILENT = new PingResult(3, 0, List.of(), List.of());

    @Test
    void aSmallLabIsATable() {
        final Matrix matrix = matrix(new LabSpec(1, 2, "vxlan", false, 4, "shared", 1500));
        assertEquals("  from \\ to  n1-p1  n1-p2  node1  outside\n"
                + "  n1-p1          .   FAIL   0.30      123\n"
                + "  n1-p2       0.10      .   0.30      123\n"
                + "  node1      0.10!   0.20      .      123\n"
                + "  outside        -      -   0.30        .\n", matrix.text());
    }

    @Test
    void aLargeLabIsSummedUp() {
        final Matrix matrix = matrix(new LabSpec(1, 20, "vxlan", false, 4, "shared", 1500));
        final List<String> lines = matrix.text().lines().toList();
        assertEquals(1 + 20 + 1 + 1, lines.size());
        assertEquals("  from      reached  best ms  worst ms", lines.get(0));
        assertEquals("  n1-p1    20 of 21     0.30       123", lines.get(1));
        assertEquals("  outside    1 of 1     0.30      0.30", lines.get(22));
    }

    /** n1-p1 does not reach n1-p2, and node1 loses some on the way to n1-p1. */
    private static Matrix matrix(LabSpec spec) {
        final List<Reach> cells = new ArrayList<>();
        for (Endpoint from : spec.endpoints()) {
            for (Endpoint to : spec.endpoints()) {
                if (Reach.isExpected(from, to)) {
                    cells.add(new Reach(from, to, 4, ping(from, to)));
                }
            }
        }
        return new Matrix(4, spec.endpoints(), cells);
    }

    private static PingResult ping(Endpoint from, Endpoint to) {
        if (from.label().equals("n1-p1") && to.label().equals("n1-p2")) {
            return SILENT;
        }
        final double ms = switch (to.label()) {
            case "n1-p1" -> 0.1;
            case "n1-p2" -> 0.2;
            case "outside" -> 123.4;
            default -> 0.3;
        };
        final boolean lossy = from.label().equals("node1") && to.label().equals("n1-p1");
        return new PingResult(3, lossy ? 2 : 3, List.of(ms, 500.0), List.of());
    }
}
