package dev.ringway.encap;

/** What the encapsulation must know; one kind for each. */
public sealed interface TunnelSettings permits VxlanSettings, GreSettings {
    int IPV4_HEADER = 20;
    int IPV6_HEADER = 40;
    int UDP_HEADER = 8;

    /**
     * Bytes from the start of the outer IP header to the start of the inner one: what a tunnelled packet is larger by.
     *
     * @param underlayVersion 4 or 6
     */
    int overhead(int underlayVersion);

    /** The part that all encapsulations over UDP share. */
    static int outerHeaders(int underlayVersion) {
        return (underlayVersion == 4 ? IPV4_HEADER : IPV6_HEADER) + UDP_HEADER;
    }
}
