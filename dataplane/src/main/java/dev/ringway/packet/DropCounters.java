package dev.ringway.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Dropped packets by {@link DropReason}. One thread counts (opaque stores, no locked instruction); any thread may read
 * and sees each counter whole and never going back.
 */
public final class DropCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] cells = new long[DropReason.count()];

    public void count(DropReason reason) {
        add(reason, 1);
    }

    public void add(DropReason reason, long packets) {
        final int i = reason.ordinal();
        CELL.setOpaque(cells, i, cells[i] + packets);
    }

    public long get(DropReason reason) {
        return (long) CELL.getOpaque(cells, reason.ordinal());
    }

    public long total() {
        long total = 0;
        for (int i = 0; i < cells.length; i++) {
            total += (long) CELL.getOpaque(cells, i);
        }
        return total;
    }
}
