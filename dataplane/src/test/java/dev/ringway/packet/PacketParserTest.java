package dev.ringway.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.PacketBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is taken and what it is found to be; what is refused and why. */
class PacketParserTest {
    private static final String A4 = "10.244.1.10";
    private static final String B4 = "10.244.2.11";
    private static final String A6 = "fd00:244:1::a";
    private static final String B6 = "fd00:244:2::b";

    private final List<DynamicTest> table = new ArrayList<>();

    private static PacketBuilder v4() {
        return PacketBuilder.of(A4, B4);
    }

    private static PacketBuilder v6() {
        return PacketBuilder.of(A6, B6);
    }

    /** Parses, as from the wire, between two different surroundings that must not matter. */
    private static String parse(byte[] bytes, boolean fromWire) {
        try (GuardedMemory memory = GuardedMemory.of(bytes)) {
            final Packet p = new Packet();
            memory.surround(0);
            final DropReason first = PacketParser.parse(p, memory.address(), bytes.length, fromWire);
            final String found = NaiveParser.describe(p, first);
            memory.surround(0xFF);
            final DropReason second = PacketParser.parse(p, memory.address(), bytes.length, fromWire);
            assertEquals(found, NaiveParser.describe(p, second));
            return found;
        }
    }

    private void refused(String description, DropReason reason, byte[] bytes) {
        table.add(dynamicTest(description, () -> assertEquals(reason.name(), parse(bytes, true))));
    }

    private void refused(String description, DropReason reason, PacketBuilder packet) {
        refused(description, reason, packet.bytes());
    }

    private void taken(String description, String found, PacketBuilder packet) {
        table.add(dynamicTest(description, () -> assertEquals(found, parse(packet.bytes(), true))));
    }

    private static String found(int length, int protocol, int l4, int headers) {
        return "length " + length + " protocol " + protocol + " l4 " + l4 + " present true headers " + headers
                + " fragment 0 at 0";
    }

    private static String foundNoL4(int length, int protocol, int l4) {
        return "length " + length + " protocol " + protocol + " l4 " + l4 + " present false headers " + l4
                + " fragment 0 at 0";
    }

    @TestFactory
    Stream<DynamicTest> ipv4() {
        final byte[] plain = v4().udp(1, 2).payload(new byte[10]).bytes();
        refused("nothing", DropReason.MALFORMED_IP, new byte[0]);
        refused("one byte", DropReason.MALFORMED_IP, Arrays.copyOf(plain, 1));
        refused("header cut short", DropReason.MALFORMED_IP, Arrays.copyOf(plain, 19));
        refused("packet cut short by one", DropReason.MALFORMED_IP, Arrays.copyOf(plain, plain.length - 1));
        refused("version 0", DropReason.MALFORMED_IP, new byte[40]);
        refused("version 5", DropReason.MALFORMED_IP, Bytes.concat(Bytes.of(0x55), new byte[59]));
        refused("version 15", DropReason.MALFORMED_IP, Bytes.concat(Bytes.of(0xF5), new byte[59]));
        refused("header length 16", DropReason.MALFORMED_IP, v4().headerLength(16).udp(1, 2));
        refused("header length 0", DropReason.MALFORMED_IP, v4().headerLength(0).udp(1, 2));
        refused("header longer than the packet", DropReason.MALFORMED_IP, v4().headerLength(60).udp(1, 2));
        refused("total length below the header", DropReason.MALFORMED_IP, v4().totalLength(19).udp(1, 2));
        refused("total length 0", DropReason.MALFORMED_IP, v4().totalLength(0).udp(1, 2));
        refused("total length beyond what came", DropReason.MALFORMED_IP, v4().totalLength(29).udp(1, 2));
        refused("header checksum wrong", DropReason.BAD_IP_CHECKSUM, v4().wrongIpChecksum().udp(1, 2));
        refused("loose source route", DropReason.SOURCE_ROUTE, v4().options(131, 7, 4, 10, 0, 0, 1, 0).udp(1, 2));
        refused("strict source route", DropReason.SOURCE_ROUTE, v4().options(137, 7, 4, 10, 0, 0, 1, 0).udp(1, 2));
        refused("source route behind padding and a router alert", DropReason.SOURCE_ROUTE,
                v4().options(1, 148, 4, 0, 0, 1, 131, 3).udp(1, 2));
        refused("source route in the last byte", DropReason.SOURCE_ROUTE, v4().options(1, 1, 1, 137).udp(1, 2));
        refused("fragment that ends behind 65535 (ping of death)", DropReason.MALFORMED_IP,
                v4().fragment(0x1FFF).raw(1).payload(new byte[8]));
        taken("UDP", found(38, 17, 20, 28), v4().udp(1, 2).payload(new byte[10]));
        taken("TCP", found(50, 6, 20, 40), v4().tcp(1, 2).payload(new byte[10]));
        taken("TCP with options", found(52, 6, 20, 52),
                v4().tcp(1, 2).tcpOptions(2, 4, 5, 180, 1, 1, 4, 2, 1, 1, 1, 0));
        taken("ICMP", found(28, 1, 20, 28), v4().icmp(8, 0, 1));
        taken("other protocol", foundNoL4(25, 47, 20), v4().raw(47).payload(new byte[5]));
        taken("header alone", foundNoL4(20, 6, 20), v4().raw(6));
        taken("trailing bytes are cut off", found(28, 17, 20, 28), v4().udp(1, 2).trailing(Bytes.pattern(18)));
        taken("router alert", found(32, 17, 24, 32), v4().options(148, 4, 0, 0).udp(1, 2));
        taken("60 bytes of header", found(68, 17, 60, 68), v4().options(new int[40]).udp(1, 2));
        taken("source route behind the end of options", found(36, 17, 28, 36),
                v4().options(0, 0, 0, 0, 131, 3, 4, 0).udp(1, 2));
        taken("option of length 0", found(32, 17, 24, 32), v4().options(7, 0, 131, 131).udp(1, 2));
        taken("option without length", found(32, 17, 24, 32), v4().options(1, 1, 1, 7).udp(1, 2));
        taken("option longer than the header", found(32, 17, 24, 32), v4().options(7, 40, 131, 131).udp(1, 2));
        taken("UDP header cut short", foundNoL4(27, 17, 20), v4().raw(17).payload(new byte[7]));
        taken("TCP header cut short", foundNoL4(39, 6, 20), v4().raw(6).payload(new byte[19]));
        taken("TCP options cut short", foundNoL4(40, 6, 20), v4().tcp(1, 2).dataOffset(24));
        taken("TCP data offset below 20", foundNoL4(40, 6, 20), v4().tcp(1, 2).dataOffset(16));
        taken("ICMP header cut short", foundNoL4(24, 1, 20), v4().raw(1).payload(new byte[4]));
        taken("first fragment", "length 36 protocol 17 l4 20 present true headers 28 fragment 1 at 0",
                v4().fragment(0x2000).udp(1, 2).payload(new byte[8]));
        taken("tiny first fragment", "length 28 protocol 6 l4 20 present false headers 20 fragment 1 at 0",
                v4().fragment(0x2000).raw(6).payload(new byte[8]));
        taken("later fragment: no ports", "length 44 protocol 17 l4 20 present false headers 20 fragment 2 at 0",
                v4().fragment(0x2001).raw(17).payload(new byte[24]));
        taken("last fragment", "length 44 protocol 6 l4 20 present false headers 20 fragment 2 at 0",
                v4().fragment(0x0010).raw(6).payload(new byte[24]));
        taken("last fragment that just fits", "length 27 protocol 1 l4 20 present false headers 20 fragment 2 at 0",
                v4().fragment(0x1FFF).raw(1).payload(new byte[7]));
        taken("DF and the reserved bit are no fragment", found(28, 17, 20, 28), v4().fragment(0xC000).udp(1, 2));
        return table.stream();
    }

    @TestFactory
    Stream<DynamicTest> ipv6() {
        final byte[] plain = v6().udp(1, 2).payload(new byte[10]).bytes();
        refused("header cut short", DropReason.MALFORMED_IP, Arrays.copyOf(plain, 39));
        refused("packet cut short by one", DropReason.MALFORMED_IP, Arrays.copyOf(plain, plain.length - 1));
        refused("payload length beyond what came", DropReason.MALFORMED_IP, v6().totalLength(9).udp(1, 2));
        refused("jumbo payload", DropReason.MALFORMED_IP,
                v6().extension(0, 0, 0, 0xC2, 4, 0, 1, 0, 0).totalLength(0).udp(1, 2));
        refused("routing header 0", DropReason.ROUTING_HEADER_0, v6().routing(0).udp(1, 2));
        refused("routing header 0 behind others", DropReason.ROUTING_HEADER_0,
                v6().hopByHop().destinationOptions().routing(0).udp(1, 2));
        refused("routing header 0 in a first fragment", DropReason.ROUTING_HEADER_0,
                v6().fragmentHeader(0, true, 1).routing(0).udp(1, 2));
        refused("extension header longer than the packet", DropReason.MALFORMED_IP,
                v6().extension(60, 0, 1, 1, 4, 0, 0, 0, 0).raw(59));
        refused("authentication header longer than the packet", DropReason.MALFORMED_IP,
                v6().extension(51, 0, 200, 0, 0, 0, 0, 0, 1).raw(59));
        refused("fragment that ends behind 65535 (ping of death)", DropReason.MALFORMED_IP,
                v6().fragmentHeader(0xFFF8, false, 1).raw(58).payload(new byte[8]));
        taken("UDP", found(58, 17, 40, 48), v6().udp(1, 2).payload(new byte[10]));
        taken("TCP", found(70, 6, 40, 60), v6().tcp(1, 2).payload(new byte[10]));
        taken("ICMPv6", found(48, 58, 40, 48), v6().icmp(128, 0, 1));
        taken("no next header", foundNoL4(40, 59, 40), v6().raw(59));
        taken("trailing bytes are cut off", found(48, 17, 40, 48), v6().udp(1, 2).trailing(Bytes.pattern(30)));
        taken("hop-by-hop", found(56, 17, 48, 56), v6().hopByHop().udp(1, 2));
        taken("routing header 2", found(72, 17, 64, 72), v6().routing(2).udp(1, 2));
        taken("authentication header", found(84, 6, 64, 84), v6().authentication().tcp(1, 2));
        taken("all of them", found(116, 6, 96, 116),
                v6().hopByHop().destinationOptions().authentication().hopByHop().tcp(1, 2));
        taken("eight extension headers", found(112, 17, 104, 112), eight().udp(1, 2));
        taken("nine extension headers: forwarded by address alone", foundNoL4(120, 0, 104),
                eight().hopByHop().udp(1, 2));
        taken("extension header without room", foundNoL4(44, 60, 40), v6().raw(60).payload(new byte[4]));
        taken("UDP header cut short", foundNoL4(47, 17, 40), v6().raw(17).payload(new byte[7]));
        taken("atomic fragment (RFC 6946) is whole",
                "length 56 protocol 17 l4 48 present true headers 56 fragment 0 at 40",
                v6().fragmentHeader(0, false, 9).udp(1, 2));
        taken("first fragment", "length 64 protocol 17 l4 48 present true headers 56 fragment 1 at 40",
                v6().fragmentHeader(0, true, 9).udp(1, 2).payload(new byte[8]));
        taken("first fragment with options behind the fragment header",
                "length 72 protocol 17 l4 64 present true headers 72 fragment 1 at 40",
                v6().fragmentHeader(0, true, 9).destinationOptions().udp(1, 2));
        taken("tiny first fragment", "length 56 protocol 6 l4 48 present false headers 48 fragment 1 at 40",
                v6().fragmentHeader(0, true, 9).raw(6).payload(new byte[8]));
        taken("later fragment: no ports, no further headers",
                "length 80 protocol 60 l4 56 present false headers 56 fragment 2 at 48",
                v6().hopByHop().fragmentHeader(1448, true, 9).raw(60).payload(new byte[24]));
        taken("last fragment that just fits", "length 55 protocol 58 l4 48 present false headers 48 fragment 2 at 40",
                v6().fragmentHeader(0xFFF8, false, 1).raw(58).payload(new byte[7]));
        return table.stream();
    }

    private static PacketBuilder eight() {
        final PacketBuilder packet = v6();
        for (int i = 0; i < 8; i++) {
            packet.hopByHop();
        }
        return packet;
    }

    @Test
    void localDevicesAreNotAskedForTheHeaderChecksum() {
        assertEquals(found(28, 17, 20, 28), parse(v4().wrongIpChecksum().udp(1, 2).bytes(), false));
    }

    @Test
    void addresses() {
        final Packet p = new Packet();
        try (GuardedMemory four = GuardedMemory.of(v4().udp(1, 2).bytes());
                GuardedMemory six = GuardedMemory.of(v6().udp(1, 2).bytes())) {
            PacketParser.parse(p, six.address(), six.length(), true);
            assertEquals(6, p.version);
            assertEquals("fd00024400010000 a fd00024400020000 b", addresses(p));
            PacketParser.parse(p, four.address(), four.length(), true);
            assertEquals(4, p.version);
            assertEquals(four.address(), p.ip);
            assertEquals("af4010a00000000 0 af4020b00000000 0", addresses(p));
        }
    }

    private static String addresses(Packet p) {
        return Long.toHexString(p.sourceHi) + " " + Long.toHexString(p.sourceLo) + " "
                + Long.toHexString(p.destinationHi) + " " + Long.toHexString(p.destinationLo);
    }
}
