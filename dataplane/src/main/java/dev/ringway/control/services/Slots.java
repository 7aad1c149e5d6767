package dev.ringway.control.services;

import dev.ringway.service.Handle;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Gives handles to backends, or to ports of Services: dense slots, each with a generation that changes when it is given
 * away again. Free slots are used again in the order they came free and not before many have: a flow that still knows
 * the old handle sees that what it was has gone. Control thread only.
 */
final class Slots {
    /** Free slots kept back, so that a generation takes long to come round. */
    private static final int RESERVE = 1024;

    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    /** The last generation of each slot, less one. */
    private byte[] generations = new byte[256];
    private int used;

    int take() {
        final int slot;
        if (free.size() > RESERVE || used == Handle.SLOTS && !free.isEmpty()) {
            slot = free.poll();
            generations[slot] = (byte) (((generations[slot] & 0xFF) + 1) % Handle.GENERATIONS);
        } else if (used == Handle.SLOTS) {
            throw new IllegalStateException("more than " + Handle.SLOTS + " backends or ports");
        } else {
            slot = used++;
            if (slot == generations.length) {
                generations = Arrays.copyOf(generations, 2 * slot);
            }
        }
        return Handle.of(slot, (generations[slot] & 0xFF) + 1);
    }

    void release(int handle) {
        free.add(Handle.slot(handle));
    }
}
