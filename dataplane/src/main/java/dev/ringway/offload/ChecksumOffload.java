package dev.ringway.offload;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;
import dev.ringway.wire.Udp;

/** Finishes and verifies upper-layer checksums in software, where a packet leaves or enters the world of offloads. */
public final class ChecksumOffload {
    private ChecksumOffload() {
    }

    /**
     * Finishes the checksum of a packet that the kernel left to its device (VIRTIO_NET_HDR_F_NEEDS_CSUM): the field
     * holds the pseudo header's sum, so the sum from checksumStart to the end is all there is to add.
     */
    public static void finish(Packet p) {
        if (!p.needsChecksum) {
            return;
        }
        final long start = p.ip + p.checksumStart;
        final long sum = Checksum.sum(start, p.length - p.checksumStart, 0);
        Memory.putShort(start + p.checksumOffset,
                p.protocol == IpProtocol.UDP ? Checksum.finishUdp(sum) : Checksum.finish(sum));
        p.needsChecksum = false;
    }

    /**
     * True if a whole TCP or UDP packet's checksum is there and right. A UDP checksum of zero ("none") is not: such a
     * packet must not be coalesced, since the result would claim to be verified.
     */
    public static boolean valid(Packet p) {
        final long l4 = p.ip + p.l4;
        final int length = p.length - p.l4;
        if (p.protocol == IpProtocol.UDP
                && (Memory.getShort(l4 + Udp.CHECKSUM) == 0 || Memory.getShortBe(l4 + Udp.DATAGRAM_LENGTH) != length)) {
            return false;
        }
        final long pseudo = Checksum.pseudo(p.ip, p.version, p.protocol, length);
        return Checksum.fold(Checksum.sum(l4, length, pseudo)) == 0xFFFF;
    }

    /**
     * True if a TCP or UDP packet carries just its pseudo header's sum instead of a checksum: the sender's kernel left
     * it to a device that has handed it to us without finishing it. Virtual Ethernet does so between two namespaces of
     * one machine, also with what a kernel VXLAN device sends through it. Then marks it as unfinished.
     */
    public static boolean unfinished(Packet p) {
        if (!p.l4Present || p.fragment != Packet.WHOLE
                || p.protocol != IpProtocol.TCP && p.protocol != IpProtocol.UDP) {
            return false;
        }
        final int field = p.protocol == IpProtocol.TCP ? Tcp.CHECKSUM : Udp.CHECKSUM;
        final int partial = Checksum.fold(Checksum.pseudo(p.ip, p.version, p.protocol, p.length - p.l4));
        if (Memory.getShort(p.ip + p.l4 + field) != partial || valid(p)) {
            return false;
        }
        p.needsChecksum = true;
        p.checksumStart = p.l4;
        p.checksumOffset = field;
        return true;
    }
}
