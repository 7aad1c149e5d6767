package dev.ringway.testing;

import dev.ringway.packet.TxSlot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * One send that a {@link MemoryIo} has carried out: a write to a port or a send to another node.
 *
 * @param port        number of the local port, or -1
 * @param header      port: virtio_net_hdr, or no bytes for a device that has none
 * @param vtep        node: index of its VTEP, or -1
 * @param socket      node: number of the source socket
 * @param tos         node: outer TOS
 * @param segmentSize node: length of each datagram but the last
 * @param segments    number of packets in it
 * @param bytes       the IP packet, or the payloads of all datagrams
 */
public record Sent(int port, byte[] header, int vtep, int socket, int tos, int segmentSize, int segments,
        byte[] bytes) {
    static Sent of(TxSlot slot, byte[] gathered, int header) {
        return new Sent(slot.kind == TxSlot.TUN ? slot.port : -1, Arrays.copyOf(gathered, header), slot.vtep,
                slot.socket, slot.tos, slot.segmentSize, slot.segments,
                Arrays.copyOfRange(gathered, header, gathered.length));
    }

    public boolean isTunnel() {
        return port < 0;
    }

    /** The datagrams as the kernel would segment them (UDP_SEGMENT). */
    public List<byte[]> datagrams() {
        final List<byte[]> all = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += segmentSize) {
            all.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + segmentSize)));
        }
        return all;
    }

    @Override
    public String toString() {
        return (isTunnel() ? "node " + vtep + " socket " + socket + " tos " + tos + " segments of " + segmentSize
                : "port " + port + " " + HexFormat.of().formatHex(header)) + " " + HexFormat.of().formatHex(bytes);
    }
}
