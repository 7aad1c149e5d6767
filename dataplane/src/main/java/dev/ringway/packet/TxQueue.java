package dev.ringway.packet;

/** Where the path stages get the slots for what they send; the order of claims is the order of sending. */
public interface TxQueue {
    /**
     * The next free slot, emptied. The switch takes no packet from the receive ring unless
     * {@link TxSlot#MAX_PER_RECEIVE} slots are free; should a packet need more, the rest get a slot that is counted
     * and never sent.
     */
    TxSlot claim();
}
