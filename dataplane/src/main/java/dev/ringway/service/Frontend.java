package dev.ringway.service;

import dev.ringway.fib.IpAddress;

/** One (address, protocol, port) that clients connect to. Immutable. */
public final class Frontend extends Keyed {
    public final ServicePort port;
    public final Kind kind;
    /** Who may use it, or null: everyone. */
    public final SourceRanges sourceRanges;
    /** True for what the kernel steers to the service address: its port stands for a real address. */
    public final boolean token;
    /** The address that people know, also where {@link #token}. */
    public final IpAddress address;
    /** The port that people know. */
    public final int number;

    private Frontend(IpAddress at, int protocol, int atPort, ServicePort port, Kind kind, SourceRanges sourceRanges,
            IpAddress address, int number) {
        super(at.hi(), at.lo(), rest(at.version(), protocol, atPort));
        this.port = port;
        this.kind = kind;
        this.sourceRanges = sourceRanges;
        this.token = at != address;
        this.address = address;
        this.number = number;
    }

    /** What clients address themselves. */
    public static Frontend of(IpAddress address, int protocol, int number, ServicePort port, Kind kind,
            SourceRanges sourceRanges) {
        return new Frontend(address, protocol, number, port, kind, sourceRanges, address, number);
    }

    /**
     * What the kernel puts in the place of an address that clients outside use.
     *
     * @param at    this node's service address
     * @param token port of it
     */
    public static Frontend token(IpAddress at, int protocol, int token, ServicePort port, Kind kind,
            SourceRanges sourceRanges, IpAddress address, int number) {
        if (at == address) {
            throw new IllegalArgumentException("a token of its own address");
        }
        return new Frontend(at, protocol, token, port, kind, sourceRanges, address, number);
    }

    public int version() {
        return rest >>> 24;
    }

    public int protocol() {
        return rest >>> 16 & 0xFF;
    }

    /** First 64 bits of the address that packets have; for a token, of the service address. */
    public long matchHi() {
        return hi;
    }

    public long matchLo() {
        return lo;
    }

    /** The port that packets have; for a token, the token. */
    public int matchPort() {
        return rest & 0xFFFF;
    }
}
