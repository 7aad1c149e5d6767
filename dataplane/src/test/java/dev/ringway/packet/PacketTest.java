package dev.ringway.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a parsed packet answers, and the few changes it makes to the bytes. */
class PacketTest {
    private static int hash(PacketBuilder packet) {
        try (GuardedMemory memory = GuardedMemory.of(packet.bytes())) {
            final Packet p = new Packet();
            assertEquals(null, PacketParser.parse(p, memory.address(), memory.length(), true));
            return p.flowHash();
        }
    }

    private static PacketView changed(PacketBuilder packet, Consumer<Packet> change) {
        try (GuardedMemory memory = GuardedMemory.of(packet.bytes())) {
            final Packet p = new Packet();
            PacketParser.parse(p, memory.address(), memory.length(), true);
            change.accept(p);
            return new PacketView(memory.bytes());
        }
    }

    private static PacketBuilder v4() {
        return PacketBuilder.of("10.0.0.1", "10.0.0.2");
    }

    private static PacketBuilder v6() {
        return PacketBuilder.of("fd00::1", "fd00::2");
    }

    @Test
    void ttlAndTos() {
        for (int value = 1; value < 256; value++) {
            final int number = value;
            for (PacketBuilder packet : new PacketBuilder[] {v4(), v6()}) {
                packet.ttl(number).tos(255 - number).flowLabel(0xABCDE).udp(1, 2);
                final PacketView view = changed(packet, p -> {
                    assertEquals(number, p.ttl());
                    assertEquals(255 - number, p.tos());
                    p.decrementTtl();
                    assertEquals(number - 1, p.ttl());
                    p.setTos(number);
                    assertEquals(number, p.tos());
                });
                assertEquals(null, view.refusal());
                assertTrue(view.version() == 4 || (view.i32(0) & 0xFFFFF) == 0xABCDE, "flow label");
            }
        }
    }

    @Test
    void oneFlowHasOneHash() {
        assertEquals(hash(v4().udp(1, 2)), hash(v4().udp(1, 2).ttl(3).tos(7).id(9).payload(new byte[100])));
        assertEquals(hash(v6().tcp(1, 2)), hash(v6().tcp(1, 2).flags(2).sequence(99).flowLabel(5).hopByHop()));
    }

    @Test
    void anyPartOfTheFlowChangesTheHash() {
        final int of4 = hash(v4().udp(1, 2));
        assertNotEquals(of4, hash(v4().udp(1, 3)));
        assertNotEquals(of4, hash(v4().udp(2, 2)));
        assertNotEquals(of4, hash(v4().tcp(1, 2)));
        assertNotEquals(of4, hash(PacketBuilder.of("10.0.0.1", "10.0.0.3").udp(1, 2)));
        assertNotEquals(of4, hash(PacketBuilder.of("10.0.0.2", "10.0.0.1").udp(1, 2)));
        final int of6 = hash(v6().udp(1, 2));
        assertNotEquals(of6, hash(PacketBuilder.of("fd00::1", "fd00::3").udp(1, 2)));
        assertNotEquals(of6, hash(PacketBuilder.of("fd00::2", "fd00::1").udp(1, 2)));
        assertNotEquals(of6, hash(PacketBuilder.of("fd00:0:0:1::1", "fd00::2").udp(1, 2)));
    }

    /** All fragments of a datagram must take one way: CONFORMANCE I17. */
    @Test
    void fragmentsOfOneDatagramHaveOneHash() {
        final int first4 = hash(v4().fragment(0x2000).udp(1, 2).payload(new byte[16]));
        assertEquals(first4, hash(v4().fragment(0x2003).raw(17).payload(new byte[16])));
        assertEquals(first4, hash(v4().fragment(0x0005).raw(17).payload(new byte[3])));
        final int first6 = hash(v6().fragmentHeader(0, true, 7).udp(1, 2).payload(new byte[16]));
        assertEquals(first6, hash(v6().fragmentHeader(24, false, 7).raw(17).payload(new byte[16])));
    }

    /** A later IPv6 fragment does not tell the protocol if options stand between. */
    @Test
    void fragmentsWithOptionsBehindTheFragmentHeaderHaveOneHash() {
        assertEquals(hash(v6().fragmentHeader(0, true, 7).destinationOptions().udp(1, 2).payload(new byte[8])),
                hash(v6().fragmentHeader(32, false, 7).raw(60).payload(new byte[16])));
    }

    @Test
    void hashesSpread() {
        final Set<Integer> tops = new HashSet<>();
        final Set<Integer> hashes = new HashSet<>();
        for (int port = 0; port < 4096; port++) {
            final int hash = hash(v4().tcp(32768 + port, 80));
            tops.add(hash >>> 24);
            hashes.add(hash);
        }
        assertEquals(256, tops.size());
        assertTrue(hashes.size() >= 4095, hashes.size() + " different");
    }
}
