package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.NaiveGso;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Seeded;
import dev.ringway.testing.SlotQueue;
import dev.ringway.testing.Virtio;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Split and joined again nothing is lost; whatever comes in whatever order, no flow is reordered. */
class CoalescerPropertyTest {
    private int inputs;
    private int outputs;

    /** Super-packet, segments, super-packets, segments: the same bytes, and the kernel takes what is in between. */
    @Test
    void roundTrip() {
        try (Gro gro = new Gro()) {
            Seeded.rounds(800, random -> {
                final Supers superPacket = Supers.random(random, false);
                final List<byte[]> segments = NaiveGso.segments(superPacket.packet(), superPacket.gsoSize());
                segments.forEach(segment -> gro.add(3, segment));
                final List<SlotQueue.Written> written = gro.take();
                final List<byte[]> out = Gro.packets(written);
                assertEquals(segments.size(), out.size());
                for (int i = 0; i < out.size(); i++) {
                    assertArrayEquals(segments.get(i), out.get(i), "segment " + i);
                }
                inputs += segments.size();
                outputs += written.size();
            });
        }
        assertTrue(outputs < inputs / 4, outputs + " writes for " + inputs + " packets");
    }

    /** A flow that a sender could have: its packets come one after the other, some with something odd about them. */
    private static final class Sender {
        private final boolean four;
        private final boolean tcp;
        private final int port;
        private final boolean dontFragment;
        private int sequence;
        private int id;
        private final int size;

        Sender(SplittableRandom random, int number) {
            four = random.nextBoolean();
            tcp = random.nextInt(3) > 0;
            port = 1000 + number;
            dontFragment = random.nextBoolean();
            sequence = random.nextInt();
            id = random.nextInt(65536);
            size = 1 + random.nextInt(60);
        }

        byte[] next(SplittableRandom random) {
            final PacketBuilder builder = four ? PacketBuilder.of("10.0.0.1", "10.0.0.2")
                    : PacketBuilder.of("fd00::1", "fd00::2");
            builder.id(id++ & 0xFFFF).fragment(dontFragment ? PacketBuilder.DF : 0);
            final int odd = random.nextInt(40);
            final int length = odd == 0 ? 0 : odd < 4 ? 1 + random.nextInt(size) : size;
            if (odd == 4) {
                builder.tos(3);
            } else if (odd == 5 && four) {
                builder.options(1, 1, 1, 1);
            } else if (odd == 5) {
                builder.hopByHop();
            } else if (odd == 6) {
                builder.checksum(PacketBuilder.Checksum.WRONG);
            } else if (odd == 7 && four) {
                builder.fragment(PacketBuilder.MF);
            } else if (odd == 7) {
                builder.fragmentHeader(0, true, id);
            }
            if (tcp) {
                builder.tcp(port, 80).sequence(odd == 8 ? sequence - 5 : sequence);
                builder.flags(odd == 9 ? random.nextInt(256) : PacketBuilder.ACK);
                sequence += length;
            } else {
                builder.udp(port, 53);
            }
            return builder.payload(Bytes.random(random, length)).bytes();
        }
    }

    /** With DF the identification means nothing, and a super-packet has only one. */
    private static String comparable(byte[] packet) {
        final byte[] copy = packet.clone();
        final PacketView view = new PacketView(copy);
        if (view.version() == 4 && (view.flagsAndOffset() & PacketBuilder.DF) != 0) {
            final ByteBuffer bytes = ByteBuffer.wrap(copy);
            bytes.putShort(4, (short) 0).putShort(10, (short) 0);
            bytes.putShort(10, (short) InternetChecksum.of(Arrays.copyOf(copy, view.l4())));
        }
        return Bytes.hex(copy);
    }

    private static String flow(int port, byte[] packet) {
        return port + ": " + new PacketView(packet).flow();
    }

    @Test
    void noFlowIsReordered() {
        inputs = 0;
        outputs = 0;
        try (Gro gro = new Gro()) {
            Seeded.rounds(500, random -> {
                final List<Sender> senders = new ArrayList<>();
                // Sometimes more flows than chains, so that they meet in one.
                final int flows = random.nextInt(4) == 0 ? 100 : 1 + random.nextInt(8);
                for (int i = 0; i < flows; i++) {
                    senders.add(new Sender(random, i));
                }
                final Map<String, List<String>> in = new LinkedHashMap<>();
                Sender current = senders.getFirst();
                for (int i = 0; i < 120; i++) {
                    current = random.nextInt(3) == 0 ? senders.get(random.nextInt(flows)) : current;
                    final byte[] packet = current.next(random);
                    final int port = 1 + current.port % 3;
                    gro.add(port, packet);
                    in.computeIfAbsent(flow(port, packet), f -> new ArrayList<>()).add(comparable(packet));
                    if (random.nextInt(50) == 0) {
                        gro.endOfBatch();
                    }
                    inputs++;
                }
                final List<SlotQueue.Written> written = gro.take(false);
                outputs += written.size();
                assertEquals(in, byFlow(written));
            });
        }
        assertTrue(outputs < inputs * 2 / 3, outputs + " writes for " + inputs + " packets");
    }

    private static Map<String, List<String>> byFlow(List<SlotQueue.Written> written) {
        final Map<String, List<String>> out = new HashMap<>();
        for (SlotQueue.Written one : written) {
            for (byte[] packet : NaiveGso.packets(one.header(), one.packet())) {
                if (!Virtio.of(one.header()).isSuper()) {
                    assertArrayEquals(one.packet(), packet);
                }
                out.computeIfAbsent(flow(one.port(), packet), f -> new ArrayList<>()).add(comparable(packet));
            }
        }
        return out;
    }
}
