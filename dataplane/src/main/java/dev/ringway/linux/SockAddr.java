package dev.ringway.linux;

import dev.ringway.wire.Memory;

/**
 * struct sockaddr_in and sockaddr_in6 (linux/in.h, linux/in6.h) in native memory. Addresses are 128 bits with IPv4 in
 * the top 32.
 */
public final class SockAddr {
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    /** Room for either. */
    public static final int MAX_LENGTH = 28;

    private static final int PORT = 2;
    private static final int ADDRESS4 = 4;
    private static final int ADDRESS6 = 8;

    private SockAddr() {
    }

    /**
     * Writes an address and returns its length in bytes.
     *
     * @param at MAX_LENGTH bytes
     */
    public static int write(long at, int version, long hi, long lo, int port) {
        Memory.zero(at, MAX_LENGTH);
        Memory.putShort(at, version == 4 ? AF_INET : AF_INET6);
        Memory.putShortBe(at + PORT, port);
        if (version == 4) {
            Memory.putIntBe(at + ADDRESS4, (int) (hi >>> 32));
            return 16;
        }
        Memory.putLongBe(at + ADDRESS6, hi);
        Memory.putLongBe(at + ADDRESS6 + 8, lo);
        return MAX_LENGTH;
    }

    public static long hi(long at) {
        return Memory.getShort(at) == AF_INET ? (long) Memory.getIntBe(at + ADDRESS4) << 32
                : Memory.getLongBe(at + ADDRESS6);
    }

    public static long lo(long at) {
        return Memory.getShort(at) == AF_INET ? 0 : Memory.getLongBe(at + ADDRESS6 + 8);
    }

    public static int port(long at) {
        return Memory.getShortBe(at + PORT);
    }
}
