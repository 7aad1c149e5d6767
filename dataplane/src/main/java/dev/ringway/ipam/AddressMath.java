package dev.ringway.ipam;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;

/** Addresses as unsigned numbers. */
final class AddressMath {
    private static final long ONE_IPV4 = 1L << 32;

    private AddressMath() {
    }

    /** The next address; that after the last is the first again. */
    static IpAddress next(IpAddress address) {
        if (address.version() == 4) {
            return new IpAddress(4, address.hi() + ONE_IPV4, 0);
        }
        final long lo = address.lo() + 1;
        return new IpAddress(6, address.hi() + (lo == 0 ? 1 : 0), lo);
    }

    static IpAddress previous(IpAddress address) {
        return address.version() == 4 ? new IpAddress(4, address.hi() - ONE_IPV4, 0)
                : new IpAddress(6, address.hi() - (address.lo() == 0 ? 1 : 0), address.lo() - 1);
    }

    /** Of two addresses of the same version. */
    static int compare(IpAddress a, IpAddress b) {
        final int hi = Long.compareUnsigned(a.hi(), b.hi());
        return hi != 0 ? hi : Long.compareUnsigned(a.lo(), b.lo());
    }

    static IpAddress first(Prefix prefix) {
        return new IpAddress(prefix.version(), prefix.hi(), prefix.lo());
    }

    static IpAddress last(Prefix prefix) {
        return prefix.version() == 4
                ? new IpAddress(4, prefix.hi() | ~Prefix.maskHi(prefix.length()) & 0xFFFF_FFFF_0000_0000L, 0)
                : new IpAddress(6, prefix.hi() | ~Prefix.maskHi(prefix.length()),
                        prefix.lo() | ~Prefix.maskLo(prefix.length()));
    }
}
