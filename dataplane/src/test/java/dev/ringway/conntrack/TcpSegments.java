package dev.ringway.conntrack;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;

/** Segments as the packet path has them, good until it is closed. */
final class TcpSegments implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();

    /** @param flags letters: S, A, F, R */
    Packet of(String flags, int sequence, int acknowledgment) {
        int bits = 0;
        for (char flag : flags.toCharArray()) {
            bits |= switch (flag) {
                case 'S' -> PacketBuilder.SYN;
                case 'A' -> PacketBuilder.ACK;
                case 'F' -> PacketBuilder.FIN;
                case 'R' -> PacketBuilder.RST;
                default -> throw new IllegalArgumentException(flags);
            };
        }
        final byte[] bytes = Packets.tcp("10.0.0.1", "10.0.0.2", 0).flags(bits).sequence(sequence)
                .acknowledgment(acknowledgment).bytes();
        final long at = arena.allocate(bytes.length, 8).address();
        Memory.putBytes(at, bytes);
        final Packet p = new Packet();
        assertNull(PacketParser.parse(p, at, bytes.length, true));
        return p;
    }

    @Override
    public void close() {
        arena.close();
    }
}
