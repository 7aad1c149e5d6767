package dev.ringway.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Packets and bytes through a local port or a tunnel peer, as wire segments (a super-packet counts its segments).
 * One thread counts, any thread may read; see {@link DropCounters}.
 */
public final class TrafficCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int RX_PACKETS = 0;
    private static final int RX_BYTES = 1;
    private static final int TX_PACKETS = 2;
    private static final int TX_BYTES = 3;
    private static final int DROPS = 4;

    private final long[] cells = new long[5];

    /** From the pod or peer. */
    public void received(int packets, int bytes) {
        add(RX_PACKETS, packets);
        add(RX_BYTES, bytes);
    }

    /** To the pod or peer. */
    public void sent(int packets, int bytes) {
        add(TX_PACKETS, packets);
        add(TX_BYTES, bytes);
    }

    public void dropped() {
        add(DROPS, 1);
    }

    public long rxPackets() {
        return get(RX_PACKETS);
    }

    public long rxBytes() {
        return get(RX_BYTES);
    }

    public long txPackets() {
        return get(TX_PACKETS);
    }

    public long txBytes() {
        return get(TX_BYTES);
    }

    public long drops() {
        return get(DROPS);
    }

    private void add(int i, long n) {
        CELL.setOpaque(cells, i, cells[i] + n);
    }

    private long get(int i) {
        return (long) CELL.getOpaque(cells, i);
    }
}
