package dev.ringway.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Seeded;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Sums against the naive loop over bytes; examples of the RFCs. */
class ChecksumTest {
    /** A sum in memory order as the number that the RFCs would write. */
    private static int number(int word) {
        return Checksum.word(word);
    }

    private static void assertSum(byte[] bytes, int from, int length) {
        try (GuardedMemory memory = GuardedMemory.of(bytes)) {
            final byte[] range = Arrays.copyOfRange(bytes, from, from + length);
            final long sum = Checksum.sum(memory.address() + from, length, 0);
            assertEquals(InternetChecksum.fold(InternetChecksum.sum(range)), number(Checksum.fold(sum)),
                    () -> "offset " + from + " length " + length);
            assertEquals(InternetChecksum.of(range), number(Checksum.finish(sum)));
        }
    }

    @Test
    void exampleOfRfc1071() {
        try (GuardedMemory memory = GuardedMemory.of(Bytes.hex("00 01 f2 03 f4 f5 f6 f7"))) {
            final long sum = Checksum.sum(memory.address(), 8, 0);
            assertEquals(0xddf2, number(Checksum.fold(sum)));
            assertEquals(0x220d, number(Checksum.finish(sum)));
        }
    }

    @Test
    void exampleOfRfc1624() {
        final int updated = Checksum.update(Checksum.word(0xDD2F), Checksum.word(0x5555), Checksum.word(0x3285));
        assertEquals(0x0000, number(updated));
    }

    @Test
    void everyLengthAtEveryAlignment() {
        final byte[] bytes = Bytes.pattern(16 + 200);
        for (int from = 0; from < 16; from++) {
            for (int length = 0; length <= 200; length++) {
                assertSum(bytes, from, length);
            }
        }
    }

    @Test
    void randomData() {
        Seeded.rounds(3000, random -> {
            final int from = random.nextInt(16);
            final int length = random.nextInt(10) == 0 ? random.nextInt(65536) : random.nextInt(2000);
            assertSum(Bytes.random(random, from + length), from, length);
        });
    }

    @Test
    void extremes() {
        final byte[] ones = new byte[65535];
        Arrays.fill(ones, (byte) 0xFF);
        assertSum(ones, 0, 65534);
        assertSum(ones, 0, 65535);
        assertSum(new byte[65535], 0, 65535);
        assertEquals(0xFFFF, Checksum.finish(0));
        assertEquals(0, Checksum.finish(0xFFFF));
    }

    @Test
    void rangesAddUp() {
        Seeded.rounds(5000, random -> {
            final byte[] bytes = Bytes.random(random, 2 + random.nextInt(500));
            final int cut = random.nextInt(bytes.length / 2 + 1) * 2;
            try (GuardedMemory memory = GuardedMemory.of(bytes)) {
                final long first = Checksum.sum(memory.address(), cut, 0);
                final long both = Checksum.sum(memory.address() + cut, bytes.length - cut, first);
                assertEquals(InternetChecksum.of(bytes), number(Checksum.finish(both)));
            }
        });
    }

    @Test
    void foldTakesAnySum() {
        final long[] sums = {0, 1, 0xFFFF, 0x1_0000, 0x1_FFFF, 0xFFFF_FFFFL, 0x1_0000_0000L, 0xFFFF_FFFE_0001L,
            0x7FFF_FFFF_FFFF_FFFFL};
        for (long sum : sums) {
            assertEquals(InternetChecksum.fold(sum), Checksum.fold(sum), Long.toHexString(sum));
        }
    }

    @Test
    void udpSendsZeroAsAllOnes() {
        assertEquals(0xFFFF, Checksum.finishUdp(0xFFFF));
        assertEquals(0xFFFF, Checksum.finishUdp(0));
        assertEquals(0xFFFE, Checksum.finishUdp(1));
    }

    @Test
    void pseudoHeaders() {
        Seeded.rounds(1000, random -> {
            final boolean four = random.nextBoolean();
            final byte[] source = Bytes.random(random, four ? 4 : 16);
            final byte[] destination = Bytes.random(random, four ? 4 : 16);
            final int protocol = random.nextInt(256);
            final int length = random.nextInt(65536);
            final byte[] ip = four ? Bytes.concat(Bytes.random(random, 12), source, destination)
                    : Bytes.concat(Bytes.random(random, 8), source, destination);
            final long expected = InternetChecksum.sum(
                    InternetChecksum.pseudoHeader(source, destination, protocol, length));
            try (GuardedMemory memory = GuardedMemory.of(ip)) {
                final long sum = Checksum.pseudo(memory.address(), four ? 4 : 6, protocol, length);
                assertEquals(InternetChecksum.fold(expected), number(Checksum.fold(sum)));
            }
        });
    }

    /** RFC 1624: the update must give what a new sum gives, also where it passes through zero. */
    @Test
    void updateEqualsRecomputation() {
        Seeded.rounds(1000, random -> {
            final byte[] data = Bytes.random(random, 40);
            data[0] = 1;
            int checksum = Checksum.word(InternetChecksum.of(data));
            for (int change = 0; change < 100; change++) {
                final int at = 2 + random.nextInt(19) * 2;
                final int old = (data[at] & 0xFF) << 8 | data[at + 1] & 0xFF;
                // Equal words, all zeros and all ones are where the older equations of RFC 1141 went wrong.
                final int now = switch (random.nextInt(6)) {
                    case 0 -> 0;
                    case 1 -> 0xFFFF;
                    case 2 -> old;
                    case 3 -> old ^ 0xFFFF;
                    default -> random.nextInt(65536);
                };
                data[at] = (byte) (now >> 8);
                data[at + 1] = (byte) now;
                checksum = Checksum.update(checksum, Checksum.word(old), Checksum.word(now));
                assertEquals(InternetChecksum.of(data), number(checksum));
            }
        });
    }

    @Test
    void ipv4HeaderChangesKeepItsChecksum() {
        Seeded.rounds(2000, random -> {
            final byte[] packet = PacketBuilder.of("10.1.2.3", "10.4.5.6").id(random.nextInt(65536))
                    .tos(random.nextInt(256)).ttl(1 + random.nextInt(255)).udp(1, 2).bytes();
            try (GuardedMemory memory = GuardedMemory.of(packet)) {
                for (int i = 0; i < 25; i++) {
                    switch (random.nextInt(3)) {
                        case 0 -> Ipv4.setTos(memory.address(), random.nextInt(256));
                        case 1 -> Ipv4.replaceWord(memory.address(), 12 + random.nextInt(4) * 2,
                                random.nextInt(65536));
                        default -> Ipv4.replaceWord(memory.address(), Ipv4.TTL, 0x0111 + (random.nextInt(255) << 8));
                    }
                    assertTrue(Ipv4.checksumValid(memory.address(), 20));
                    Ipv4.decrementTtl(memory.address());
                    assertEquals(0, InternetChecksum.of(memory.bytes(0, 20)));
                }
            }
        });
    }
}
