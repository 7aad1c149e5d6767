package dev.ringway.encap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.Seeded;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** GRE headers to the byte; what is taken off and what is refused (CONFORMANCE T40-T44). */
class GreCodecTest {
    private static final int KEY = 0x89ABCDEF;
    private static final String INNER = "45000014";

    private static final TunnelCodec PLAIN = TunnelCodec.of(new GreSettings(false, 0), 1);
    private static final TunnelCodec KEYED = TunnelCodec.of(new GreSettings(true, KEY), 1);

    private static String read(TunnelCodec codec, byte[] datagram) {
        try (GuardedMemory memory = GuardedMemory.of(datagram)) {
            final Decapsulated result = new Decapsulated();
            final DropReason reason = codec.read(result, memory.address(), datagram.length);
            return reason != null ? reason.name() : result.content + " at " + (result.inner - memory.address())
                    + " length " + result.length;
        }
    }

    private static DynamicTest row(String description, TunnelCodec codec, String found, String hex) {
        return dynamicTest(description, () -> assertEquals(found, read(codec, Bytes.hex(hex))));
    }

    private static byte[] written(TunnelCodec codec, int version) {
        try (GuardedMemory memory = GuardedMemory.of(Bytes.hex("ff".repeat(codec.headerLength())))) {
            codec.write(memory.address(), version, 0x02_0000_000002L);
            return memory.bytes();
        }
    }

    @Test
    void writes() {
        assertArrayEquals(Bytes.hex("00000800"), written(PLAIN, 4));
        assertArrayEquals(Bytes.hex("000086dd"), written(PLAIN, 6));
        assertArrayEquals(Bytes.hex("2000080089abcdef"), written(KEYED, 4));
        assertArrayEquals(Bytes.hex("200086dd89abcdef"), written(KEYED, 6));
    }

    @TestFactory
    Stream<DynamicTest> taken() {
        return Stream.of(
                row("IPv4", PLAIN, "IP at 4 length 4", "00000800" + INNER),
                row("IPv6", PLAIN, "IP at 4 length 4", "000086dd" + INNER),
                row("key", KEYED, "IP at 8 length 4", "2000080089abcdef" + INNER),
                row("sequence number is skipped", PLAIN, "IP at 8 length 4", "1000080000000001" + INNER),
                row("key and sequence number", KEYED, "IP at 12 length 4", "3000080089abcdef00000001" + INNER),
                row("reserved bits 6-12 are ignored", PLAIN, "IP at 4 length 4", "03f80800" + INNER),
                row("nothing inside: for the parser to refuse", PLAIN, "IP at 4 length 0", "00000800"));
    }

    @TestFactory
    Stream<DynamicTest> refused() {
        return Stream.of(
                row("routing present (bit 1)", PLAIN, "GRE_FLAGS", "40000800" + INNER),
                row("strict source route (bit 4)", PLAIN, "GRE_FLAGS", "08000800" + INNER),
                row("recursion control (bit 5)", PLAIN, "GRE_FLAGS", "04000800" + INNER),
                row("version 1 (PPTP)", PLAIN, "GRE_FLAGS", "00010800" + INNER),
                row("version 7", PLAIN, "GRE_FLAGS", "00070800" + INNER),
                row("key where none is used", PLAIN, "GRE_KEY", "2000080089abcdef" + INNER),
                row("no key where one is used", KEYED, "GRE_KEY", "00000800" + INNER),
                row("wrong key", KEYED, "GRE_KEY", "2000080089abcdee" + INNER),
                row("key behind the sequence number", KEYED, "GRE_KEY", "300008000000000189abcdef" + INNER),
                row("checksum wrong", PLAIN, "GRE_CHECKSUM", "8000080012340000" + INNER),
                row("transparent Ethernet bridging", PLAIN, "INNER_TYPE", "00006558" + INNER),
                row("ARP", PLAIN, "INNER_TYPE", "00000806" + INNER),
                row("keepalive (protocol 0)", PLAIN, "INNER_TYPE", "00000000"));
    }

    @Test
    void cutShortAnywhere() {
        final byte[] whole = Bytes.hex("3000080089abcdef00000001");
        for (int length = 0; length < whole.length; length++) {
            assertEquals("MALFORMED_TUNNEL", read(KEYED, Arrays.copyOf(whole, length)));
        }
        assertEquals("IP at 12 length 0", read(KEYED, whole));
    }

    /** Checksum over header and payload, odd lengths too; any bit turned over shows. */
    @Test
    void checksums() {
        Seeded.rounds(2000, random -> {
            final byte[] datagram = Bytes.concat(Bytes.hex("a000080000000000 89abcdef"),
                    Bytes.random(random, random.nextInt(1500)));
            ByteBuffer.wrap(datagram).putShort(4, (short) InternetChecksum.of(datagram));
            assertEquals("IP at 12 length " + (datagram.length - 12), read(KEYED, datagram));
            final int bit = (4 + random.nextInt(datagram.length - 4)) * 8 + random.nextInt(8);
            datagram[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals("GRE_CHECKSUM", read(KEYED, datagram));
        });
    }

    @Test
    void settings() {
        assertEquals(32, new GreSettings(false, 0).overhead(4));
        assertEquals(52, new GreSettings(false, 0).overhead(6));
        assertEquals(36, new GreSettings(true, 0).overhead(4));
        assertEquals(56, new GreSettings(true, 0).overhead(6));
        assertEquals(4, PLAIN.headerLength());
        assertEquals(8, KEYED.headerLength());
    }
}
