package dev.ringway.underlay;

import dev.ringway.packet.TxSlot;

/**
 * What the underlay's sockets can do, found by self-test at start and taken back when the kernel refuses a send.
 * Written by the I/O thread, read by the switch thread.
 */
public final class UnderlayOffloads {
    private volatile int maxSegments;
    private volatile String gso;
    private final String gro;

    /**
     * @param gso null if UDP_SEGMENT works, else why it is off
     * @param gro null if UDP_GRO works, else why it is off
     */
    public UnderlayOffloads(String gso, String gro) {
        this.gso = gso;
        this.gro = gro;
        maxSegments = gso == null ? TxSlot.MAX_SEGMENTS : 1;
    }

    /** Most datagrams that one send may carry; 1 without UDP_SEGMENT. */
    public int maxSegments() {
        return maxSegments;
    }

    public boolean gro() {
        return gro == null;
    }

    /** For people: "on", or "off" and why. */
    public String gsoText() {
        return gso == null ? "on" : "off (" + gso + ")";
    }

    public String groText() {
        return gro == null ? "on" : "off (" + gro + ")";
    }

    /** The kernel refused a segmented send; from now on each datagram is sent by itself. */
    public void turnGsoOff(String why) {
        gso = why;
        maxSegments = 1;
    }
}
