package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;

/**
 * What clients outside address, for the kernel to steer to the service address.
 *
 * @param address null: a NodePort, on each of the node's addresses
 * @param port    the port that clients know
 * @param token   the port of the service address that stands for it
 */
public record Steered(int version, IpAddress address, int protocol, int port, int token) {
}
