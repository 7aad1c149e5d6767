package dev.ringway.wire;

/**
 * GRE header (RFC 2784, RFC 2890) as the payload of UDP (RFC 8086).
 *
 * <p>Optional fields follow the first four bytes in this order: checksum with reserved1, key, sequence number.
 */
public final class GreInUdp {
    public static final int MIN_LENGTH = 4;
    public static final int PORT = 4754;
    public static final int FLAGS = 0;
    public static final int PROTOCOL = 2;

    public static final int CHECKSUM_PRESENT = 0x8000;
    public static final int KEY_PRESENT = 0x2000;
    public static final int SEQUENCE_PRESENT = 0x1000;
    /** RFC 2784 sec. 2.3: a receiver discards packets with these bits unless it implements RFC 1701. */
    public static final int MUST_BE_ZERO = 0x4C00;
    public static final int VERSION_MASK = 0x0007;

    private GreInUdp() {
    }

    /** Length of the header that has these flags. */
    public static int length(int flags) {
        return MIN_LENGTH + ((flags & CHECKSUM_PRESENT) != 0 ? 4 : 0) + ((flags & KEY_PRESENT) != 0 ? 4 : 0)
                + ((flags & SEQUENCE_PRESENT) != 0 ? 4 : 0);
    }

    /** Offset of the key in a header with these flags, which must include {@link #KEY_PRESENT}. */
    public static int keyOffset(int flags) {
        return (flags & CHECKSUM_PRESENT) != 0 ? 8 : 4;
    }
}
