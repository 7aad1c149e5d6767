package dev.ringway.control.services;

/**
 * A port of a Service.
 *
 * @param name     empty if it is the only one and has none
 * @param protocol number of the IP protocol: 6, 17 or 132
 * @param nodePort 0: none
 */
public record ServicePortSpec(String name, int protocol, int port, int nodePort) {
}
