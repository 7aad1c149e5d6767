package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.NaiveGso;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Seeded;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Error messages against packets put together by the builder; when none may be sent. */
class IcmpErrorsTest {
    private static final long GATEWAY4 = 0x0AF4_0101_0000_0000L;
    private static final long GATEWAY6_HI = 0xFD00_0244_0001_0000L;
    private static final String GATEWAY4_TEXT = "10.244.1.1";
    private static final String GATEWAY6_TEXT = "fd00:244:1::1";

    private static byte[] error(Packet p, int length, int type, int code, int rest) {
        try (GuardedMemory memory = new GuardedMemory(length)) {
            final int written = p.version == 4 ? IcmpErrors.write(memory.address(), p, GATEWAY4, 0, type, code, rest)
                    : IcmpErrors.write(memory.address(), p, GATEWAY6_HI, 1, type, code, rest);
            assertEquals(length, written);
            return memory.bytes();
        }
    }

    private static byte[] error(byte[] packet, int length, int type, int code, int rest) {
        try (GuardedMemory memory = GuardedMemory.of(packet)) {
            final Packet p = new Packet();
            assertNull(PacketParser.parse(p, memory.address(), packet.length, false));
            final byte[] error = error(p, length, type, code, rest);
            assertArrayEquals(packet, memory.bytes(), "the packet itself was changed");
            return error;
        }
    }

    private static byte[] expected4(String to, int type, int code, int rest, byte[] quote) {
        return PacketBuilder.of(GATEWAY4_TEXT, to).tos(0xC0).id(0).fragment(0).icmp(type, code, rest).payload(quote)
                .bytes();
    }

    private static byte[] expected6(String to, int type, int code, int rest, byte[] quote) {
        return PacketBuilder.of(GATEWAY6_TEXT, to).icmp(type, code, rest).payload(quote).bytes();
    }

    @Test
    void quotesWhatFits() {
        Seeded.rounds(2000, random -> {
            final byte[] data = Bytes.random(random, random.nextInt(3000));
            final int type = random.nextInt(256);
            final int code = random.nextInt(256);
            final int rest = random.nextInt();
            final byte[] four = PacketBuilder.of("10.0.0.1", "10.0.0.2").tos(7).udp(1, 2).payload(data).bytes();
            final byte[] quote4 = Arrays.copyOf(four, Math.min(four.length, 548));
            assertArrayEquals(expected4("10.0.0.1", type, code, rest, quote4),
                    error(four, 28 + quote4.length, type, code, rest));
            final byte[] six = PacketBuilder.of("fd00::1", "fd00::2").hopByHop().tcp(1, 2).payload(data).bytes();
            final byte[] quote6 = Arrays.copyOf(six, Math.min(six.length, 1232));
            assertArrayEquals(expected6("fd00::1", type, code, rest, quote6),
                    error(six, 48 + quote6.length, type, code, rest));
        });
    }

    @Test
    void neverLongerThanTheLimits() {
        final byte[] data = new byte[9000];
        assertEquals(576, error(PacketBuilder.of("10.0.0.1", "10.0.0.2").udp(1, 2).payload(data).bytes(),
                IcmpErrors.MAX_LENGTH4, 3, 4, 1400).length);
        assertEquals(1280, error(PacketBuilder.of("fd00::1", "fd00::2").udp(1, 2).payload(data).bytes(),
                IcmpErrors.MAX_LENGTH6, 2, 0, 1280).length);
    }

    @Test
    void quotesWithoutTrailingBytes() {
        final PacketBuilder packet = PacketBuilder.of("10.0.0.1", "10.0.0.2").udp(1, 2).payload(Bytes.pattern(9));
        final byte[] quote = packet.bytes();
        assertArrayEquals(expected4("10.0.0.1", 11, 0, 0, quote),
                error(packet.trailing(new byte[9]).bytes(), 28 + quote.length, 11, 0, 0));
    }

    /** Of a super-packet: the segment that would have been on the wire, its checksum as unfinished as it was. */
    @Test
    void quotesTheFirstSegmentOfASuperPacket() {
        Seeded.rounds(1000, random -> {
            final Supers superPacket = Supers.random(random);
            final byte[] first = NaiveGso.segments(superPacket.packet(), superPacket.gsoSize()).getFirst();
            superPacket.with(p -> {
                final boolean four = p.version == 4;
                final int field = p.checksumStart + p.checksumOffset;
                final ByteBuffer quote = ByteBuffer.wrap(
                        Arrays.copyOf(superPacket.packet(), Math.min(p.length, four ? 548 : 1232)));
                // From the naive first segment: the headers, but for the field that a device would have finished.
                quote.put(0, first, 0, p.headers);
                quote.putShort(field, ByteBuffer.wrap(superPacket.packet()).getShort(field));
                final byte[] error = error(p, quote.capacity() + (four ? 28 : 48), four ? 3 : 2, four ? 4 : 0, 1400);
                assertArrayEquals(four ? expected4("10.0.0.1", 3, 4, 1400, quote.array())
                        : expected6("fd00::1", 2, 0, 1400, quote.array()), error);
                assertNull(new PacketView(error).refusal());
            });
        });
    }

    private static boolean mayAnswer(byte[] packet) {
        try (GuardedMemory memory = GuardedMemory.of(packet)) {
            final Packet p = new Packet();
            assertNull(PacketParser.parse(p, memory.address(), packet.length, true));
            return IcmpErrors.mayAnswer(p);
        }
    }

    private static DynamicTest row(boolean answered, String description, PacketBuilder packet) {
        return dynamicTest(description, () -> assertEquals(answered, mayAnswer(packet.bytes())));
    }

    private static PacketBuilder v4() {
        return PacketBuilder.of("10.0.0.1", "10.0.0.2");
    }

    private static PacketBuilder v6() {
        return PacketBuilder.of("fd00::1", "fd00::2");
    }

    @TestFactory
    Stream<DynamicTest> answered() {
        return Stream.of(
                row(true, "UDP", v4().udp(1, 2)),
                row(true, "TCP over IPv6", v6().tcp(1, 2)),
                row(true, "TCP header cut short", v4().raw(6).payload(new byte[8])),
                row(true, "other protocol", v4().raw(47)),
                row(true, "echo request", v4().icmp(8, 0, 1)),
                row(true, "echo reply", v4().icmp(0, 0, 1)),
                row(true, "ICMPv6 echo request", v6().icmp(128, 0, 1)),
                row(true, "first fragment", v4().fragment(0x2000).udp(1, 2)),
                row(true, "first fragment of IPv6", v6().fragmentHeader(0, true, 1).udp(1, 2)),
                row(false, "later fragment", v4().fragment(1).raw(17).payload(new byte[8])),
                row(false, "later fragment of IPv6", v6().fragmentHeader(8, false, 1).raw(17).payload(new byte[8])),
                row(false, "ICMP cut short", v4().raw(1).payload(new byte[4])),
                row(false, "ICMPv6 cut short", v6().raw(58).payload(new byte[4])),
                row(false, "ICMPv6 error behind extension headers", v6().hopByHop().icmp(1, 0, 0)),
                row(false, "ICMP error in a first fragment", v4().fragment(0x2000).icmp(3, 3, 0)));
    }

    @Test
    void noErrorAboutAnError() {
        final int[] errors4 = IntStream.range(0, 256).filter(type -> !mayAnswer(v4().icmp(type, 0, 0).bytes()))
                .toArray();
        assertArrayEquals(new int[] {3, 4, 5, 11, 12}, errors4);
        final int[] informational6 = IntStream.range(0, 256)
                .filter(type -> mayAnswer(v6().icmp(type, 0, 0).bytes())).toArray();
        assertArrayEquals(IntStream.range(128, 256).filter(type -> type != 137).toArray(), informational6);
    }
}
