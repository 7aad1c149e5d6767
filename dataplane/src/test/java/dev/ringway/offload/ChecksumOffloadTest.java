package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketBuilder.Checksum;
import dev.ringway.testing.Seeded;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Checksums finished, verified, and recognised as unfinished. */
class ChecksumOffloadTest {
    private static PacketBuilder random(SplittableRandom random) {
        final PacketBuilder builder = random.nextBoolean() ? PacketBuilder.of("10.0.0.1", "10.0.0.2")
                : PacketBuilder.of("fd00::1", "fd00::2").hopByHop();
        if (random.nextBoolean()) {
            builder.tcp(random.nextInt(65536), 80).tcpOptions(1, 1, 1, random.nextInt(2));
        } else {
            builder.udp(random.nextInt(65536), 53);
        }
        return builder.payload(Bytes.random(random, random.nextInt(1500)));
    }

    private static boolean ask(byte[] bytes, Predicate<Packet> question) {
        try (GuardedMemory memory = GuardedMemory.of(bytes)) {
            final Packet p = new Packet();
            assertNull(PacketParser.parse(p, memory.address(), bytes.length, true));
            final boolean answer = question.test(p);
            assertArrayEquals(bytes, memory.bytes(), "changed by a question");
            return answer;
        }
    }

    private static boolean valid(PacketBuilder packet) {
        return ask(packet.bytes(), ChecksumOffload::valid);
    }

    private static byte[] finished(PacketBuilder packet) {
        try (GuardedMemory memory = GuardedMemory.of(packet.checksum(Checksum.PARTIAL).bytes());
                GuardedMemory vnet = GuardedMemory.of(packet.unfinishedHeader())) {
            final Packet p = new Packet();
            assertNull(PacketParser.parse(p, memory.address(), memory.length(), false));
            assertNull(PacketParser.offload(p, vnet.address()));
            ChecksumOffload.finish(p);
            assertEquals(false, p.needsChecksum);
            return memory.bytes();
        }
    }

    @Test
    void finishes() {
        Seeded.rounds(3000, random -> {
            final PacketBuilder packet = random(random);
            final byte[] right = packet.bytes();
            assertArrayEquals(right, finished(packet));
        });
    }

    /** A datagram whose sum comes out as zero: sent as all ones, or it would say "no checksum". */
    private static PacketBuilder zeroSum() {
        final PacketBuilder packet = PacketBuilder.of("fd00::1", "fd00::2").udp(1, 2).payload(new byte[2]);
        final int sum = ByteBuffer.wrap(packet.bytes()).getShort(46);
        return packet.payload(Bytes.shorts(sum));
    }

    @Test
    void udpNeverFinishesToZero() {
        final byte[] packet = finished(zeroSum());
        assertEquals(-1, ByteBuffer.wrap(packet).getShort(46));
        assertEquals(true, valid(zeroSum().checksum(Checksum.VALID)));
    }

    @Test
    void leavesFinishedOnesAlone() {
        final byte[] wrong = PacketBuilder.of("10.0.0.1", "10.0.0.2").udp(1, 2).checksum(Checksum.WRONG).bytes();
        ask(wrong, p -> {
            ChecksumOffload.finish(p);
            return true;
        });
    }

    @Test
    void verifies() {
        Seeded.rounds(3000, random -> {
            final PacketBuilder packet = random(random);
            assertEquals(true, valid(packet));
            assertEquals(false, valid(packet.checksum(Checksum.WRONG)));
            assertEquals(false, valid(packet.checksum(Checksum.PARTIAL)));
        });
    }

    @Test
    void seesAnyBitThatWasTurnedOver() {
        final byte[] right = PacketBuilder.of("fd00::1", "fd00::2").tcp(1, 2).payload(Bytes.pattern(33)).bytes();
        for (int bit = 40 * 8; bit < right.length * 8; bit++) {
            final byte[] bytes = right.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            final boolean offsetIntact = bit / 8 != 52;
            if (offsetIntact) {
                assertEquals(false, ask(bytes, ChecksumOffload::valid), "bit " + bit);
            }
        }
    }

    @Test
    void udpWithoutChecksumOrWithAnotherLengthIsNotValid() {
        assertEquals(false, valid(PacketBuilder.of("10.0.0.1", "10.0.0.2").udp(1, 2).checksum(Checksum.NONE)));
        final byte[] longer = Bytes.concat(Bytes.shorts(1, 2, 9, 0), new byte[2]);
        assertEquals(false, valid(PacketBuilder.of("10.0.0.1", "10.0.0.2").raw(17).payload(longer)));
    }

    @Test
    void recognisesWhatWasLeftUnfinished() {
        Seeded.rounds(3000, random -> {
            final PacketBuilder packet = random(random);
            assertEquals(false, ask(packet.bytes(), ChecksumOffload::unfinished));
            assertEquals(false, ask(packet.checksum(Checksum.NONE).bytes(), ChecksumOffload::unfinished));
            final byte[] right = packet.checksum(Checksum.VALID).bytes();
            final byte[] partial = packet.checksum(Checksum.PARTIAL).bytes();
            try (GuardedMemory memory = GuardedMemory.of(partial)) {
                final Packet p = new Packet();
                PacketParser.parse(p, memory.address(), partial.length, true);
                assertEquals(true, ChecksumOffload.unfinished(p));
                ChecksumOffload.finish(p);
                assertArrayEquals(right, memory.bytes());
            }
        });
    }

    /** A finished checksum may happen to be the pseudo header's sum. */
    @Test
    void finishedOnesThatLookUnfinished() {
        final PacketBuilder packet = PacketBuilder.of("fd00::1", "fd00::2").tcp(1, 2).payload(new byte[2]);
        final int zero = ByteBuffer.wrap(packet.bytes()).getShort(56) & 0xFFFF;
        final byte[] partial = packet.checksum(Checksum.PARTIAL).bytes();
        final int pseudo = ByteBuffer.wrap(partial).getShort(56) & 0xFFFF;
        packet.payload(Bytes.shorts(InternetChecksum.fold((~pseudo & 0xFFFF) + zero)));
        final byte[] alike = packet.checksum(Checksum.VALID).bytes();
        assertArrayEquals(packet.checksum(Checksum.PARTIAL).bytes(), alike);
        assertEquals(false, ask(alike, ChecksumOffload::unfinished));
    }

    @Test
    void otherProtocolsAndFragmentsAreNeverUnfinished() {
        final PacketBuilder ping = PacketBuilder.of("fd00::1", "fd00::2").icmp(128, 0, 0);
        assertEquals(false, ask(ping.checksum(Checksum.PARTIAL).bytes(), ChecksumOffload::unfinished));
        final PacketBuilder fragment = PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(PacketBuilder.MF).udp(1, 2);
        assertEquals(false, ask(fragment.checksum(Checksum.PARTIAL).bytes(), ChecksumOffload::unfinished));
    }
}
