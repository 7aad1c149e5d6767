package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;

/**
 * What clients outside address, for the kernel to steer to the service address, or to an endpoint on the node itself.
 *
 * @param address  null: a NodePort, on each of the node's addresses
 * @param port     the port that clients know
 * @param token    the port of the service address that stands for it
 * @param endpoint where the kernel itself takes clients, past the switch: the one endpoint that traffic policy Local
 *                 leaves, on the node's own network, which would not see the client's address otherwise; or null
 */
public record Steered(int version, IpAddress address, int protocol, int port, int token, Endpoint endpoint) {
    /** On the node's own network. */
    public record Endpoint(IpAddress address, int port) {
    }

    /** Steered to the service address. */
    public Steered(int version, IpAddress address, int protocol, int port, int token) {
        this(version, address, protocol, port, token, null);
    }
}
