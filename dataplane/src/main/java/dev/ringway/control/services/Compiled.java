package dev.ringway.control.services;

import dev.ringway.service.ServiceTable;
import java.util.List;

/**
 * All that follows from the wanted Services. A list that has not changed since the last is the same object.
 *
 * @param steered  external addresses and NodePorts, for the kernel
 * @param warnings what could not be done, for people
 * @param changes  what it was compiled for
 */
public record Compiled(ServiceTable table, List<Steered> steered, List<HealthCheck> healthChecks,
        List<String> warnings, Changes changes) {
}
