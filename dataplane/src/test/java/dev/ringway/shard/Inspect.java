package dev.ringway.shard;

import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads packets as their receiver would: splits super-packets as a pod's kernel does, verifies every checksum. */
final class Inspect {
    private static final int VXLAN_HEADERS = 22;

    private Inspect() {
    }

    /** The inner packets of all VXLAN datagrams, in the order of sending. */
    static List<byte[]> inner(List<Sent> all) {
        final List<byte[]> packets = new ArrayList<>();
        for (Sent sent : all) {
            if (sent.isTunnel()) {
                for (byte[] datagram : sent.datagrams()) {
                    packets.add(Arrays.copyOfRange(datagram, VXLAN_HEADERS, datagram.length));
                }
            }
        }
        return packets;
    }

    /** True if the IPv4 header's and the TCP or UDP checksum are right and all lengths agree. */
    static boolean valid(byte[] packet) {
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        final boolean four = packet[0] >> 4 == 4;
        if (four && (bytes.getShort(2) & 0xFFFF) != packet.length || !four && bytes.getShort(4) != packet.length - 40) {
            return false;
        }
        if (four && Packets.fold(Packets.sum(Arrays.copyOf(packet, l4(packet)))) != 0xFFFF) {
            return false;
        }
        final byte[] l4 = Arrays.copyOfRange(packet, l4(packet), packet.length);
        if (protocol(packet) == Packets.UDP && (ByteBuffer.wrap(l4).getShort(4) & 0xFFFF) != l4.length) {
            return false;
        }
        final byte[] addresses = Arrays.copyOfRange(packet, four ? 12 : 8, four ? 20 : 40);
        final byte[] rest = ByteBuffer.allocate(8).putInt(l4.length).putInt(protocol(packet)).array();
        return Packets.fold(Packets.sum(addresses) + Packets.sum(rest) + Packets.sum(l4)) == 0xFFFF;
    }

    static int protocol(byte[] packet) {
        return packet[packet[0] >> 4 == 4 ? 9 : 6];
    }

    /** Offset of the upper-layer header. */
    static int l4(byte[] packet) {
        return packet[0] >> 4 == 4 ? (packet[0] & 15) * 4 : 40;
    }

    /** Offset of the TCP or UDP payload. */
    static int payload(byte[] packet) {
        final int l4 = l4(packet);
        return protocol(packet) == Packets.UDP ? l4 + 8 : l4 + (packet[l4 + 12] >> 2 & 0x3C);
    }

    static int sequence(byte[] packet) {
        return ByteBuffer.wrap(packet).getInt(l4(packet) + 4);
    }

    static int sourcePort(byte[] packet) {
        return ByteBuffer.wrap(packet).getShort(l4(packet)) & 0xFFFF;
    }

    /** gso_size of a write to a port: 0 if it is no super-packet. */
    static int gsoSize(Sent sent) {
        return sent.header().length == 0 || header(sent).get(1) == 0 ? 0 : header(sent).getShort(4) & 0xFFFF;
    }

    /**
     * True if the checksum field of a super-packet holds what linux/virtio_net.h asks for: the sum of the pseudo header
     * with the length of the whole, neither complemented nor finished; and the header points at it.
     */
    static boolean unfinished(Sent sent) {
        final byte[] packet = sent.bytes();
        final boolean four = packet[0] >> 4 == 4;
        final int l4 = l4(packet);
        final int field = protocol(packet) == Packets.UDP ? 6 : 16;
        final byte[] addresses = Arrays.copyOfRange(packet, four ? 12 : 8, four ? 20 : 40);
        final int pseudo = Packets.fold(Packets.sum(addresses) + packet.length - l4 + protocol(packet));
        return header(sent).get(0) == 1 && header(sent).getShort(6) == l4 && header(sent).getShort(8) == field
                && (ByteBuffer.wrap(packet).getShort(l4 + field) & 0xFFFF) == pseudo;
    }

    private static ByteBuffer header(Sent sent) {
        return ByteBuffer.wrap(sent.header()).order(ByteOrder.nativeOrder());
    }

    /** All payload bytes of these packets, one after the other. */
    static byte[] payloads(List<byte[]> packets) {
        final List<byte[]> parts = new ArrayList<>();
        packets.forEach(packet -> parts.add(Arrays.copyOfRange(packet, payload(packet), packet.length)));
        return Packets.concat(parts.toArray(new byte[0][]));
    }
}
