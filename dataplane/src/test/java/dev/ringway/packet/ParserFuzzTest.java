package dev.ringway.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Seeded;
import dev.ringway.testing.Virtio;
import dev.ringway.wire.Memory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A million packets, most of them broken: nothing is thrown, what lies outside of a packet makes no difference to what
 * is found in it, and what is found is what {@link NaiveParser} finds.
 */
class ParserFuzzTest {
    private static final int ROUNDS = 1000;
    private static final int PACKETS = 1000;
    private static final int MOST = 160;

    private final List<byte[]> seeds = seeds();
    private final Packet p = new Packet();
    private final Packet again = new Packet();
    private int accepted;

    private static List<byte[]> seeds() {
        final List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            final byte[] data = new byte[i * 9];
            final PacketBuilder four = PacketBuilder.of("10.0.0.1", "10.0.0.2");
            all.add(four.udp(1, 2).payload(data).bytes());
            all.add(four.options(148, 4, 0, 0, 1, 7, 3, 4).bytes());
            all.add(four.tcp(1, 2).tcpOptions(2, 4, 5, 180).bytes());
            all.add(four.fragment(0x2000 * (i & 1) + i).bytes());
            all.add(PacketBuilder.of("fd00::1", "fd00::2").udp(1, 2).payload(data).bytes());
            all.add(PacketBuilder.of("fd00::1", "fd00::2").hopByHop().routing(2).tcp(1, 2).payload(data).bytes());
            all.add(PacketBuilder.of("fd00::1", "fd00::2").hopByHop().fragmentHeader(i / 2 * 8, (i & 1) == 0, 5)
                    .destinationOptions().icmp(128, 0, 0).payload(data).bytes());
            all.add(PacketBuilder.of("fd00::1", "fd00::2").authentication().hopByHop().destinationOptions()
                    .udp(1, 2).payload(data).bytes());
        }
        return all;
    }

    private byte[] packet(SplittableRandom random) {
        if (random.nextInt(20) == 0) {
            final byte[] noise = Bytes.random(random, random.nextInt(MOST));
            if (noise.length > 0 && random.nextInt(4) > 0) {
                noise[0] = (byte) (noise[0] & 0xF | (random.nextBoolean() ? 0x40 : 0x60));
            }
            return noise;
        }
        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
        for (int i = random.nextInt(6); i > 0; i--) {
            final int at = random.nextInt(bytes.length);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : bytes[at] ^ 1 << random.nextInt(8));
        }
        if (random.nextInt(4) == 0) {
            bytes = Arrays.copyOf(bytes, random.nextInt(MOST));
        }
        final int header = bytes.length == 0 ? 0 : (bytes[0] & 15) * 4;
        if (random.nextInt(4) > 0 && header >= 20 && header <= bytes.length && bytes[0] >> 4 == 4) {
            // Else hardly any of them would get past the checksum.
            ByteBuffer.wrap(bytes).putShort(10, (short) 0);
            ByteBuffer.wrap(bytes).putShort(10, (short) InternetChecksum.of(Arrays.copyOf(bytes, header)));
        }
        return bytes;
    }

    @Test
    void brokenPackets() {
        try (GuardedMemory memory = new GuardedMemory(MOST); GuardedMemory vnet = new GuardedMemory(Virtio.LENGTH)) {
            Seeded.rounds(ROUNDS, random -> {
                for (int i = 0; i < PACKETS; i++) {
                    final byte[] bytes = packet(random);
                    // The packet ends where the memory does, so that what follows it is the guard.
                    final long ip = memory.address() + MOST - bytes.length;
                    Memory.putBytes(ip, bytes);
                    one(random, bytes, ip, memory, vnet.address());
                }
                vnet.check();
            });
        }
        // Both ways must have been gone often enough for this to mean something.
        assertTrue(accepted > ROUNDS * PACKETS / 5 && accepted < ROUNDS * PACKETS * 4 / 5, accepted + " accepted");
    }

    private void one(SplittableRandom random, byte[] bytes, long ip, GuardedMemory memory, long vnet) {
        final boolean fromWire = random.nextBoolean();
        final DropReason reason = PacketParser.parse(p, ip, bytes.length, fromWire);
        final NaiveParser naive = new NaiveParser(bytes, fromWire);
        if (!same(naive, reason)) {
            assertEquals(naive.describe(), NaiveParser.describe(p, reason), () -> Bytes.hex(bytes));
        }
        if (reason != null) {
            return;
        }
        accepted++;
        final int hash = p.flowHash();
        Memory.putLong(vnet, random.nextLong());
        Memory.putShort(vnet + 8, random.nextInt(40));
        if (random.nextBoolean()) {
            Memory.putByte(vnet + 1, 1 + random.nextInt(5));
            Memory.putShort(vnet + 6, p.l4);
        }
        if (PacketParser.offload(p, vnet) == null) {
            assertTrue(!p.needsChecksum || p.checksumStart + p.checksumOffset + 2 <= p.length);
            assertTrue(!p.isSuper() || p.gsoSize > 0 && p.headers + p.gsoSize < p.length);
        }
        if (random.nextInt(16) == 0) {
            memory.surround(random.nextInt(256));
        }
        // What it is does not depend on what was cut off behind it, nor on the surroundings.
        assertEquals(null, PacketParser.parse(again, ip, p.length, fromWire));
        assertTrue(p.l4 == again.l4 && p.headers == again.headers && p.protocol == again.protocol
                && p.length == again.length && p.fragment == again.fragment && hash == again.flowHash());
    }

    private boolean same(NaiveParser naive, DropReason reason) {
        return naive.reason == reason && (reason != null || naive.length == p.length && naive.protocol == p.protocol
                && naive.l4 == p.l4 && naive.l4Present == p.l4Present && naive.headers == p.headers
                && naive.fragment == p.fragment && naive.fragmentHeader == p.fragmentHeader);
    }
}
