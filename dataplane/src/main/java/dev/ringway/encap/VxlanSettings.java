package dev.ringway.encap;

/**
 * VXLAN (RFC 7348).
 *
 * @param vni the overlay's network identifier, 24 bits
 */
public record VxlanSettings(int vni) implements TunnelSettings {
    private static final int VXLAN_HEADER = 8;
    private static final int ETHERNET_HEADER = 14;

    public VxlanSettings {
        if (vni < 0 || vni > 0xFF_FFFF) {
            throw new IllegalArgumentException("vni " + vni);
        }
    }

    @Override
    public int overhead(int underlayVersion) {
        return TunnelSettings.outerHeaders(underlayVersion) + VXLAN_HEADER + ETHERNET_HEADER;
    }
}
