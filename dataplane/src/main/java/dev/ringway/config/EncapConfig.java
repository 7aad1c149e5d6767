package dev.ringway.config;

import dev.ringway.encap.TunnelSettings;

/**
 * How packets cross the underlay.
 *
 * @param port        UDP port of the tunnel on every node
 * @param uniformDscp copy the DSCP outwards and back; false: pipe model (RFC 2983)
 * @param checksum    outer UDP checksum of what is sent
 */
public record EncapConfig(TunnelSettings tunnel, int port, boolean uniformDscp, boolean checksum) {
}
