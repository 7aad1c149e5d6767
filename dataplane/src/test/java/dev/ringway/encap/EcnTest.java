package dev.ringway.encap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** RFC 6040 Fig. 4, both versions inside; the code points by their numbers: 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE. */
class EcnTest {
    private static final int DROP = -1;
    /** Row: inner; column: outer; in the order of the numbers. */
    private static final int[][] AFTER = {
        {0, 0, 0, DROP},
        {1, 1, 1, 3},
        {2, 1, 2, 3},
        {3, 3, 3, 3}};

    @TestFactory
    Stream<DynamicTest> decapsulation() {
        final List<DynamicTest> table = new ArrayList<>();
        for (int version : new int[] {4, 6}) {
            for (int inner = 0; inner < 4; inner++) {
                for (int outer = 0; outer < 4; outer++) {
                    final int in = inner;
                    final int out = outer;
                    table.add(dynamicTest("IPv" + version + " inner " + in + " outer " + out,
                            () -> check(version, in, out, AFTER[in][out])));
                }
            }
        }
        return table.stream();
    }

    private static void check(int version, int inner, int outer, int after) {
        for (int dscp : new int[] {0, 46, 63}) {
            final PacketBuilder packet = version == 4 ? PacketBuilder.of("10.0.0.1", "10.0.0.2")
                    : PacketBuilder.of("fd00::1", "fd00::2").flowLabel(0xFFFFF);
            try (GuardedMemory memory = GuardedMemory.of(packet.tos(dscp << 2 | inner).udp(1, 2).bytes())) {
                final Packet p = new Packet();
                PacketParser.parse(p, memory.address(), memory.length(), true);
                // The outer DSCP is not carried inwards.
                assertEquals(after != DROP, Ecn.decapsulate(p, 0x50 | outer));
                assertEquals(dscp << 2 | (after == DROP ? inner : after), p.tos());
                assertNull(new PacketView(memory.bytes()).refusal());
            }
        }
    }

    @Test
    void encapsulation() {
        for (int tos = 0; tos < 256; tos++) {
            assertEquals(tos % 4, Ecn.outer(tos, false));
            assertEquals(tos, Ecn.outer(tos, true));
        }
    }
}
