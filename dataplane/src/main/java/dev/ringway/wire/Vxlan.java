package dev.ringway.wire;

/** VXLAN header (RFC 7348 sec. 5): flags, 24 reserved bits, VNI, 8 reserved bits. */
public final class Vxlan {
    public static final int LENGTH = 8;
    public static final int PORT = 4789;
    public static final int FLAGS = 0;
    public static final int VNI = 4;
    /** The only flag; the receiver ignores the reserved bits. */
    public static final int FLAG_I = 0x08;
    public static final int MAX_VNI = 0xFFFFFF;

    private Vxlan() {
    }

    public static int vni(long vxlan) {
        return Memory.getIntBe(vxlan + VNI) >>> 8;
    }

    public static void write(long at, int vni) {
        Memory.putIntBe(at, FLAG_I << 24);
        Memory.putIntBe(at + VNI, vni << 8);
    }
}
