package dev.ringway.testing;

import dev.ringway.packet.RxSlot;
import dev.ringway.wire.VnetHdr;
import java.util.HexFormat;

/**
 * What a {@link MemoryIo} has to read: a packet with its virtio_net_hdr from a port, or a datagram or GRO train from
 * the underlay.
 *
 * @param port        number of the local port, or {@link RxSlot#UNDERLAY}
 * @param header      virtio_net_hdr, 10 bytes; zero for a plain packet
 * @param bytes       the IP packet, or the UDP payload
 * @param segmentSize underlay: length of each datagram but the last
 * @param tos         underlay: outer TOS
 * @param sourceHi    underlay: outer source
 */
public record Received(int port, byte[] header, byte[] bytes, int segmentSize, int tos, long sourceHi,
        long sourceLo) {
    /** A plain packet from a local port. */
    public static Received packet(int port, byte[] packet) {
        return superPacket(port, new byte[VnetHdr.LENGTH], packet);
    }

    /** A packet of which the virtio_net_hdr has something to say. */
    public static Received superPacket(int port, byte[] header, byte[] packet) {
        return new Received(port, header, packet, packet.length, 0, 0, 0);
    }

    /** A train of datagrams as UDP_GRO delivers it, all of equal length but a shorter last one. */
    public static Received train(long sourceHi, long sourceLo, int tos, int segmentSize, byte[] payload) {
        return new Received(RxSlot.UNDERLAY, new byte[VnetHdr.LENGTH], payload, segmentSize, tos, sourceHi, sourceLo);
    }

    @Override
    public String toString() {
        return (port == RxSlot.UNDERLAY ? "underlay segments of " + segmentSize : "port " + port + " "
                + HexFormat.of().formatHex(header)) + " " + HexFormat.of().formatHex(bytes);
    }
}
