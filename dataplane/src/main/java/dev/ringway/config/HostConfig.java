package dev.ringway.config;

/**
 * The node's own end.
 *
 * @param interfaceName its TUN device
 * @param masquerade    translate sources of what leaves the cluster
 */
public record HostConfig(String interfaceName, boolean masquerade) {
}
