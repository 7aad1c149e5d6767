package dev.ringway.testing;

import java.nio.ByteBuffer;

/** The Internet checksum on byte arrays, word by word as RFC 1071 tells it: the oracle beside the clever ones. */
public final class InternetChecksum {
    private InternetChecksum() {
    }

    /** Sum of all 16-bit words, each part padded to an even length. */
    public static long sum(byte[]... parts) {
        long sum = 0;
        for (byte[] part : parts) {
            for (int i = 0; i < part.length; i++) {
                sum += (part[i] & 0xFFL) << (i % 2 == 0 ? 8 : 0);
            }
        }
        return sum;
    }

    /** Folds the carries back in until 16 bits are left. */
    public static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int) folded;
    }

    /** The finished checksum over all parts. */
    public static int of(byte[]... parts) {
        return ~fold(sum(parts)) & 0xFFFF;
    }

    /** Pseudo header of TCP and UDP over either version; the addresses have 4 or 16 bytes. */
    public static byte[] pseudoHeader(byte[] source, byte[] destination, int protocol, int length) {
        return ByteBuffer.allocate(source.length + destination.length + 8).put(source).put(destination)
                .putInt(length).putInt(protocol).array();
    }
}
