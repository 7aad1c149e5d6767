package dev.ringway.offload;

import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.PacketBuilder;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A super-packet as a pod's kernel gives it to a TUN device.
 *
 * @param header its virtio_net_hdr
 * @param packet the IP packet; its checksum is unfinished
 */
record Supers(byte[] header, byte[] packet, int gsoSize) {
    static Supers of(PacketBuilder builder, int gsoSize) {
        return new Supers(builder.superHeader(gsoSize), builder.checksum(PacketBuilder.Checksum.PARTIAL).bytes(),
                gsoSize);
    }

    /** Any kind: both versions, TCP and UDP, with options and extension headers, counters about to wrap. */
    static Supers random(SplittableRandom random) {
        return random(random, true);
    }

    /** @param options true for IPv4 options and IPv6 extension headers in some */
    static Supers random(SplittableRandom random, boolean options) {
        final boolean four = random.nextBoolean();
        final PacketBuilder builder = four ? PacketBuilder.of("10.0.0.1", "10.0.0.2")
                : PacketBuilder.of("fd00::1", "fd00::2");
        builder.tos(random.nextInt(256)).ttl(2 + random.nextInt(254)).flowLabel(random.nextInt(1 << 20));
        builder.id(random.nextInt(4) == 0 ? 0xFFF0 + random.nextInt(16) : random.nextInt(65536));
        builder.fragment(random.nextBoolean() ? PacketBuilder.DF : 0);
        if (options && random.nextInt(4) == 0) {
            if (four) {
                builder.options(148, 4, 0, 0, 1, 1, 1, 1);
            } else {
                builder.hopByHop().destinationOptions();
            }
        }
        if (random.nextBoolean()) {
            tcp(random, builder);
        } else {
            builder.udp(random.nextInt(65536), random.nextInt(65536));
        }
        final int segments = 2 + random.nextInt(random.nextBoolean() ? 4 : 62);
        final int gsoSize = 1 + random.nextInt(Math.min(9000, 65000 / segments));
        final int payload = gsoSize * (segments - 1) + 1 + random.nextInt(gsoSize);
        return of(builder.payload(Bytes.random(random, payload)), gsoSize);
    }

    private static void tcp(SplittableRandom random, PacketBuilder builder) {
        builder.tcp(random.nextInt(65536), random.nextInt(65536)).acknowledgment(random.nextInt())
                .window(random.nextInt(65536));
        builder.sequence(random.nextInt(4) == 0 ? -1 - random.nextInt(65536) : random.nextInt());
        builder.flags(PacketBuilder.ACK | (random.nextInt() & (PacketBuilder.PSH | PacketBuilder.ECE)));
        if (random.nextInt(4) == 0) {
            builder.flags(random.nextInt(256) & ~(PacketBuilder.SYN | PacketBuilder.RST));
        }
        for (int i = random.nextInt(11); i > 0; i--) {
            builder.tcpOptions(random.nextInt(256), random.nextInt(256), random.nextInt(256), random.nextInt(256));
        }
    }

    /** Parses it in guarded memory; both are as a TUN device's reader would see them. */
    void with(Consumer<Packet> body) {
        try (GuardedMemory memory = GuardedMemory.of(packet); GuardedMemory vnet = GuardedMemory.of(header)) {
            final Packet p = new Packet();
            DropReason reason = PacketParser.parse(p, memory.address(), packet.length, false);
            if (reason == null) {
                reason = PacketParser.offload(p, vnet.address());
            }
            if (reason != null || !p.isSuper()) {
                throw new AssertionError("no super-packet: " + reason);
            }
            body.accept(p);
        }
    }
}
