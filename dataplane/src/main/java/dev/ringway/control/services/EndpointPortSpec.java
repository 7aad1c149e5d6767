package dev.ringway.control.services;

/**
 * A port that the endpoints of a slice listen on.
 *
 * @param name     that of the Service's port which it stands behind
 * @param protocol number of the IP protocol
 * @param port     0: not said, and so not used
 */
public record EndpointPortSpec(String name, int protocol, int port) {
}
