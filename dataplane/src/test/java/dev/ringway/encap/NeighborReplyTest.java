package dev.ringway.encap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** ARP and neighbour discovery on the overlay, byte by byte. */
class NeighborReplyTest {
    private static final long OWN = 0x02_0000_0000aaL;
    /** Who has 10.244.1.1? Tell 10.244.2.0 at 02:00:00:00:00:bb. */
    private static final String REQUEST = "0001 0800 06 04 0001 0200000000bb 0af40200 000000000000 0af40101";

    private static boolean isArpRequest(String hex) {
        final byte[] bytes = Bytes.hex(hex);
        try (GuardedMemory memory = GuardedMemory.of(bytes)) {
            return NeighborReply.isArpRequest(memory.address(), bytes.length);
        }
    }

    @Test
    void arpReply() {
        try (GuardedMemory request = GuardedMemory.of(Bytes.hex(REQUEST));
                GuardedMemory reply = new GuardedMemory(NeighborReply.ARP_LENGTH)) {
            assertEquals(0x0AF4_0101L << 32, NeighborReply.arpTarget(request.address()));
            assertEquals(0x02_0000_0000bbL, NeighborReply.arpSenderMac(request.address()));
            NeighborReply.writeArp(reply.address(), request.address(), OWN);
            assertArrayEquals(Bytes.hex("0001 0800 06 04 0002 0200000000aa 0af40101 0200000000bb 0af40200"),
                    reply.bytes());
        }
    }

    @Test
    void onlyArpRequestsForIpv4() {
        assertTrue(isArpRequest(REQUEST));
        assertTrue(isArpRequest(REQUEST + "00".repeat(18)), "padded to the smallest frame");
        assertFalse(isArpRequest(REQUEST.replace("06 04 0001", "06 04 0002")), "a reply");
        assertFalse(isArpRequest(REQUEST.replace("06 04 0001", "06 04 0003")), "reverse ARP");
        assertFalse(isArpRequest(REQUEST.replace("0001 0800", "0006 0800")), "other link layer");
        assertFalse(isArpRequest(REQUEST.replace("0001 0800", "0001 86dd")), "other protocol");
        assertFalse(isArpRequest(REQUEST.replace("06 04", "08 04")), "other lengths");
        assertFalse(isArpRequest(REQUEST.substring(0, REQUEST.length() - 2)), "cut short");
        assertFalse(isArpRequest(""));
    }

    private static PacketBuilder solicitation(String from) {
        return PacketBuilder.of(from, "ff02::1:ff00:1").ttl(255).icmp(135, 0, 0).payload(Bytes.hex(
                "fd000244000100000000000000000001 0101 0200000000bb"));
    }

    private static boolean isSolicitation(byte[] packet) {
        try (GuardedMemory memory = GuardedMemory.of(packet)) {
            return NeighborReply.isSolicitation(memory.address(), packet.length);
        }
    }

    private static byte[] advertisement(String from) {
        try (GuardedMemory asked = GuardedMemory.of(solicitation(from).bytes());
                GuardedMemory reply = new GuardedMemory(NeighborReply.ADVERTISEMENT_LENGTH)) {
            assertEquals(0xFD00_0244_0001_0000L, NeighborReply.solicitedHi(asked.address()));
            assertEquals(1, NeighborReply.solicitedLo(asked.address()));
            NeighborReply.writeAdvertisement(reply.address(), asked.address(), OWN);
            assertNull(new PacketView(reply.bytes()).refusal());
            return reply.bytes();
        }
    }

    @Test
    void solicitedAdvertisement() {
        final byte[] expected = PacketBuilder.of("fd00:244:1::1", "fd00:244:2::").ttl(255).icmp(136, 0, 0xE0000000)
                .payload(Bytes.hex("fd000244000100000000000000000001 0201 0200000000aa")).bytes();
        assertArrayEquals(expected, advertisement("fd00:244:2::"));
    }

    /** Duplicate address detection asks from no address: RFC 4861 sec. 7.2.4 answers all nodes, not solicited. */
    @Test
    void advertisementToWhoHasNoAddressYet() {
        final byte[] expected = PacketBuilder.of("fd00:244:1::1", "ff02::1").ttl(255).icmp(136, 0, 0xA0000000)
                .payload(Bytes.hex("fd000244000100000000000000000001 0201 0200000000aa")).bytes();
        assertArrayEquals(expected, advertisement("::"));
    }

    @Test
    void onlySolicitations() {
        final byte[] packet = solicitation("fd00:244:2::").bytes();
        assertTrue(isSolicitation(packet));
        assertTrue(isSolicitation(Arrays.copyOf(packet, 64)), "without its option");
        for (int length = 0; length < 64; length++) {
            assertFalse(isSolicitation(Arrays.copyOf(packet, length)));
        }
        assertFalse(isSolicitation(solicitation("fd00:244:2::").ttl(254).bytes()), "has crossed a router");
        assertFalse(isSolicitation(solicitation("fd00:244:2::").icmp(136, 0, 0).bytes()), "an advertisement");
        assertFalse(isSolicitation(solicitation("fd00:244:2::").icmp(135, 1, 0).bytes()), "other code");
        assertFalse(isSolicitation(PacketBuilder.of("10.0.0.1", "10.0.0.2").ttl(255).icmp(135, 0, 0)
                .payload(new byte[60]).bytes()), "IPv4");
        assertFalse(isSolicitation(PacketBuilder.of("fd00::1", "fd00::2").ttl(255).udp(0x8700, 0)
                .payload(new byte[60]).bytes()), "UDP");
    }
}
