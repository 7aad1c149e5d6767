package dev.ringway.testing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a kernel or a network card makes of a super-packet: its segments, each with finished checksums. The plainest
 * way there is, on byte arrays: the oracle for {@code Segmenter}, and the pod's kernel behind {@code Coalescer}.
 */
public final class NaiveGso {
    private NaiveGso() {
    }

    /** The packets that a receiver sees for what was written to a device: one, or the segments of a super-packet. */
    public static List<byte[]> packets(byte[] header, byte[] packet) {
        final Virtio virtio = Virtio.of(header);
        if (!virtio.isSuper()) {
            return List.of(virtio.flags() == 0 ? packet : finished(packet.clone()));
        }
        return segments(packet, virtio.gsoSize());
    }

    /** Splits TCP or UDP payload into pieces of this size. */
    public static List<byte[]> segments(byte[] packet, int gsoSize) {
        final PacketView whole = new PacketView(packet);
        final int headers = whole.payloadAt();
        final List<byte[]> segments = new ArrayList<>();
        for (int at = headers; at < packet.length; at += gsoSize) {
            final byte[] data = Arrays.copyOfRange(packet, at, Math.min(packet.length, at + gsoSize));
            final byte[] segment = Bytes.concat(Arrays.copyOf(packet, headers), data);
            final ByteBuffer bytes = ByteBuffer.wrap(segment);
            final int l4 = whole.l4();
            if (whole.version() == 4) {
                bytes.putShort(2, (short) segment.length);
                bytes.putShort(4, (short) (whole.u16(4) + segments.size()));
            } else {
                bytes.putShort(4, (short) (segment.length - 40));
            }
            if (whole.protocol() == PacketBuilder.TCP) {
                bytes.putInt(l4 + 4, whole.sequence() + at - headers);
                int flags = whole.tcpFlags();
                if (at != headers) {
                    flags &= ~PacketBuilder.CWR;
                }
                if (at + gsoSize < packet.length) {
                    flags &= ~(PacketBuilder.FIN | PacketBuilder.PSH);
                }
                bytes.put(l4 + 13, (byte) flags);
            } else {
                bytes.putShort(l4 + 4, (short) (segment.length - l4));
            }
            segments.add(finished(segment));
        }
        return segments;
    }

    /** Puts the right checksums into the IPv4 header and into TCP or UDP. */
    private static byte[] finished(byte[] packet) {
        final PacketView view = new PacketView(packet);
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        final int l4 = view.l4();
        if (view.version() == 4) {
            bytes.putShort(10, (short) 0);
            bytes.putShort(10, (short) InternetChecksum.of(Arrays.copyOf(packet, l4)));
        }
        final int field = l4 + (view.protocol() == PacketBuilder.TCP ? 16 : 6);
        bytes.putShort(field, (short) 0);
        final byte[] pseudo = InternetChecksum.pseudoHeader(view.source(), view.destination(), view.protocol(),
                packet.length - l4);
        final int checksum = InternetChecksum.of(pseudo, Arrays.copyOfRange(packet, l4, packet.length));
        bytes.putShort(field, (short) (view.protocol() == PacketBuilder.UDP && checksum == 0 ? 0xFFFF : checksum));
        return packet;
    }
}
