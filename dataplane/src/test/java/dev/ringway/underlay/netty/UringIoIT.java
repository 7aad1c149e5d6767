package dev.ringway.underlay.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.DropReason;
import dev.ringway.packet.TxSlot;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.wire.VnetHdr;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of the edge to the kernel, on a real TUN device and real UDP sockets. */
final class UringIoIT {
    private static final int SLOTS = 16;
    private static final byte[] NO_OFFLOAD = new byte[VnetHdr.LENGTH];

    private static void send(DatagramSocket from, byte[] bytes, String address, int port) throws IOException {
        from.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(InetAddress.ofLiteral(address), port)));
    }

    private static byte[] receive(DatagramSocket socket) throws IOException {
        final DatagramPacket packet = new DatagramPacket(new byte[70_000], 70_000);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Test
    void packetsOfADeviceArriveInOrder() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            try (DatagramSocket client = edge.socket("10.246.0.1")) {
                int next = 0;
                while (next < 200) {
                    // Within what the ring and the device's queue hold.
                    for (int i = 0; i < SLOTS / 2; i++) {
                        send(client, new byte[] {(byte) (next + i)}, "10.246.0.9", 7);
                    }
                    for (RealEdge.Received packet : edge.take(SLOTS / 2)) {
                        assertEquals(edge.port.number(), packet.port());
                        assertEquals((byte) next++, packet.bytes()[28]);
                    }
                }
            }
            assertEquals(0, edge.drops.total());
        });
    }

    @Test
    void aFullRingDropsAndCountsAndGoesOnReading() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            final int sent = 5 * SLOTS;
            try (DatagramSocket client = edge.socket("10.246.0.1")) {
                for (int i = 0; i < sent; i++) {
                    send(client, new byte[] {1}, "10.246.0.9", 7);
                }
                // Nobody takes them out of the ring.
                edge.until("drops", () -> edge.drops.get(DropReason.RING_FULL) == sent - SLOTS);
                assertEquals(SLOTS, edge.take(SLOTS).size());
                send(client, new byte[] {2}, "10.246.0.9", 7);
                assertEquals(2, edge.take(1).getFirst().bytes()[28]);
            }
        });
    }

    @Test
    void aGatherWriteIsOnePacketForThePod() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            try (DatagramSocket server = edge.socket("10.246.0.1")) {
                final byte[] packet = PacketBuilder.of("10.246.0.9", "10.246.0.1").udp(7, server.getLocalPort())
                        .payload(Bytes.pattern(1000)).bytes();
                edge.write(NO_OFFLOAD, Arrays.copyOf(packet, 28), Arrays.copyOfRange(packet, 28, 500),
                        Arrays.copyOfRange(packet, 500, packet.length));
                edge.send();
                assertArrayEquals(Bytes.pattern(1000), receive(server));
            }
            assertEquals(0, edge.drops.total());
        });
    }

    @Test
    void aSegmentedSendArrivesAsDatagrams() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            try (DatagramSocket peer = edge.socket("127.0.0.1")) {
                final TxSlot slot = edge.sendTo(peer.getLocalPort(), 2);
                slot.segmentSize = 300;
                slot.segments = 3;
                edge.append(slot, Bytes.pattern(650));
                edge.append(slot, Bytes.pattern(50));
                edge.send();
                assertArrayEquals(Bytes.pattern(300), receive(peer));
                assertArrayEquals(Arrays.copyOfRange(Bytes.pattern(650), 300, 600), receive(peer));
                assertEquals(100, receive(peer).length);
            }
            assertEquals("on", edge.offloads.gsoText());
        });
    }

    @Test
    void aTrainArrivesWithItsSegmentSizeSenderAndTos() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            // To our own receiving socket: the kernel hands the train over as it was sent.
            final TxSlot slot = edge.sendTo(RealEdge.PORT, 1);
            slot.segmentSize = 200;
            slot.segments = 4;
            slot.tos = 2;
            edge.append(slot, Bytes.pattern(750));
            edge.send();
            final List<RealEdge.Received> trains = edge.take(1);
            assertEquals(1, trains.size());
            final RealEdge.Received train = trains.getFirst();
            assertArrayEquals(Bytes.pattern(750), train.bytes());
            assertEquals(200, train.segmentSize());
            assertEquals(2, train.tos());
            assertEquals(0x7F000001L << 32, train.source().hi());
        });
    }

    @Test
    void aSingleDatagramIsItsOwnSegment() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            try (DatagramSocket peer = edge.socket("127.0.0.1")) {
                send(peer, Bytes.pattern(77), "127.0.0.1", RealEdge.PORT);
                final RealEdge.Received one = edge.take(1).getFirst();
                assertEquals(77, one.segmentSize());
                assertEquals(0, one.tos());
            }
        });
    }

    @Test
    void aDeviceThatIsDownCostsWhatIsWrittenToIt() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            RealEdge.run("ip", "link", "set", "t0", "down");
            edge.write(NO_OFFLOAD, PacketBuilder.of("10.246.0.9", "10.246.0.1").udp(7, 9).bytes());
            edge.send();
            assertEquals(1, edge.drops.get(DropReason.TUN_WRITE));
            RealEdge.run("ip", "link", "set", "t0", "up");
            try (DatagramSocket server = edge.socket("10.246.0.1")) {
                edge.write(NO_OFFLOAD, PacketBuilder.of("10.246.0.9", "10.246.0.1").udp(7, server.getLocalPort())
                        .payload(Bytes.pattern(5)).bytes());
                edge.send();
                assertArrayEquals(Bytes.pattern(5), receive(server));
                // Reading goes on as well.
                send(server, new byte[] {3}, "10.246.0.9", 7);
                assertEquals(3, edge.take(1).getFirst().bytes()[28]);
            }
        });
    }

    @Test
    void aDatagramLargerThanThePathTeachesItsMtu() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            RealEdge.run("ip", "link", "set", "lo", "mtu", "2000");
            final TxSlot slot = edge.sendTo(RealEdge.PORT, 0);
            slot.segmentSize = 3000;
            edge.append(slot, Bytes.pattern(3000));
            edge.send();
            assertEquals(1, edge.drops.get(DropReason.UNDERLAY_TOO_BIG));
            assertArrayEquals(new int[] {5, 2000}, edge.learned.getFirst());
            assertEquals("on", edge.offloads.gsoText());
        });
    }

    @Test
    void aRemovedPortIsLeftAlone() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            final boolean[] gone = {false};
            edge.io().removePort(edge.port, () -> gone[0] = true);
            edge.until("the port to be let go", () -> gone[0]);
            edge.write(NO_OFFLOAD, PacketBuilder.of("10.246.0.9", "10.246.0.1").udp(7, 9).bytes());
            edge.send();
            assertEquals(1, edge.drops.get(DropReason.PORT_GONE));
            try (DatagramSocket client = edge.socket("10.246.0.1"); DatagramSocket peer = edge.socket("127.0.0.1")) {
                send(client, new byte[] {1}, "10.246.0.9", 7);
                send(peer, new byte[] {2}, "127.0.0.1", RealEdge.PORT);
                // The underlay is still read; what the pod sent stays in its queue.
                assertEquals(-1, edge.take(1).getFirst().port());
                client.setSoTimeout(50);
                assertThrows(SocketTimeoutException.class, () -> receive(client));
            }
            assertTrue(edge.receive.depth() == 0, "something was read from the removed port");
        });
    }

    @Test
    void everyBufferComesBack() throws IOException {
        RealEdge.with(SLOTS, edge -> {
            try (DatagramSocket client = edge.socket("10.246.0.1"); DatagramSocket peer = edge.socket("127.0.0.1")) {
                for (int round = 0; round < 50; round++) {
                    send(client, Bytes.pattern(round), "10.246.0.9", 7);
                    send(peer, Bytes.pattern(round + 1), "127.0.0.1", RealEdge.PORT);
                    edge.take(2);
                }
            }
            edge.io().close();
            assertEquals(edge.buffers.size(), edge.buffers.available());
        });
    }
}
