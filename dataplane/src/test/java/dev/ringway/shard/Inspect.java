package dev.ringway.shard;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.NaiveGso;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Virtio;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what was sent as its receivers would. */
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

    /** The packets that a pod's sockets see for a write to its device. */
    static List<byte[]> packets(Sent write) {
        return write.header().length == 0 ? List.of(write.bytes()) : NaiveGso.packets(write.header(), write.bytes());
    }

    /** Why the kernel behind a device, or the network behind that, would not take a write; null if they do. */
    static String refusal(Sent write) {
        return write.header().length == 0 ? refusal(write.bytes())
                : Virtio.of(write.header()).refusal(write.bytes());
    }

    /** Why a receiver would not take a packet; null if it does. */
    static String refusal(byte[] packet) {
        return new PacketView(packet).refusal();
    }

    /** gso_size of a write to a port: 0 if it is no super-packet. */
    static int gsoSize(Sent write) {
        return write.header().length == 0 ? 0 : Virtio.of(write.header()).gsoSize();
    }

    static int sequence(byte[] packet) {
        return new PacketView(packet).sequence();
    }

    /** Offset of the upper-layer header. */
    static int l4(byte[] packet) {
        return new PacketView(packet).l4();
    }

    /** All payload bytes of these packets, one after the other. */
    static byte[] payloads(List<byte[]> packets) {
        return Bytes.concat(packets.stream().map(packet -> new PacketView(packet).payload()).toArray(byte[][]::new));
    }
}
