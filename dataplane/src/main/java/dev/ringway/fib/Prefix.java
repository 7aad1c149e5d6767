package dev.ringway.fib;

import java.util.List;

/**
 * An IP prefix. Addresses are 128 bits with IPv4 in the top 32, so that both versions are masked alike.
 *
 * @param version 4 or 6
 * @param hi      first 64 bits; host bits are zero
 * @param lo      last 64 bits
 * @param length  0..32 or 0..128
 */
public record Prefix(int version, long hi, long lo, int length) {
    public Prefix {
        final int most = version == 4 ? 32 : 128;
        if (version != 4 && version != 6 || length < 0 || length > most) {
            throw new IllegalArgumentException("prefix of version " + version + " and length " + length);
        }
        if ((hi & ~maskHi(length)) != 0 || (lo & ~maskLo(length)) != 0) {
            throw new IllegalArgumentException("prefix has host bits set");
        }
    }

    /** The prefix of this length that contains the address. */
    public static Prefix of(int version, long hi, long lo, int length) {
        return new Prefix(version, hi & maskHi(length), lo & maskLo(length), length);
    }

    public boolean contains(int otherVersion, long otherHi, long otherLo) {
        return version == otherVersion && (otherHi & maskHi(length)) == hi && (otherLo & maskLo(length)) == lo;
    }

    public boolean contains(IpAddress address) {
        return contains(address.version(), address.hi(), address.lo());
    }

    /** True if all of the other one lies in this. */
    public boolean contains(Prefix other) {
        return length <= other.length && contains(other.version, other.hi, other.lo);
    }

    /** True if the address lies in one of these. */
    public static boolean anyContains(List<Prefix> prefixes, IpAddress address) {
        for (Prefix prefix : prefixes) {
            if (prefix.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The network address of the first prefix of this IP version, or null if there is none. Allocates. */
    public static IpAddress networkAddress(Prefix[] prefixes, int version) {
        for (Prefix prefix : prefixes) {
            if (prefix.version == version) {
                return new IpAddress(version, prefix.hi, prefix.lo);
            }
        }
        return null;
    }

    public static long maskHi(int length) {
        return length >= 64 ? -1L : length == 0 ? 0 : -1L << 64 - length;
    }

    public static long maskLo(int length) {
        return length <= 64 ? 0 : length >= 128 ? -1L : -1L << 128 - length;
    }
}
