package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;

/**
 * An address of a Service's load balancer.
 *
 * @param vip true if packets arrive with this destination; false for {@code ipMode: Proxy}, where they do not
 */
public record IngressSpec(IpAddress address, boolean vip) {
}
