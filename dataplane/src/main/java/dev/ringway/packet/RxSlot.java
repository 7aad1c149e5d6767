package dev.ringway.packet;

/**
 * What a read brought in: one packet or super-packet of a TUN device, or one datagram or GRO train of datagrams from
 * the underlay. It lives in the receive ring; the I/O thread writes it before it publishes, the switch thread reads.
 */
public final class RxSlot {
    /** {@link #port} of what came from the underlay. */
    public static final int UNDERLAY = -1;

    /** The buffer's number in {@link Buffers}. */
    public int buffer;
    /** Address of the IP packet or of the UDP payload. */
    public long data;
    /** Bytes from {@link #data} on; for a TUN without the virtio_net_hdr. */
    public int length;
    /** Number of the local port it was read from, or {@link #UNDERLAY}. */
    public int port;

    /** Underlay only: length of each datagram of a GRO train but the last; equals length if there was only one. */
    public int segmentSize;
    /** Underlay only: outer TOS or traffic class. */
    public int tos;
    /** Underlay only: outer source address as 128 bits, IPv4 in the top 32 of {@link #sourceHi}. */
    public long sourceHi;
    public long sourceLo;

    /** Describes one datagram of another slot, or its packet, all but where it lies. */
    public void describe(RxSlot from, int bytes) {
        port = from.port;
        tos = from.tos;
        sourceHi = from.sourceHi;
        sourceLo = from.sourceLo;
        length = bytes;
        segmentSize = bytes;
    }
}
