package dev.ringway.control.services;

/**
 * A port where load balancers ask whether this node has endpoints of a Service.
 *
 * @param localEndpoints ready ones on this node; terminating ones do not count
 */
public record HealthCheck(String namespace, String name, int nodePort, int localEndpoints) {
}
