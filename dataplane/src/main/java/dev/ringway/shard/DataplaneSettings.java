package dev.ringway.shard;

import dev.ringway.encap.TunnelSettings;
import dev.ringway.fib.IpAddress;

/**
 * What the packet path must know at start and cannot change while it runs.
 *
 * @param mode            how stages are spread over threads
 * @param shards          number of shards
 * @param spin            true: busy-wait instead of blocking in the ring's wait
 * @param ringSlots       packets in flight between reading and switching, a power of two
 * @param sourcePorts     bound sockets a shard sends from, as source-port entropy
 * @param receiveBuffer   SO_RCVBUFFORCE in bytes
 * @param sendBuffer      SO_SNDBUFFORCE in bytes
 * @param gso             try UDP_SEGMENT
 * @param gro             try UDP_GRO
 * @param outerChecksum   compute the outer UDP checksum of what is sent
 * @param uniformDscp     copy the DSCP between inner and outer header (RFC 2983 uniform model); false: pipe model
 * @param underlayVersion 4 or 6
 * @param underlayAddress this node's underlay address
 * @param port            UDP port of the tunnel on all nodes
 * @param tunnel          encapsulation
 * @param flows           where flows to Services are noted
 */
public record DataplaneSettings(ThreadingMode mode, int shards, boolean spin, int ringSlots, int sourcePorts,
        int receiveBuffer, int sendBuffer, boolean gso, boolean gro, boolean outerChecksum, boolean uniformDscp,
        int underlayVersion, IpAddress underlayAddress, int port, TunnelSettings tunnel,
        FlowSettings flows) {
}
