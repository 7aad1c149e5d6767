package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import java.util.List;

/**
 * A backend of a slice.
 *
 * @param address   the first of its addresses; the others are not used, as with kube-proxy
 * @param node      where it runs, or null
 * @param zone      where that is, or null
 * @param hintNodes nodes that should prefer it
 * @param hintZones zones that should prefer it
 * @param weight    its part of new flows to that of the others
 */
public record EndpointSpec(IpAddress address, boolean ready, boolean serving, boolean terminating, String node,
        String zone, List<String> hintNodes, List<String> hintZones, int weight) {
    public EndpointSpec {
        hintNodes = List.copyOf(hintNodes);
        hintZones = List.copyOf(hintZones);
    }
}
