package dev.ringway.service;

/** What a {@link KeyedIndex} holds: it carries its own key, beside what is asked next, so that both are one miss. */
abstract class Keyed {
    final long hi;
    final long lo;
    final int rest;

    Keyed(long hi, long lo, int rest) {
        this.hi = hi;
        this.lo = lo;
        this.rest = rest;
    }

    /** The part of a key that is not the address: version, protocol, port. */
    static int rest(int version, int protocol, int port) {
        return version << 24 | protocol << 16 | port;
    }
}
