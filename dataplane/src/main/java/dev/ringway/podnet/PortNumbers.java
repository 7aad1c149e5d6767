package dev.ringway.podnet;

import java.util.BitSet;

/** Numbers of open ports: always the lowest that is free, so that the snapshot's array stays short. */
public final class PortNumbers {
    private final BitSet taken = new BitSet();

    public synchronized int take() {
        final int number = taken.nextClearBit(0);
        taken.set(number);
        return number;
    }

    /** To be called when no thread uses the port of this number any more. */
    public synchronized void release(int number) {
        taken.clear(number);
    }
}
