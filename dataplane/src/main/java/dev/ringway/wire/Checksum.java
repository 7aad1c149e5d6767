package dev.ringway.wire;

import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624).
 *
 * <p>Sums are kept "in memory order": 16-bit words are loaded in native order, and a finished checksum is stored with
 * {@link Memory#putShort}. Values that do not come from memory (lengths, protocol numbers) pass through
 * {@link #word} first.
 */
public final class Checksum {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Checksum() {
    }

    /** A 16-bit number as it lies in memory in network order, ready to be summed. */
    public static int word(int value) {
        return LITTLE ? Short.reverseBytes((short) value) & 0xFFFF : value & 0xFFFF;
    }

    /**
     * Adds {@code length} bytes to a running sum. The start of every range must be at an even offset of the summed
     * whole; only the last range may have an odd length.
     *
     * @return an unfolded sum, to be passed on or given to {@link #fold}
     */
    public static long sum(long address, int length, long initial) {
        // A plain counted loop: the JIT turns it into vector instructions, which hand-made accumulators prevent.
        long sum = (initial & 0xFFFFFFFFL) + (initial >>> 32);
        final int words = length >>> 3;
        for (int i = 0; i < words; i++) {
            final long word = Memory.getLong(address + 8L * i);
            sum += (word & 0xFFFFFFFFL) + (word >>> 32);
        }
        long at = address + 8L * words;
        int left = length & 7;
        if (left >= 4) {
            sum += Memory.getInt(at) & 0xFFFFFFFFL;
            at += 4;
            left -= 4;
        }
        if (left >= 2) {
            sum += Memory.getShort(at);
            at += 2;
            left -= 2;
        }
        if (left == 1) {
            final int last = Memory.getByte(at);
            sum += LITTLE ? last : last << 8;
        }
        return sum;
    }

    /** Folds a sum to 16 bits; not complemented. */
    public static int fold(long sum) {
        long s = (sum & 0xFFFFFFFFL) + (sum >>> 32);
        s = (s & 0xFFFFFFFFL) + (s >>> 32);
        s = (s & 0xFFFF) + (s >>> 16);
        s = (s & 0xFFFF) + (s >>> 16);
        s = (s & 0xFFFF) + (s >>> 16);
        return (int) s;
    }

    /** Folded and complemented: what a header's checksum field holds. */
    public static int finish(long sum) {
        return ~fold(sum) & 0xFFFF;
    }

    /** Like {@link #finish}, with 0 sent as 0xFFFF (RFC 768: 0 means "no checksum"). */
    public static int finishUdp(long sum) {
        final int checksum = finish(sum);
        return checksum == 0 ? 0xFFFF : checksum;
    }

    /** RFC 1624 eqn. 3: the checksum after one 16-bit word of the data changed; all three in memory order. */
    public static int update(int checksum, int oldWord, int newWord) {
        return ~fold((~checksum & 0xFFFFL) + (~oldWord & 0xFFFFL) + newWord) & 0xFFFF;
    }

    /** Unfolded sum of the IPv4 pseudo header (RFC 793) of the packet at {@code ip}. */
    public static long pseudo4(long ip, int protocol, int l4Length) {
        return (Memory.getInt(ip + Ipv4.SOURCE) & 0xFFFFFFFFL) + (Memory.getInt(ip + Ipv4.DESTINATION) & 0xFFFFFFFFL)
                + word(protocol) + word(l4Length);
    }

    /** Unfolded sum of the IPv6 pseudo header (RFC 8200 sec. 8.1); the length is at most 65535 here (no jumbograms). */
    public static long pseudo6(long ip, int protocol, int l4Length) {
        return sum(ip + Ipv6.SOURCE, 32, word(protocol) + word(l4Length));
    }

    /** Pseudo header of either version. */
    public static long pseudo(long ip, int version, int protocol, int l4Length) {
        return version == 4 ? pseudo4(ip, protocol, l4Length) : pseudo6(ip, protocol, l4Length);
    }
}
