package dev.ringway.encap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.Seeded;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** VXLAN headers to the byte; what is taken off and what is refused (CONFORMANCE T1-T3, T8, T9, T20, T21). */
class VxlanCodecTest {
    private static final long OWN = 0x02_0000_000001L;
    private static final long PEER = 0x02_0000_000002L;
    private static final String OWN_HEX = "020000000001";
    private static final String PEER_HEX = "020000000002";
    private static final String INNER = "45000014";

    private final TunnelCodec codec = TunnelCodec.of(new VxlanSettings(0x123456), OWN);

    /** What reading gives, in words: a reason, or content, offset and length. */
    private String read(byte[] datagram) {
        try (GuardedMemory memory = GuardedMemory.of(datagram)) {
            final Decapsulated result = new Decapsulated();
            final DropReason reason = codec.read(result, memory.address(), datagram.length);
            return reason != null ? reason.name() : result.content + " at " + (result.inner - memory.address())
                    + " length " + result.length;
        }
    }

    private DynamicTest row(String description, String found, String hex) {
        return dynamicTest(description, () -> assertEquals(found, read(Bytes.hex(hex))));
    }

    private static String frame(String header, String destination, String source, String type) {
        return header + destination + source + type + INNER;
    }

    private static byte[] written(TunnelCodec codec, int version, long mac) {
        try (GuardedMemory memory = GuardedMemory.of(new byte[codec.headerLength()])) {
            codec.write(memory.address(), version, mac);
            return memory.bytes();
        }
    }

    @Test
    void writes() {
        assertEquals(22, codec.headerLength());
        assertArrayEquals(Bytes.hex("0800000012345600" + PEER_HEX + OWN_HEX + "0800"), written(codec, 4, PEER));
        assertArrayEquals(Bytes.hex("0800000012345600" + PEER_HEX + OWN_HEX + "86dd"), written(codec, 6, PEER));
        assertArrayEquals(Bytes.hex("08000000ffffff00" + "feffffffffff" + OWN_HEX + "0800"),
                written(new VxlanCodec(0xFFFFFF, OWN), 4, 0xfeff_ffffffffL));
    }

    @TestFactory
    Stream<DynamicTest> taken() {
        final String header = "0800000012345600";
        return Stream.of(
                row("IPv4", "IP at 22 length 4", frame(header, OWN_HEX, PEER_HEX, "0800")),
                row("IPv6", "IP at 22 length 4", frame(header, OWN_HEX, PEER_HEX, "86dd")),
                row("ARP to everyone", "ARP at 22 length 4", frame(header, "ffffffffffff", PEER_HEX, "0806")),
                row("neighbour solicitation to its group", "IP at 22 length 4",
                        frame(header, "3333ff000001", PEER_HEX, "86dd")),
                row("nothing inside: for the parser to refuse", "IP at 22 length 0",
                        header + OWN_HEX + PEER_HEX + "0800"),
                row("reserved bits are ignored", "IP at 22 length 4",
                        frame("ffffffff123456ff", OWN_HEX, PEER_HEX, "0800")),
                row("group policy extension is ignored", "IP at 22 length 4",
                        frame("8800000712345600", OWN_HEX, PEER_HEX, "0800")));
    }

    @TestFactory
    Stream<DynamicTest> refused() {
        final String header = "0800000012345600";
        return Stream.of(
                row("no I flag", "VXLAN_FLAGS", frame("0000000012345600", OWN_HEX, PEER_HEX, "0800")),
                row("all flags but I", "VXLAN_FLAGS", frame("f700000012345600", OWN_HEX, PEER_HEX, "0800")),
                row("other VNI", "UNKNOWN_VNI", frame("0800000012345700", OWN_HEX, PEER_HEX, "0800")),
                row("VNI 0", "UNKNOWN_VNI", frame("0800000000000000", OWN_HEX, PEER_HEX, "0800")),
                row("our VNI in the wrong place", "UNKNOWN_VNI", frame("0800000000123456", OWN_HEX, PEER_HEX, "0800")),
                row("to another MAC", "INNER_MAC", frame(header, "020000000003", PEER_HEX, "0800")),
                row("to MAC zero", "INNER_MAC", frame(header, "000000000000", PEER_HEX, "0800")),
                row("from our own MAC", "INNER_MAC", frame(header, OWN_HEX, OWN_HEX, "0800")),
                row("from MAC zero", "INNER_MAC", frame(header, OWN_HEX, "000000000000", "0800")),
                row("from a group", "INNER_MAC", frame(header, OWN_HEX, "33330000fb01", "0800")),
                row("from everyone", "INNER_MAC", frame(header, OWN_HEX, "ffffffffffff", "0800")),
                row("802.1Q tag", "INNER_TYPE", frame(header, OWN_HEX, PEER_HEX, "81000001")),
                row("802.1ad tag", "INNER_TYPE", frame(header, OWN_HEX, PEER_HEX, "88a80001")),
                row("MPLS", "INNER_TYPE", frame(header, OWN_HEX, PEER_HEX, "8847")),
                row("802.3 length", "INNER_TYPE", frame(header, "0180c2000000", PEER_HEX, "0027")));
    }

    @Test
    void cutShortAnywhere() {
        final byte[] whole = Bytes.hex("0800000012345600" + OWN_HEX + PEER_HEX + "0800");
        for (int length = 0; length < whole.length; length++) {
            assertEquals("MALFORMED_TUNNEL", read(Arrays.copyOf(whole, length)));
        }
        assertEquals("IP at 22 length 0", read(whole));
    }

    @Test
    void readsWhatAnotherNodeWrote() {
        Seeded.rounds(2000, random -> {
            final int vni = random.nextInt(1 << 24);
            final TunnelCodec sender = new VxlanCodec(vni, PEER);
            final TunnelCodec receiver = new VxlanCodec(vni, OWN);
            final byte[] header = written(sender, random.nextBoolean() ? 4 : 6, OWN);
            try (GuardedMemory memory = GuardedMemory.of(Bytes.concat(header, new byte[60]))) {
                final Decapsulated result = new Decapsulated();
                assertEquals(null, receiver.read(result, memory.address(), 82));
                assertEquals(60, result.length);
                assertEquals(DropReason.UNKNOWN_VNI,
                        new VxlanCodec(vni ^ 1 << random.nextInt(24), OWN).read(result, memory.address(), 82));
            }
        });
    }

    @Test
    void settings() {
        assertEquals(50, new VxlanSettings(1).overhead(4));
        assertEquals(70, new VxlanSettings(1).overhead(6));
        assertThrows(IllegalArgumentException.class, () -> new VxlanSettings(1 << 24));
        assertThrows(IllegalArgumentException.class, () -> new VxlanSettings(-1));
    }
}
