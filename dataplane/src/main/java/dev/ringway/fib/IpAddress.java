package dev.ringway.fib;

/**
 * An IP address as the tables hold it: 128 bits with IPv4 in the top 32.
 *
 * @param version 4 or 6
 * @param hi      first 64 bits
 * @param lo      last 64 bits; 0 for IPv4
 */
public record IpAddress(int version, long hi, long lo) {
    public IpAddress {
        if (version != 4 && version != 6 || version == 4 && ((int) hi != 0 || lo != 0)) {
            throw new IllegalArgumentException("address of version " + version);
        }
    }

    /** The prefix of just this address. */
    public Prefix asPrefix() {
        return new Prefix(version, hi, lo, version == 4 ? 32 : 128);
    }
}
