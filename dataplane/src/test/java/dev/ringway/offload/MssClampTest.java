package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketBuilder.Checksum;
import dev.ringway.testing.Seeded;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The announced segment size: lowered to what the path takes, with a right checksum, or not touched at all. */
class MssClampTest {
    private static final int SYN = PacketBuilder.SYN;
    private static final int ACK = PacketBuilder.ACK;

    private static PacketBuilder syn(boolean four, int... options) {
        return (four ? PacketBuilder.of("10.0.0.1", "10.0.0.2") : PacketBuilder.of("fd00::1", "fd00::2"))
                .tcp(3000, 80).flags(SYN).tcpOptions(options);
    }

    private static byte[] clamp(byte[] packet, int mtu, boolean changed) {
        try (GuardedMemory memory = GuardedMemory.of(packet)) {
            final Packet p = new Packet();
            PacketParser.parse(p, memory.address(), packet.length, true);
            assertEquals(changed, MssClamp.clamp(p, mtu));
            return memory.bytes();
        }
    }

    private static DynamicTest untouched(String description, PacketBuilder packet) {
        return dynamicTest(description, () -> assertArrayEquals(packet.bytes(), clamp(packet.bytes(), 1400, false)));
    }

    private static DynamicTest lowered(String description, PacketBuilder expected, PacketBuilder packet) {
        return dynamicTest(description, () -> assertArrayEquals(expected.bytes(), clamp(packet.bytes(), 1400, true)));
    }

    @TestFactory
    Stream<DynamicTest> lowered() {
        final int most4 = 1360;
        final int most6 = 1340;
        return Stream.of(
                lowered("SYN over IPv4", syn(true, 2, 4, most4 >> 8, most4 & 255), syn(true, 2, 4, 5, 180)),
                lowered("SYN over IPv6", syn(false, 2, 4, most6 >> 8, most6 & 255), syn(false, 2, 4, 5, 180)),
                lowered("SYN-ACK", syn(true, 2, 4, 5, 80).flags(SYN | ACK), syn(true, 2, 4, 255, 255).flags(SYN | ACK)),
                lowered("by one", syn(true, 2, 4, 5, 80), syn(true, 2, 4, 5, 81)),
                lowered("at an odd offset", syn(true, 1, 2, 4, 5, 80, 1, 1, 1), syn(true, 1, 2, 4, 5, 81, 1, 1, 1)),
                lowered("behind other options", syn(true, 4, 2, 3, 3, 7, 2, 4, 5, 80, 0, 0, 0),
                        syn(true, 4, 2, 3, 3, 7, 2, 4, 255, 0, 0, 0, 0)),
                lowered("as the last option", syn(true, 1, 1, 1, 1, 2, 4, 5, 80), syn(true, 1, 1, 1, 1, 2, 4, 9, 9)),
                lowered("with data (fast open)", syn(true, 2, 4, 5, 80).payload(Bytes.pattern(77)),
                        syn(true, 2, 4, 5, 180).payload(Bytes.pattern(77))),
                lowered("behind IPv4 options", syn(true, 2, 4, 5, 80).options(1, 1, 1, 1),
                        syn(true, 2, 4, 5, 180).options(1, 1, 1, 1)),
                lowered("behind extension headers", syn(false, 2, 4, 5, 60).hopByHop(),
                        syn(false, 2, 4, 5, 180).hopByHop()));
    }

    @TestFactory
    Stream<DynamicTest> untouched() {
        return Stream.of(
                untouched("just fits", syn(true, 2, 4, 5, 80)),
                untouched("smaller is never raised", syn(true, 2, 4, 2, 24)),
                untouched("no SYN", syn(true, 2, 4, 5, 180).flags(ACK)),
                untouched("no options: none is added", syn(true)),
                untouched("no MSS option", syn(true, 1, 3, 3, 7)),
                untouched("behind the end of options", syn(true, 0, 2, 4, 5, 180, 0, 0, 0)),
                untouched("MSS option of another length", syn(true, 2, 3, 5, 0)),
                untouched("MSS option that is cut off", syn(true, 1, 2, 4, 5)),
                untouched("MSS option without its length", syn(true, 1, 1, 1, 2)),
                untouched("behind an option of length 0", syn(true, 8, 0, 1, 1, 2, 4, 5, 180)),
                untouched("behind an option of length 1", syn(true, 8, 1, 1, 1, 2, 4, 5, 180)),
                untouched("behind an option that is too long", syn(true, 8, 40, 1, 1, 2, 4, 5, 180)),
                untouched("TCP options cut off", syn(true).dataOffset(24)),
                untouched("UDP that looks like it", PacketBuilder.of("10.0.0.1", "10.0.0.2").udp(1, 2)
                        .payload(Bytes.of(0, 0, 0, 0, 0x60, 2, 0, 0, 0, 0, 0, 0, 2, 4, 5, 180))),
                untouched("later fragment", PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(1).raw(6)
                        .payload(Bytes.concat(new byte[12], Bytes.of(0x60, 2, 0, 0, 0, 0, 0, 0, 2, 4, 5, 180)))));
    }

    /** The kernel sums the options later: the field with the pseudo header's sum must stay as it is. */
    @Test
    void unfinishedChecksumStays() {
        final PacketBuilder packet = syn(true, 2, 4, 5, 180).checksum(Checksum.PARTIAL);
        try (GuardedMemory memory = GuardedMemory.of(packet.bytes());
                GuardedMemory vnet = GuardedMemory.of(packet.unfinishedHeader())) {
            final Packet p = new Packet();
            PacketParser.parse(p, memory.address(), memory.length(), false);
            PacketParser.offload(p, vnet.address());
            assertEquals(true, MssClamp.clamp(p, 1400));
            assertArrayEquals(syn(true, 2, 4, 5, 80).checksum(Checksum.PARTIAL).bytes(), memory.bytes());
        }
    }

    @Test
    void wrongChecksumStaysWrong() {
        final byte[] packet = clamp(syn(true, 2, 4, 5, 180).checksum(Checksum.WRONG).bytes(), 1400, true);
        final byte[] right = syn(true, 2, 4, 5, 80).bytes();
        assertEquals(false, Arrays.equals(right, packet));
    }

    /** At any offset, from any value to any smaller one: the same bytes as a packet built with the smaller one. */
    @Test
    void anyOffsetAnyValue() {
        Seeded.rounds(20_000, random -> {
            final boolean four = random.nextBoolean();
            final int mtu = 68 + random.nextInt(9000);
            final int most = mtu - (four ? 40 : 60);
            final int mss = random.nextInt(65536);
            final int[] options = new int[40];
            Arrays.fill(options, 1);
            final int at = random.nextInt(37);
            options[at] = 2;
            options[at + 1] = 4;
            options[at + 2] = mss >> 8;
            options[at + 3] = mss & 255;
            final byte[] packet = syn(four, options).sequence(random.nextInt()).bytes();
            final byte[] before = packet.clone();
            options[at + 2] = Math.min(mss, most) >> 8;
            options[at + 3] = Math.min(mss, most) & 255;
            final byte[] clamped = clamp(packet, mtu, mss > most);
            final int sequence = four ? 24 : 44;
            final byte[] expected = syn(four, options)
                    .sequence(ByteBuffer.wrap(before).getInt(sequence)).bytes();
            assertArrayEquals(expected, clamped);
        });
    }
}
