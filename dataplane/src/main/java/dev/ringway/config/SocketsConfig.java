package dev.ringway.config;

/**
 * UDP sockets of the underlay.
 *
 * @param sourcePorts   entropy sockets a shard
 * @param receiveBuffer bytes
 * @param sendBuffer    bytes
 * @param gso           try UDP_SEGMENT
 * @param gro           try UDP_GRO
 */
public record SocketsConfig(int sourcePorts, int receiveBuffer, int sendBuffer, boolean gso, boolean gro) {
}
