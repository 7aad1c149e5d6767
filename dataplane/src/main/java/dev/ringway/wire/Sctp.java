package dev.ringway.wire;

/** SCTP common header and chunks (RFC 9260 sec. 3) by offset from the first byte. */
public final class Sctp {
    /** Common header, behind which chunks follow. */
    public static final int LENGTH = 12;
    public static final int CHECKSUM = 8;
    /** Of a chunk: type, flags, length without padding. */
    public static final int CHUNK_HEADER = 4;
    public static final int CHUNK_LENGTH = 2;

    public static final int INIT = 1;
    public static final int INIT_ACK = 2;
    public static final int ABORT = 6;
    public static final int SHUTDOWN = 7;
    public static final int SHUTDOWN_ACK = 8;
    public static final int COOKIE_ECHO = 10;
    public static final int COOKIE_ACK = 11;
    public static final int SHUTDOWN_COMPLETE = 14;

    private Sctp() {
    }
}
