package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.NaiveGso;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Seeded;
import dev.ringway.wire.Memory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Segments of super-packets, each compared with what the naive splitter makes; then the rules one by one. */
class SegmenterTest {
    private static final int FIN = PacketBuilder.FIN;
    private static final int PSH = PacketBuilder.PSH;
    private static final int ACK = PacketBuilder.ACK;
    private static final int ECE = PacketBuilder.ECE;
    private static final int CWR = PacketBuilder.CWR;

    private final Segmenter segmenter = new Segmenter();

    private List<byte[]> split(Supers superPacket) {
        final List<byte[]> segments = new ArrayList<>();
        superPacket.with(p -> {
            segmenter.begin(p);
            for (int i = 0; i < segmenter.count(); i++) {
                try (GuardedMemory headers = new GuardedMemory(p.headers)) {
                    segmenter.writeHeaders(headers.address(), i);
                    final byte[] data = new byte[segmenter.payloadLength(i)];
                    Memory.getBytes(segmenter.payloadAddress(i), data);
                    segments.add(Bytes.concat(headers.bytes(), data));
                }
            }
        });
        return segments;
    }

    private static PacketBuilder tcp4() {
        return PacketBuilder.of("10.0.0.1", "10.0.0.2").tcp(3000, 80);
    }

    private static List<Integer> map(List<byte[]> segments, ToIntFunction<PacketView> field) {
        return segments.stream().map(PacketView::new).mapToInt(field).boxed().toList();
    }

    @Test
    void sameAsTheNaiveSplit() {
        Seeded.rounds(1500, random -> {
            final Supers superPacket = Supers.random(random);
            final List<byte[]> expected = NaiveGso.segments(superPacket.packet(), superPacket.gsoSize());
            final List<byte[]> segments = split(superPacket);
            assertEquals(expected.size(), segments.size());
            for (int i = 0; i < segments.size(); i++) {
                assertArrayEquals(expected.get(i), segments.get(i), "segment " + i);
                assertNull(new PacketView(segments.get(i)).refusal());
            }
        });
    }

    @Test
    void finAndPushOnTheLastCongestionWindowReducedOnTheFirst() {
        final List<byte[]> segments = split(Supers.of(
                tcp4().flags(FIN | PSH | ACK | ECE | CWR).payload(new byte[300]), 100));
        assertEquals(List.of(ACK | ECE | CWR, ACK | ECE, FIN | PSH | ACK | ECE),
                map(segments, PacketView::tcpFlags));
    }

    @Test
    void sequenceNumbersWrapAround() {
        final List<byte[]> segments = split(Supers.of(tcp4().sequence(-150).payload(new byte[300]), 100));
        assertEquals(List.of(-150, -50, 50), map(segments, PacketView::sequence));
    }

    @Test
    void identificationsCountUpAndWrapAround() {
        final List<byte[]> segments = split(Supers.of(tcp4().id(0xFFFE).payload(new byte[300]), 100));
        assertEquals(List.of(0xFFFE, 0xFFFF, 0), map(segments, view -> view.u16(4)));
    }

    @Test
    void lengths() {
        assertEquals(List.of(140, 140, 140), map(split(Supers.of(tcp4().payload(new byte[300]), 100)),
                view -> view.bytes().length));
        assertEquals(List.of(140, 41), map(split(Supers.of(tcp4().payload(new byte[101]), 100)),
                view -> view.bytes().length));
    }

    @Test
    void largestPossible() {
        final List<byte[]> segments = split(Supers.of(tcp4().payload(Bytes.pattern(65535 - 40)), 1));
        assertEquals(65495, segments.size());
        assertEquals(65494, new PacketView(segments.getLast()).sequence() - 1);
        assertNull(new PacketView(segments.getLast()).refusal());
        assertEquals(2, split(Supers.of(PacketBuilder.of("fd00::1", "fd00::2").udp(1, 2)
                .payload(Bytes.pattern(65535 - 8)), 65526)).size());
    }

    @Test
    void udpChecksumOfZeroIsSentAsAllOnes() {
        final byte[] payload = Bytes.pattern(200);
        final PacketBuilder builder = PacketBuilder.of("fd00::1", "fd00::2").udp(1, 2);
        // A word that makes the sum of the second segment come out as zero.
        payload[150] = 0;
        payload[151] = 0;
        final byte[] second = builder.payload(Arrays.copyOfRange(payload, 100, 200)).bytes();
        ByteBuffer.wrap(payload).putShort(150, ByteBuffer.wrap(second).getShort(46));
        final List<byte[]> segments = split(Supers.of(builder.payload(payload), 100));
        assertEquals(0xFFFF, new PacketView(segments.get(1)).u16(46));
        assertNull(new PacketView(segments.get(1)).refusal());
    }
}
