package dev.ringway.encap;

/**
 * GRE-in-UDP (RFC 8086; key: RFC 2890).
 *
 * @param keyed true if packets carry a key
 * @param key   32 bits, unsigned
 */
public record GreSettings(boolean keyed, int key) implements TunnelSettings {
    private static final int GRE_HEADER = 4;
    private static final int KEY = 4;

    @Override
    public int overhead(int underlayVersion) {
        return TunnelSettings.outerHeaders(underlayVersion) + GRE_HEADER + (keyed ? KEY : 0);
    }
}
