package dev.ringway.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.Virtio;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Header accessors against bytes written by hand from the RFCs' pictures. */
class HeadersTest {
    /** Runs with the address of these bytes; their change is allowed, a write outside is not. */
    private static byte[] on(String hex, LongConsumer body) {
        try (GuardedMemory memory = GuardedMemory.of(Bytes.hex(hex))) {
            body.accept(memory.address());
            return memory.bytes();
        }
    }

    /** 172.16.10.99 to 172.16.10.12, TCP, DF, total length 60, checksum b1e6. */
    private static final String IPV4 = "45 00 00 3c 1c 46 40 00 40 06 b1 e6 ac 10 0a 63 ac 10 0a 0c";

    @Test
    void ipv4() {
        on(IPV4, ip -> {
            assertEquals(20, Ipv4.headerLength(ip));
            assertEquals(60, Ipv4.totalLength(ip));
            assertTrue(Ipv4.dontFragment(ip));
            assertTrue(Ipv4.checksumValid(ip, 20));
            assertEquals(0x1c46, Memory.getShortBe(ip + Ipv4.ID));
            assertEquals(64, Memory.getByte(ip + Ipv4.TTL));
            assertEquals(IpProtocol.TCP, Memory.getByte(ip + Ipv4.PROTOCOL));
            assertEquals(0xac100a63, Memory.getIntBe(ip + Ipv4.SOURCE));
            assertEquals(0xac100a0c, Memory.getIntBe(ip + Ipv4.DESTINATION));
        });
        on("4f 00 00 3c 1c 46 20 00 40 06 b1 e7", ip -> {
            assertEquals(60, Ipv4.headerLength(ip));
            assertFalse(Ipv4.dontFragment(ip));
        });
    }

    @Test
    void ipv4Changes() {
        assertArrayEquals(Bytes.hex("45 00 00 3c 1c 46 40 00 3f 06 b2 e6 ac 10 0a 63 ac 10 0a 0c"),
                on(IPV4, Ipv4::decrementTtl));
        assertArrayEquals(Bytes.hex("45 03 00 3c 1c 46 40 00 40 06 b1 e3 ac 10 0a 63 ac 10 0a 0c"),
                on(IPV4, ip -> Ipv4.setTos(ip, 3)));
        assertArrayEquals(Bytes.hex(IPV4), on("45 00 00 3c 1c 46 40 00 40 06 12 34 ac 10 0a 63 ac 10 0a 0c", ip -> {
            assertFalse(Ipv4.checksumValid(ip, 20));
            Ipv4.writeChecksum(ip, 20);
        }));
    }

    @Test
    void ipv6() {
        final String header = "6a b1 23 45 00 14 06 40 fd 00 02 44 00 01 00 00 00 00 00 00 00 00 00 0a"
                + "fd 00 02 44 00 02 00 00 00 00 00 00 00 00 00 0b";
        on(header, ip -> {
            assertEquals(0xab, Ipv6.trafficClass(ip));
            assertEquals(20, Ipv6.payloadLength(ip));
            assertEquals(IpProtocol.TCP, Memory.getByte(ip + Ipv6.NEXT_HEADER));
            assertEquals(64, Memory.getByte(ip + Ipv6.HOP_LIMIT));
            assertEquals(0xfd00_0244_0001_0000L, Memory.getLongBe(ip + Ipv6.SOURCE));
            assertEquals(0x0b, Memory.getLongBe(ip + Ipv6.DESTINATION + 8));
        });
        final byte[] changed = on(header, ip -> {
            Ipv6.setTrafficClass(ip, 0x5c);
            Ipv6.decrementHopLimit(ip);
        });
        assertArrayEquals(Bytes.hex("65 c1 23 45 00 14 06 3f" + header.substring(24)), changed);
    }

    @Test
    void tcp() {
        on("0b b8 00 50 01 02 03 04 05 06 07 08 a0 c2 12 34 ab cd 00 00", tcp -> {
            assertEquals(3000, Memory.getShortBe(tcp + Tcp.SOURCE_PORT));
            assertEquals(80, Memory.getShortBe(tcp + Tcp.DESTINATION_PORT));
            assertEquals(0x01020304, Memory.getIntBe(tcp + Tcp.SEQUENCE));
            assertEquals(0x05060708, Memory.getIntBe(tcp + Tcp.ACKNOWLEDGMENT));
            assertEquals(40, Tcp.headerLength(tcp));
            assertEquals(Tcp.CWR | Tcp.ECE | Tcp.SYN, Tcp.flags(tcp));
            assertEquals(0x1234, Memory.getShortBe(tcp + Tcp.WINDOW));
            assertEquals(0xabcd, Memory.getShortBe(tcp + Tcp.CHECKSUM));
        });
        on("00 00 00 00 00 00 00 00 00 00 00 00 f1 00", tcp -> assertEquals(60, Tcp.headerLength(tcp)));
    }

    @Test
    void udp() {
        on("30 39 12 b5 00 0c be ef", udp -> {
            assertEquals(12345, Memory.getShortBe(udp + Udp.SOURCE_PORT));
            assertEquals(4789, Memory.getShortBe(udp + Udp.DESTINATION_PORT));
            assertEquals(12, Memory.getShortBe(udp + Udp.DATAGRAM_LENGTH));
            assertEquals(0xbeef, Memory.getShortBe(udp + Udp.CHECKSUM));
        });
    }

    @Test
    void ethernet() {
        final byte[] written = on("00".repeat(14),
                at -> Ethernet.write(at, 0x02_1122_334455L, 0xfe_ffff_eeddccL, Ethernet.TYPE_IPV6));
        assertArrayEquals(Bytes.hex("02 11 22 33 44 55 fe ff ff ee dd cc 86 dd"), written);
        on("fe ff ff ee dd cc", at -> assertEquals(0xfe_ffff_eeddccL, Ethernet.mac(at)));
        on("01 80 c2 00 00 00", at -> assertTrue(Ethernet.isGroup(Ethernet.mac(at))));
        on("33 33 00 00 00 01", at -> assertTrue(Ethernet.isGroup(Ethernet.mac(at))));
        on("02 01 01 01 01 01", at -> assertFalse(Ethernet.isGroup(Ethernet.mac(at))));
        assertTrue(Ethernet.isGroup(Ethernet.BROADCAST));
    }

    @Test
    void vxlan() {
        assertArrayEquals(Bytes.hex("08 00 00 00 12 34 56 00"), on("ff".repeat(8), at -> Vxlan.write(at, 0x123456)));
        assertArrayEquals(Bytes.hex("08 00 00 00 ff ff ff 00"), on("ff".repeat(8),
                at -> Vxlan.write(at, Vxlan.MAX_VNI)));
        on("08 00 00 00 ff ff ff aa", at -> assertEquals(Vxlan.MAX_VNI, Vxlan.vni(at)));
        on("ff ff ff ff 00 00 01 ff", at -> assertEquals(1, Vxlan.vni(at)));
    }

    @Test
    void gre() {
        assertEquals(4, GreInUdp.length(0));
        assertEquals(8, GreInUdp.length(GreInUdp.CHECKSUM_PRESENT));
        assertEquals(8, GreInUdp.length(GreInUdp.KEY_PRESENT));
        assertEquals(8, GreInUdp.length(GreInUdp.SEQUENCE_PRESENT));
        assertEquals(16, GreInUdp.length(0xB000));
        assertEquals(4, GreInUdp.keyOffset(GreInUdp.KEY_PRESENT));
        assertEquals(4, GreInUdp.keyOffset(GreInUdp.KEY_PRESENT | GreInUdp.SEQUENCE_PRESENT));
        assertEquals(8, GreInUdp.keyOffset(0xB000));
        // RFC 2784 sec. 2.3 has bits 1-5; RFC 2890 gave bits 2 and 3 a meaning again.
        assertEquals(0x7C00 & ~0x3000, GreInUdp.MUST_BE_ZERO);
    }

    @Test
    void virtioHeader() {
        final byte[] written = on("ee".repeat(10), at -> VnetHdr.write(at, VnetHdr.GSO_TCPV6, 74, 1390, 40, 16));
        assertEquals(new Virtio(Virtio.NEEDS_CSUM, Virtio.TCPV6, 74, 1390, 40, 16), Virtio.of(written));
        assertArrayEquals(new byte[10], on("ee".repeat(10), VnetHdr::clear));
    }

    @Test
    void icmpErrors() {
        final int[] errors4 = {3, 4, 5, 11, 12};
        assertArrayEquals(errors4, IntStream.range(0, 256).filter(Icmp::isError4).toArray());
        // Types below 128 are errors, 137 is the redirect.
        final int[] others6 = IntStream.range(128, 256).filter(type -> type != 137).toArray();
        assertArrayEquals(others6, IntStream.range(0, 256).filter(type -> !Icmp.isError6(type)).toArray());
    }
}
