package dev.ringway.wire;

/** IPv6 header (RFC 8200) and its extension headers by offset from the first byte of each. */
public final class Ipv6 {
    public static final int LENGTH = 40;
    public static final int PAYLOAD_LENGTH = 4;
    public static final int NEXT_HEADER = 6;
    public static final int HOP_LIMIT = 7;
    public static final int SOURCE = 8;
    public static final int DESTINATION = 24;

    /** Smallest MTU of a link that carries IPv6. */
    public static final int MIN_MTU = 1280;

    /** Fragment header: next header, reserved, offset and M flag, identification. */
    public static final int FRAGMENT_LENGTH = 8;
    public static final int FRAGMENT_OFFSET_FLAGS = 2;
    public static final int FRAGMENT_OFFSET_MASK = 0xFFF8;
    public static final int FRAGMENT_MORE = 1;
    public static final int FRAGMENT_ID = 4;

    private Ipv6() {
    }

    public static int trafficClass(long ip) {
        return Memory.getShortBe(ip) >> 4 & 0xFF;
    }

    public static void setTrafficClass(long ip, int trafficClass) {
        Memory.putShortBe(ip, Memory.getShortBe(ip) & 0xF00F | trafficClass << 4);
    }

    public static int payloadLength(long ip) {
        return Memory.getShortBe(ip + PAYLOAD_LENGTH);
    }

    public static void decrementHopLimit(long ip) {
        Memory.putByte(ip + HOP_LIMIT, Memory.getByte(ip + HOP_LIMIT) - 1);
    }
}
