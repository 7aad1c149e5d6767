package dev.ringway.shard;

import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.packet.RxSlot;
import dev.ringway.wire.Memory;
import dev.ringway.wire.VnetHdr;
import java.util.function.LongSupplier;

/**
 * Fragments that came before the first one of their datagram and so cannot be told where to go: they wait for it here,
 * as copies. Few and not for long: when there are too many, the oldest is dropped. Networks reorder fragments seldom.
 *
 * <p>What is sent from here is read by the kernel until its send completes, as with receive buffers: a slot is free
 * again when the receive sequence that was worked on then has been released. Switch thread.
 */
final class HeldFragments {
    /** Twice what a datagram of 64 KiB has at an MTU of 1500. */
    static final int SLOTS = 96;
    /** Of memory that the caller provides. */
    static final long BYTES = (long) SLOTS * Buffers.STRIDE;
    /** As long as a receiver waits for the rest (ipfrag_time). */
    static final int HOLDS_S = 30;

    private static final byte FREE = 0;
    private static final byte WAITING = 1;
    private static final byte WOKEN = 2;

    private final long base;
    private final LongSupplier released;
    private final DropCounters drops;
    private final byte[] states;
    private final long[] freeAfter;
    private final int[] order;
    private final int[] sinceS;
    private final long[] ids;
    private final long[] addresses;
    private final RxSlot[] received;
    private int waiting;
    private int woken;
    private int kept;
    private int nowS;

    /**
     * @param base     {@link #BYTES} bytes, or 0: nothing is held
     * @param released the receive sequence up to which everything sent has completed
     */
    HeldFragments(long base, LongSupplier released, DropCounters drops) {
        this.base = base;
        this.released = released;
        this.drops = drops;
        final int slots = base == 0 ? 0 : SLOTS;
        states = new byte[slots];
        freeAfter = new long[slots];
        order = new int[slots];
        sinceS = new int[slots];
        ids = new long[slots];
        addresses = new long[4 * slots];
        received = new RxSlot[slots];
        for (int i = 0; i < slots; i++) {
            received[i] = new RxSlot();
            received[i].data = base + (long) i * Buffers.STRIDE + Buffers.DATA;
            freeAfter[i] = -1;
        }
    }

    /** Takes the time, and drops what has waited in vain. */
    void beginBatch(int seconds) {
        nowS = seconds;
        for (int i = 0; waiting > 0 && i < states.length; i++) {
            if (states[i] == WAITING && nowS - sinceS[i] > HOLDS_S) {
                drop(i);
            }
        }
    }

    /** Number of fragments that wait. */
    int waiting() {
        return waiting;
    }

    /** The first fragment of a datagram has come, and others may go now. Call before its addresses are changed. */
    void firstCame(Packet p) {
        if (waiting == 0) {
            return;
        }
        final long id = p.fragmentId();
        for (int i = 0; i < states.length; i++) {
            if (states[i] == WAITING && ids[i] == id && addresses[4 * i] == p.sourceHi
                    && addresses[4 * i + 1] == p.sourceLo && addresses[4 * i + 2] == p.destinationHi
                    && addresses[4 * i + 3] == p.destinationLo) {
                states[i] = WOKEN;
                waiting--;
                woken++;
            }
        }
    }

    /**
     * Keeps a fragment.
     *
     * @param p     the fragment
     * @param slot  what it came in
     * @param start where it began there: the packet, or its tunnel header
     * @return false if there is no room
     */
    boolean keep(Packet p, RxSlot slot, long start) {
        final int at = room();
        if (at < 0) {
            return false;
        }
        final RxSlot copy = received[at];
        copy.describe(slot, (int) (p.ip + p.length - start));
        Memory.copy(start - VnetHdr.LENGTH, copy.data - VnetHdr.LENGTH, VnetHdr.LENGTH + copy.length);
        ids[at] = p.fragmentId();
        addresses[4 * at] = p.sourceHi;
        addresses[4 * at + 1] = p.sourceLo;
        addresses[4 * at + 2] = p.destinationHi;
        addresses[4 * at + 3] = p.destinationLo;
        states[at] = WAITING;
        sinceS[at] = nowS;
        order[at] = kept++;
        waiting++;
        return true;
    }

    /**
     * The next fragment whose first one has come, in the order in which they came, or null.
     *
     * @param sequence of the receive ring, which is being worked on
     */
    RxSlot next(long sequence) {
        if (woken == 0) {
            return null;
        }
        final int at = oldest(WOKEN);
        states[at] = FREE;
        freeAfter[at] = sequence;
        woken--;
        return received[at];
    }

    private int room() {
        final long completed = released.getAsLong();
        for (int i = 0; i < states.length; i++) {
            if (states[i] == FREE && freeAfter[i] <= completed) {
                return i;
            }
        }
        final int oldest = oldest(WAITING);
        if (oldest >= 0) {
            drop(oldest);
        }
        return oldest;
    }

    private int oldest(byte state) {
        int oldest = -1;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == state && (oldest < 0 || order[i] - order[oldest] < 0)) {
                oldest = i;
            }
        }
        return oldest;
    }

    private void drop(int at) {
        states[at] = FREE;
        freeAfter[at] = -1;
        waiting--;
        drops.count(DropReason.FRAGMENT_UNKNOWN);
    }
}
