package dev.ringway.encap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Seeded;
import org.junit.jupiter.api.Test;

/** Flows spread over the source sockets; one flow keeps one. */
class EntropyPortTest {
    @Test
    void alwaysOneOfTheSockets() {
        Seeded.rounds(100_000, random -> {
            final int sockets = 1 + random.nextInt(1000);
            final int index = EntropyPort.index(random.nextInt(), sockets);
            assertTrue(index >= 0 && index < sockets);
        });
        for (int sockets : new int[] {1, 2, 16, 16384}) {
            assertEquals(0, EntropyPort.index(0, sockets));
            assertEquals(sockets - 1, EntropyPort.index(-1, sockets));
        }
    }

    private static int index(PacketBuilder packet, int sockets) {
        try (GuardedMemory memory = GuardedMemory.of(packet.bytes())) {
            final Packet p = new Packet();
            assertNull(PacketParser.parse(p, memory.address(), memory.length(), true));
            return EntropyPort.index(p.flowHash(), sockets);
        }
    }

    /** Pairs of pods and ports as a cluster has them, near each other, come out even to within a quarter. */
    @Test
    void flowsOfAClusterSpreadEvenly() {
        final int sockets = 16;
        final int[] flows = new int[sockets];
        for (int pod = 0; pod < 20; pod++) {
            for (int port = 0; port < 200; port++) {
                flows[index(PacketBuilder.of("10.244.1." + (10 + pod), "10.244.2.10").tcp(40000 + port, 80),
                        sockets)]++;
                flows[index(PacketBuilder.of("fd00:244:1::" + pod, "fd00:244:2::a").udp(40000 + port, 53),
                        sockets)]++;
            }
        }
        for (int count : flows) {
            assertTrue(count > 375 && count < 625, count + " of 8000 flows on one of 16 sockets");
        }
    }

    @Test
    void oneFlowKeepsItsSocket() {
        final PacketBuilder flow = PacketBuilder.of("10.0.0.1", "10.0.0.2").tcp(3000, 80);
        final int index = index(flow, 1000);
        for (int i = 0; i < 100; i++) {
            assertEquals(index, index(flow.sequence(i * 77).id(i).tos(i).payload(new byte[i]), 1000));
        }
    }
}
