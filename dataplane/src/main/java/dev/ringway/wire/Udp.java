package dev.ringway.wire;

/** UDP header (RFC 768) by offset from its first byte. */
public final class Udp {
    public static final int LENGTH = 8;
    public static final int SOURCE_PORT = 0;
    public static final int DESTINATION_PORT = 2;
    public static final int DATAGRAM_LENGTH = 4;
    public static final int CHECKSUM = 6;

    private Udp() {
    }
}
