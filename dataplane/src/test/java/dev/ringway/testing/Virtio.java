package dev.ringway.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A virtio_net_hdr as its receiver reads it, and what Linux says to it when it is written to a TUN device
 * (virtio_net_hdr_to_skb in linux/virtio_net.h). Written beside the code under test, not from it.
 */
public record Virtio(int flags, int gsoType, int headerLength, int gsoSize, int checksumStart, int checksumOffset) {
    public static final int LENGTH = 10;
    public static final int NEEDS_CSUM = 1;
    public static final int TCPV4 = 1;
    public static final int TCPV6 = 4;
    public static final int UDP_L4 = 5;
    public static final int ECN = 0x80;

    private static final int UDP_MAX_SEGMENTS = 64;

    public static Virtio of(byte[] header) {
        final ByteBuffer bytes = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
        return new Virtio(header[0] & 0xFF, header[1] & 0xFF, bytes.getShort(2) & 0xFFFF, bytes.getShort(4) & 0xFFFF,
                bytes.getShort(6) & 0xFFFF, bytes.getShort(8) & 0xFFFF);
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder()).put((byte) flags).put((byte) gsoType)
                .putShort((short) headerLength).putShort((short) gsoSize).putShort((short) checksumStart)
                .putShort((short) checksumOffset).array();
    }

    public boolean isSuper() {
        return gsoType != 0;
    }

    /** Why the kernel would refuse this with that packet, or its peer would, after it; null if neither does. */
    public String refusal(byte[] packet) {
        final PacketView view = new PacketView(packet);
        if (headerLength > packet.length) {
            return "hdr_len is beyond the packet";
        }
        if ((flags & NEEDS_CSUM) == 0) {
            return isSuper() ? "a super-packet without NEEDS_CSUM" : view.refusal();
        }
        if (checksumStart < (view.version() == 4 ? 20 : 40) || checksumStart + checksumOffset + 2 > packet.length) {
            return "checksum outside of the packet";
        }
        final int field = view.protocol() == PacketBuilder.TCP ? 16 : 6;
        if (checksumStart != view.l4() || checksumOffset != field) {
            return "checksum is not where the protocol has it";
        }
        if (view.u16(checksumStart + field) != view.pseudoSum()) {
            return "checksum field does not hold the pseudo header's sum of the full length";
        }
        return isSuper() ? superRefusal(view) : view.lengthRefusal();
    }

    private String superRefusal(PacketView view) {
        final int wanted = view.protocol() == PacketBuilder.UDP ? UDP_L4
                : view.protocol() != PacketBuilder.TCP ? -1 : view.version() == 4 ? TCPV4 : TCPV6;
        if (gsoType != wanted) {
            return "gso_type " + gsoType + " is not of this protocol";
        }
        if (gsoSize == 0 || gsoSize == 0xFFFF) {
            return "gso_size " + gsoSize;
        }
        if (headerLength != view.payloadAt()) {
            return "hdr_len " + headerLength + " where the headers have " + view.payloadAt();
        }
        final int payload = view.bytes().length - view.payloadAt();
        if (gsoType == UDP_L4 && payload > gsoSize * UDP_MAX_SEGMENTS) {
            return "more than " + UDP_MAX_SEGMENTS + " segments";
        }
        return view.lengthRefusal();
    }
}
