package dev.ringway.encap;

import dev.ringway.packet.Packet;

/**
 * Explicit congestion notification across the tunnel: RFC 6040 normal mode, which RFC 9601 extends to VXLAN and GRE
 * with a UDP header between. The code point is the low two bits of TOS and traffic class.
 */
public final class Ecn {
    public static final int MASK = 3;
    public static final int NOT_ECT = 0;
    public static final int ECT1 = 1;
    public static final int ECT0 = 2;
    public static final int CE = 3;

    private Ecn() {
    }

    /**
     * The outer TOS of a packet.
     *
     * @param uniform true to copy the DSCP too (uniform model of RFC 2983); false for the pipe model, DSCP 0
     */
    public static int outer(int innerTos, boolean uniform) {
        return uniform ? innerTos : innerTos & MASK;
    }

    /**
     * Applies RFC 6040 sec. 4.2 on decapsulation.
     *
     * @return false if the packet must be dropped
     */
    public static boolean decapsulate(Packet p, int outerTos) {
        final int outer = outerTos & MASK;
        if (outer != CE && outer != ECT1) {
            return true;
        }
        final int tos = p.tos();
        final int inner = tos & MASK;
        if (inner == NOT_ECT) {
            return outer != CE;
        }
        if (outer == CE && inner != CE || outer == ECT1 && inner == ECT0) {
            p.setTos(tos & ~MASK | outer);
        }
        return true;
    }
}
