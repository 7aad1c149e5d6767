package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Seeded;
import dev.ringway.wire.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Fragments put together again by the naive receiver are the packet; options by their copy flag. */
class FragmenterTest {
    private static final int MF = PacketBuilder.MF;
    /** Not copied: padding, record route, timestamp. */
    private static final int[][] DROPPED = {{1}, {7, 3, 4}, {68, 4, 5, 0}};
    /** Copied: security, router alert, stream identifier. */
    private static final int[][] COPIED = {{130, 3, 9}, {148, 4, 0, 0}, {136, 4, 1, 2}};

    private final Fragmenter fragmenter = new Fragmenter();

    private List<byte[]> fragments(byte[] packet, int mtu) {
        final List<byte[]> fragments = new ArrayList<>();
        try (GuardedMemory memory = GuardedMemory.of(packet)) {
            final Packet p = new Packet();
            assertNull(PacketParser.parse(p, memory.address(), packet.length, true));
            final int count = fragmenter.begin(p, mtu);
            for (int i = 0; i < count; i++) {
                try (GuardedMemory header = new GuardedMemory(fragmenter.headerLength(i))) {
                    fragmenter.writeHeader(header.address(), i);
                    final byte[] data = new byte[fragmenter.dataLength(i)];
                    Memory.getBytes(fragmenter.dataAddress(i), data);
                    fragments.add(Bytes.concat(header.bytes(), data));
                }
            }
        }
        return fragments;
    }

    /** As a receiver: the whole payload, after a look at every header. */
    private static byte[] reassemble(byte[] original, List<byte[]> fragments, int mtu) {
        final PacketView whole = new PacketView(original);
        final int start = (whole.flagsAndOffset() & 0x1FFF) * 8;
        byte[] payload = {};
        for (int i = 0; i < fragments.size(); i++) {
            final PacketView view = new PacketView(fragments.get(i));
            final boolean last = i == fragments.size() - 1;
            assertTrue(view.bytes().length <= mtu);
            assertEquals(view.bytes().length, view.u16(2));
            assertEquals(0, InternetChecksum.of(Arrays.copyOf(view.bytes(), view.l4())));
            assertEquals(start + payload.length, (view.flagsAndOffset() & 0x1FFF) * 8);
            assertEquals(last ? whole.flagsAndOffset() & MF : MF, view.flagsAndOffset() & MF);
            assertEquals(0, view.flagsAndOffset() & PacketBuilder.DF);
            for (int field : new int[] {4, 12, 14, 16, 18}) {
                assertEquals(whole.u16(field), view.u16(field), "field " + field);
            }
            assertEquals(whole.u8(1), view.u8(1));
            assertEquals(whole.u16(8), view.u16(8));
            assertTrue(last || (view.bytes().length - view.l4()) % 8 == 0);
            payload = Bytes.concat(payload, Arrays.copyOfRange(view.bytes(), view.l4(), view.bytes().length));
        }
        return payload;
    }

    private static int[] pad(List<Integer> options) {
        final int[] bytes = new int[options.size() + 3 & ~3];
        for (int i = 0; i < options.size(); i++) {
            bytes[i] = options.get(i);
        }
        return bytes;
    }

    private static void append(List<Integer> options, int[] option) {
        for (int value : option) {
            options.add(value);
        }
    }

    private void randomRound(SplittableRandom random) {
        final List<Integer> all = new ArrayList<>();
        final List<Integer> kept = new ArrayList<>();
        while (all.size() < 36 && random.nextInt(3) > 0) {
            final boolean copy = random.nextBoolean();
            final int[] option = (copy ? COPIED : DROPPED)[random.nextInt(3)];
            append(all, option);
            if (copy) {
                append(kept, option);
            }
        }
        final int[] options = pad(all);
        final int mtu = 68 + random.nextInt(random.nextBoolean() ? 100 : 3000);
        final int payload = mtu + random.nextInt(mtu * 8);
        final boolean more = random.nextInt(4) == 0;
        final int offset = random.nextInt(4) == 0 ? random.nextInt((65535 - payload) / 8) : 0;
        final byte[] packet = PacketBuilder.of("10.0.0.1", "10.0.0.2").options(options).id(random.nextInt(65536))
                .tos(random.nextInt(256)).fragment((more ? MF : 0) | offset).raw(17)
                .payload(Bytes.random(random, more ? payload / 8 * 8 : payload)).bytes();
        final List<byte[]> fragments = fragments(packet, mtu);
        assertArrayEquals(Arrays.copyOfRange(packet, 20 + options.length, packet.length),
                reassemble(packet, fragments, mtu));
        for (int i = 0; i < fragments.size(); i++) {
            final byte[] fragment = fragments.get(i);
            assertArrayEquals(i == 0 ? Bytes.of(options) : Bytes.of(pad(kept)),
                    Arrays.copyOfRange(fragment, 20, (fragment[0] & 15) * 4));
        }
    }

    @Test
    void reassembledIsTheOriginal() {
        Seeded.rounds(2000, this::randomRound);
    }

    @Test
    void asFewAsPossible() {
        final byte[] packet = PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(0).udp(1, 2)
                .payload(Bytes.pattern(2952)).bytes();
        final List<byte[]> two = fragments(packet, 1500);
        assertEquals(List.of(1500, 1500), two.stream().map(fragment -> fragment.length).toList());
        assertEquals(List.of(1500, 1500, 21), fragments(PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(0)
                .udp(1, 2).payload(Bytes.pattern(2953)).bytes(), 1500).stream().map(f -> f.length).toList());
        assertEquals(List.of(0x2000, 185), two.stream().map(f -> new PacketView(f).flagsAndOffset()).toList());
    }

    @Test
    void goesOnWhereAFragmentBegins() {
        final byte[] middle = PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(MF | 100).raw(17)
                .payload(Bytes.pattern(800)).bytes();
        assertEquals(List.of(MF | 100, MF | 160), fragments(middle, 500).stream()
                .map(fragment -> new PacketView(fragment).flagsAndOffset()).toList());
    }

    @Test
    void smallestMtuWithTheLongestHeader() {
        final int[] options = new int[40];
        Arrays.fill(options, 1);
        final byte[] packet = PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(0).options(options).raw(17)
                .payload(Bytes.pattern(100)).bytes();
        final List<byte[]> fragments = fragments(packet, 68);
        assertEquals(List.of(68, 68, 64), fragments.stream().map(fragment -> fragment.length).toList());
        assertArrayEquals(Bytes.pattern(100), reassemble(packet, fragments, 68));
    }

    /** Options that make no sense are kept where they are and end what is copied. */
    @Test
    void brokenOptions() {
        for (int[] options : new int[][] {{148, 0, 0, 0}, {148, 1, 0, 0}, {148, 9, 0, 0}, {1, 1, 1, 148}}) {
            final byte[] packet = PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(0).options(options).raw(17)
                    .payload(Bytes.pattern(200)).bytes();
            final List<byte[]> fragments = fragments(packet, 100);
            assertArrayEquals(Bytes.pattern(200), reassemble(packet, fragments, 100));
            assertEquals(24, new PacketView(fragments.get(0)).l4());
            assertEquals(20, new PacketView(fragments.get(1)).l4());
        }
    }
}
