package dev.ringway.encap;

import dev.ringway.packet.DropReason;
import dev.ringway.wire.Ethernet;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Vxlan;

/**
 * VXLAN (RFC 7348) with an inner Ethernet header that names the VTEPs of both nodes, as flannel's kernel devices do:
 * the kernel routes an inner packet only if its destination MAC is its own, and drops one whose source MAC is its own.
 */
public final class VxlanCodec implements TunnelCodec {
    private static final int HEADERS = Vxlan.LENGTH + Ethernet.LENGTH;

    private final int vni;
    private final long ownMac;

    public VxlanCodec(int vni, long ownMac) {
        this.vni = vni;
        this.ownMac = ownMac;
    }

    @Override
    public int headerLength() {
        return HEADERS;
    }

    @Override
    public void write(long at, int ipVersion, long peerMac) {
        Vxlan.write(at, vni);
        Ethernet.write(at + Vxlan.LENGTH, peerMac, ownMac,
                ipVersion == 4 ? Ethernet.TYPE_IPV4 : Ethernet.TYPE_IPV6);
    }

    @Override
    public DropReason read(Decapsulated result, long at, int length) {
        if (length < HEADERS) {
            return DropReason.MALFORMED_TUNNEL;
        }
        if ((Memory.getByte(at + Vxlan.FLAGS) & Vxlan.FLAG_I) == 0) {
            return DropReason.VXLAN_FLAGS;
        }
        if (Vxlan.vni(at) != vni) {
            return DropReason.UNKNOWN_VNI;
        }
        final long frame = at + Vxlan.LENGTH;
        final long source = Ethernet.mac(frame + Ethernet.SOURCE);
        if (source == ownMac || source == 0 || Ethernet.isGroup(source)) {
            return DropReason.INNER_MAC;
        }
        final int type = Memory.getShortBe(frame + Ethernet.TYPE);
        final long destination = Ethernet.mac(frame + Ethernet.DESTINATION);
        // Groups carry ARP requests and neighbour solicitations; anything else among them is dropped by its address.
        if (destination != ownMac && !Ethernet.isGroup(destination)) {
            return DropReason.INNER_MAC;
        }
        result.inner = frame + Ethernet.LENGTH;
        result.length = length - HEADERS;
        switch (type) {
            case Ethernet.TYPE_IPV4, Ethernet.TYPE_IPV6 -> result.content = Decapsulated.Content.IP;
            case Ethernet.TYPE_ARP -> result.content = Decapsulated.Content.ARP;
            default -> {
                return DropReason.INNER_TYPE;
            }
        }
        return null;
    }
}
