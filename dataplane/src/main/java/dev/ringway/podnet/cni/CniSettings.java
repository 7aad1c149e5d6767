package dev.ringway.podnet.cni;

import dev.ringway.fib.IpAddress;
import dev.ringway.ipam.RangeSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The configuration's part on CNI.
 *
 * @param stateDir         where the state file is
 * @param ranges           what addresses come from; empty: the node's podCidrs
 * @param reservations     addresses of pods by namespace/name
 * @param netnsDirectories where runtimes keep pods' namespaces
 */
public record CniSettings(Path stateDir, List<RangeSet> ranges, Map<String, List<IpAddress>> reservations,
        List<Path> netnsDirectories) {
    public CniSettings {
        ranges = List.copyOf(ranges);
        reservations = Map.copyOf(reservations);
        netnsDirectories = List.copyOf(netnsDirectories);
    }
}
