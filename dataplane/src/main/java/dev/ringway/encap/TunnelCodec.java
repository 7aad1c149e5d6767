package dev.ringway.encap;

import dev.ringway.packet.DropReason;

/**
 * Writes and reads what stands between the outer UDP header and the inner IP header. One implementation a daemon;
 * used by the switch thread.
 */
public interface TunnelCodec {
    /** Bytes that {@link #write} writes. */
    int headerLength();

    /**
     * Writes the header of a packet to another node.
     *
     * @param at        {@link #headerLength} bytes, directly in front of the inner IP header
     * @param ipVersion the inner packet's, 4 or 6
     * @param peerMac   MAC address of the other node's VTEP (VXLAN only)
     */
    void write(long at, int ipVersion, long peerMac);

    /**
     * Reads the header of one received datagram.
     *
     * @param at     the UDP payload
     * @param length its length in bytes
     * @return null, or why it must be dropped
     */
    DropReason read(Decapsulated result, long at, int length);

    /** The codec of a configuration. */
    static TunnelCodec of(TunnelSettings settings, long ownMac) {
        return switch (settings) {
            case VxlanSettings vxlan -> new VxlanCodec(vxlan.vni(), ownMac);
            case GreSettings gre -> new GreCodec(gre.keyed(), gre.key());
        };
    }
}
