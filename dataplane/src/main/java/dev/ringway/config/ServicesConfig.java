package dev.ringway.config;

import dev.ringway.fib.Prefix;
import dev.ringway.service.Balance;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * The section {@code services}.
 *
 * @param source            file or directory with Services and EndpointSlices, or null: there are none
 * @param nodePortAddresses ranges of the node's addresses that NodePorts are open on; empty: all addresses
 * @param zone              this node's; empty: not known
 * @param balance           for Services that do not say
 * @param maxFlows          flows through Services at the same time, on all shards together
 * @param masqueradeAll     backends see this node in the place of pods that come by a cluster IP
 * @param healthz           where load balancers ask for this node's health, or null: nowhere
 */
public record ServicesConfig(Path source, List<Prefix> nodePortAddresses, String zone, Balance balance,
        int maxFlows, boolean masqueradeAll, EjectionConfig ejection, InetSocketAddress healthz) {
    public ServicesConfig {
        nodePortAddresses = List.copyOf(nodePortAddresses);
    }
}
