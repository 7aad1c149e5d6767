package dev.ringway.observe;

import dev.ringway.encap.TunnelSettings;
import dev.ringway.fib.IpAddress;
import dev.ringway.shard.ThreadingMode;

/**
 * What does not change while the daemon runs, for {@code ringway status}.
 *
 * @param version           of the program
 * @param node              this node's name
 * @param underlayInterface the interface below the tunnel
 * @param underlayAddress   its address that is the VTEP's
 * @param underlayMtu       its MTU in bytes
 * @param port              UDP port of the tunnel
 * @param mtu               pods' MTU in bytes
 */
public record NodeInfo(String version, String node, String underlayInterface, IpAddress underlayAddress,
        int underlayMtu, TunnelSettings tunnel, int port, int mtu, ThreadingMode mode, int shards) {
}
