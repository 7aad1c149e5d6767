package dev.ringway.wire;

/** Ethernet II header; a MAC address is the low 48 bits of a long. */
public final class Ethernet {
    public static final int LENGTH = 14;
    public static final int DESTINATION = 0;
    public static final int SOURCE = 6;
    public static final int TYPE = 12;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_VLAN = 0x8100;
    public static final int TYPE_IPV6 = 0x86DD;
    public static final int TYPE_QINQ = 0x88A8;

    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private Ethernet() {
    }

    public static long mac(long address) {
        return (long) Memory.getShortBe(address) << 32 | Memory.getIntBe(address + 2) & 0xFFFFFFFFL;
    }

    public static void putMac(long address, long mac) {
        Memory.putShortBe(address, (int) (mac >>> 32));
        Memory.putIntBe(address + 2, (int) mac);
    }

    /** Multicast or broadcast: the I/G bit. */
    public static boolean isGroup(long mac) {
        return (mac & 0x0100_0000_0000L) != 0;
    }

    public static void write(long at, long destination, long source, int type) {
        putMac(at + DESTINATION, destination);
        putMac(at + SOURCE, source);
        Memory.putShortBe(at + TYPE, type);
    }
}
