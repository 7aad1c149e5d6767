package dev.ringway.config;

import dev.ringway.fib.IpAddress;
import dev.ringway.ipam.RangeSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Pods that a container runtime connects.
 *
 * @param stateDir         where what is connected is written down
 * @param netnsDirectories where runtimes keep pods' namespaces
 * @param ranges           what addresses come from; empty: the node's podCidrs
 * @param reservations     addresses of pods by namespace/name
 */
public record CniConfig(Path stateDir, List<Path> netnsDirectories, List<RangeSet> ranges,
        Map<String, List<IpAddress>> reservations) {
    public CniConfig {
        netnsDirectories = List.copyOf(netnsDirectories);
        ranges = List.copyOf(ranges);
        reservations = Map.copyOf(reservations);
    }
}
