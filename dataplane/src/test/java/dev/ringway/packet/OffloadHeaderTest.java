package dev.ringway.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Virtio;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The virtio_net_hdr of what a TUN device gives: what is believed and what contradicts the packet. */
class OffloadHeaderTest {
    private static final int NEEDS = Virtio.NEEDS_CSUM;

    private final List<DynamicTest> table = new ArrayList<>();

    private static byte[] tcp4() {
        return PacketBuilder.of("10.0.0.1", "10.0.0.2").tcp(1, 2).payload(new byte[3000]).bytes();
    }

    private static byte[] tcp6() {
        return PacketBuilder.of("fd00::1", "fd00::2").tcp(1, 2).tcpOptions(1, 1, 1, 1).payload(new byte[3000]).bytes();
    }

    private static byte[] udp4() {
        return PacketBuilder.of("10.0.0.1", "10.0.0.2").udp(1, 2).payload(new byte[3000]).bytes();
    }

    private static byte[] udp6() {
        return PacketBuilder.of("fd00::1", "fd00::2").udp(1, 2).payload(new byte[3000]).bytes();
    }

    private void row(String description, String found, byte[] packet, int flags, int type, int hdrLen, int size,
            int start, int offset) {
        table.add(dynamicTest(description, () -> {
            final byte[] header = new Virtio(flags, type, hdrLen, size, start, offset).bytes();
            try (GuardedMemory memory = GuardedMemory.of(packet); GuardedMemory vnet = GuardedMemory.of(header)) {
                final Packet p = new Packet();
                assertEquals(null, PacketParser.parse(p, memory.address(), packet.length, false));
                final DropReason reason = PacketParser.offload(p, vnet.address());
                assertEquals(found, reason != null ? reason.name() : "type " + p.gsoType + " size "
                        + (p.isSuper() ? p.gsoSize : 0) + " segment " + p.segmentLength() + " needs "
                        + p.needsChecksum + (p.needsChecksum ? " " + p.checksumStart + "+" + p.checksumOffset : ""));
            }
        }));
    }

    private void refused(String description, byte[] packet, int flags, int type, int size, int start, int offset) {
        row(description, "MALFORMED_OFFLOAD", packet, flags, type, 0, size, start, offset);
    }

    @TestFactory
    Stream<DynamicTest> table() {
        row("says nothing", "type 0 size 0 segment 3040 needs false", tcp4(), 0, 0, 0, 0, 0, 0);
        row("unfinished TCP checksum", "type 0 size 0 segment 3040 needs true 20+16", tcp4(), NEEDS, 0, 0, 0, 20, 16);
        row("unfinished UDP checksum", "type 0 size 0 segment 3048 needs true 40+6", udp6(), NEEDS, 0, 0, 0, 40, 6);
        row("TSO4", "type 1 size 1400 segment 1440 needs true 20+16", tcp4(), NEEDS, 1, 40, 1400, 20, 16);
        row("TSO6", "type 4 size 1400 segment 1464 needs true 40+16", tcp6(), NEEDS, 4, 64, 1400, 40, 16);
        row("TSO4 with ECN", "type 1 size 1400 segment 1440 needs true 20+16", tcp4(), NEEDS, 0x81, 40, 1400, 20, 16);
        row("USO4", "type 5 size 1000 segment 1028 needs true 20+6", udp4(), NEEDS, 5, 28, 1000, 20, 6);
        row("USO6", "type 5 size 1000 segment 1048 needs true 40+6", udp6(), NEEDS, 5, 48, 1000, 40, 6);
        row("hdr_len is not believed", "type 1 size 1400 segment 1440 needs true 20+16", tcp4(), NEEDS, 1, 3040, 1400,
                20, 16);
        row("one segment is no super-packet", "type 0 size 0 segment 3040 needs true 20+16", tcp4(), NEEDS, 1, 40,
                3000, 20, 16);
        row("one byte more is one", "type 1 size 2999 segment 3039 needs true 20+16", tcp4(), NEEDS, 1, 40, 2999, 20,
                16);
        refused("TSO4 of an IPv6 packet", tcp6(), NEEDS, 1, 1400, 40, 16);
        refused("TSO6 of an IPv4 packet", tcp4(), NEEDS, 4, 1400, 20, 16);
        refused("TSO of UDP", udp4(), NEEDS, 1, 1400, 20, 16);
        refused("USO of TCP", tcp4(), NEEDS, 5, 1400, 20, 16);
        refused("UFO, which was never asked for", udp4(), NEEDS, 3, 1400, 20, 6);
        refused("unknown type", tcp4(), NEEDS, 2, 1400, 20, 16);
        refused("gso_size 0", tcp4(), NEEDS, 1, 0, 20, 16);
        refused("super-packet with a finished checksum", tcp4(), 0, 1, 1400, 0, 0);
        refused("checksum start not at the TCP header", tcp4(), NEEDS, 1, 1400, 24, 16);
        refused("checksum start in the IP header", tcp4(), NEEDS, 0, 0, 19, 16);
        refused("checksum start beyond the packet", tcp4(), NEEDS, 0, 0, 3040, 0);
        refused("checksum field beyond the packet", tcp4(), NEEDS, 0, 0, 20, 3019);
        row("checksum field at the very end", "type 0 size 0 segment 3040 needs true 20+3018", tcp4(), NEEDS, 0, 0, 0,
                20, 3018);
        refused("largest numbers", tcp4(), NEEDS, 0, 0, 0xFFFF, 0xFFFF);
        refused("super-packet without a TCP header",
                PacketBuilder.of("10.0.0.1", "10.0.0.2").tcp(1, 2).dataOffset(16).payload(new byte[3000]).bytes(),
                NEEDS, 1, 1400, 20, 16);
        refused("super-packet that is a fragment", PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(0x2000).tcp(1, 2)
                .payload(new byte[3000]).bytes(), NEEDS, 1, 1400, 20, 16);
        refused("super-packet behind too many extension headers", hidden(), NEEDS, 4, 1400, 112, 16);
        return table.stream();
    }

    private static byte[] hidden() {
        final PacketBuilder packet = PacketBuilder.of("fd00::1", "fd00::2");
        for (int i = 0; i < 9; i++) {
            packet.hopByHop();
        }
        return packet.tcp(1, 2).payload(new byte[3000]).bytes();
    }
}
