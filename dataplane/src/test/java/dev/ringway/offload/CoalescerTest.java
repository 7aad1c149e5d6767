package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.SlotQueue;
import dev.ringway.testing.Virtio;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Two packets that belong together, and each difference that must keep them apart (CONFORMANCE U10); what may stand
 * between two packets of a flow; the limits.
 */
class CoalescerTest {
    private static final int ACK = PacketBuilder.ACK;
    private static final int PSH = PacketBuilder.PSH;

    private final List<DynamicTest> table = new ArrayList<>();

    private static PacketBuilder tcp4() {
        return PacketBuilder.of("10.0.0.1", "10.0.0.2").tcp(3000, 80).tcpOptions(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2)
                .sequence(1000).payload(Bytes.pattern(100));
    }

    /** The one that follows {@link #tcp4}. */
    private static PacketBuilder next4() {
        return tcp4().sequence(1100).id(0x1235);
    }

    private static PacketBuilder tcp6() {
        return PacketBuilder.of("fd00::1", "fd00::2").tcp(3000, 80).sequence(1000).payload(Bytes.pattern(100));
    }

    private static PacketBuilder next6() {
        return tcp6().sequence(1100);
    }

    private static PacketBuilder udp4() {
        return PacketBuilder.of("10.0.0.1", "10.0.0.2").udp(3000, 53).payload(Bytes.pattern(100));
    }

    private static PacketBuilder udp6() {
        return PacketBuilder.of("fd00::1", "fd00::2").udp(3000, 53).payload(Bytes.pattern(100));
    }

    private static void assertApart(Gro gro, byte[]... packets) {
        final List<SlotQueue.Written> written = gro.take(false);
        assertEquals(packets.length, written.size());
        for (int i = 0; i < packets.length; i++) {
            assertArrayEquals(packets[i], written.get(i).packet(), "packet " + i);
            assertArrayEquals(new byte[Virtio.LENGTH], written.get(i).header());
        }
    }

    private void apart(String description, PacketBuilder first, PacketBuilder second) {
        final byte[] a = first.bytes();
        final byte[] b = second.bytes();
        table.add(dynamicTest(description, () -> {
            try (Gro gro = new Gro()) {
                assertApart(gro.add(1, a).add(1, b), a, b);
            }
        }));
    }

    private void together(String description, PacketBuilder first, PacketBuilder second) {
        final byte[] a = first.bytes();
        final byte[] b = second.bytes();
        table.add(dynamicTest(description, () -> {
            try (Gro gro = new Gro()) {
                final List<SlotQueue.Written> written = gro.add(1, a).add(1, b).take();
                assertEquals(1, written.size());
                final List<byte[]> packets = Gro.packets(written);
                assertEquals(2, packets.size());
                assertArrayEquals(a, packets.get(0));
                assertArrayEquals(b, packets.get(1));
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> together() {
        together("TCP over IPv4", tcp4(), next4());
        together("TCP over IPv6", tcp6(), next6());
        together("UDP over IPv4", udp4(), udp4().id(0x1235));
        together("UDP over IPv6", udp6(), udp6().payload(Bytes.pattern(100)));
        together("a shorter last one", tcp4(), next4().payload(Bytes.pattern(99)));
        together("a last one of one byte", udp6(), udp6().payload(Bytes.of(7)));
        together("push on the last", tcp4(), next4().flags(ACK | PSH));
        together("both with ECE", tcp4().flags(ACK | PacketBuilder.ECE), next4().flags(ACK | PacketBuilder.ECE));
        together("without DF, identifications in a row", tcp4().fragment(0), next4().fragment(0));
        together("identification wraps around", tcp4().fragment(0).id(0xFFFF), next4().fragment(0).id(0));
        together("sequence number wraps around", tcp6().sequence(-100), tcp6().sequence(0));
        together("both marked CE", udp4().tos(3), udp4().tos(3).id(0x1235));
        return table.stream();
    }

    @TestFactory
    Stream<DynamicTest> differentIp() {
        apart("source", udp4(), PacketBuilder.of("10.0.0.3", "10.0.0.2").udp(3000, 53).payload(new byte[100]));
        apart("destination", udp4(), PacketBuilder.of("10.0.0.1", "10.0.0.3").udp(3000, 53).payload(new byte[100]));
        apart("source of IPv6", udp6(), PacketBuilder.of("fd00::3", "fd00::2").udp(3000, 53).payload(new byte[100]));
        apart("version", udp4(), udp6());
        apart("protocol", tcp4(), udp4());
        apart("TOS", tcp4(), next4().tos(4));
        apart("ECN mark", tcp4().tos(2), next4().tos(3));
        apart("traffic class", tcp6(), next6().tos(4));
        apart("flow label", tcp6(), next6().flowLabel(1));
        apart("TTL", tcp4(), next4().ttl(63));
        apart("hop limit", udp6(), udp6().ttl(63));
        apart("DF", tcp4(), next4().fragment(0));
        apart("reserved bit", tcp4(), next4().fragment(0xC000));
        apart("without DF, identification not in a row", tcp4().fragment(0), next4().fragment(0).id(0x1236));
        apart("without DF, same identification", udp4().fragment(0), udp4().fragment(0));
        apart("options on both", tcp4().options(1, 1, 1, 1), next4().options(1, 1, 1, 1));
        apart("options on the second", tcp4(), next4().options(1, 1, 1, 1));
        apart("extension headers on both", tcp6().hopByHop(), next6().hopByHop());
        apart("extension header on the second", udp6(), udp6().destinationOptions());
        apart("second is a fragment", tcp4(), next4().fragment(0x2000));
        apart("first is a fragment", tcp4().fragment(0x2000), next4());
        apart("atomic fragments", tcp6().fragmentHeader(0, false, 1), next6().fragmentHeader(0, false, 2));
        return table.stream();
    }

    @TestFactory
    Stream<DynamicTest> differentTcp() {
        apart("source port", tcp4(), rebuilt(b -> b.tcp(3001, 80)));
        apart("destination port", tcp4(), rebuilt(b -> b.tcp(3000, 81)));
        apart("a gap in the sequence", tcp4(), next4().sequence(1101));
        apart("an overlap in the sequence", tcp4(), next4().sequence(1099));
        apart("a retransmission", tcp4(), tcp4());
        apart("the wrong way round", next4(), tcp4());
        apart("acknowledgment number", tcp4(), next4().acknowledgment(2));
        apart("window", tcp4(), next4().window(1));
        apart("ECE on the second", tcp4(), next4().flags(ACK | PacketBuilder.ECE));
        apart("ECE on the first", tcp4().flags(ACK | PacketBuilder.ECE), next4());
        for (int flag : new int[] {PacketBuilder.SYN, PacketBuilder.FIN, PacketBuilder.RST, PacketBuilder.URG,
            PacketBuilder.CWR}) {
            apart("flag " + flag + " on the second", tcp4(), next4().flags(ACK | flag));
            apart("flag " + flag + " on the first", tcp4().flags(ACK | flag), next4());
            apart("flag " + flag + " on both", tcp4().flags(ACK | flag), next4().flags(ACK | flag));
        }
        apart("no ACK on the second", tcp4(), next4().flags(0));
        apart("value of an option", tcp4(), rebuilt(b -> b.tcp(3000, 80)
                .tcpOptions(1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 2)));
        apart("fewer options", tcp4(), rebuilt(b -> b.tcp(3000, 80)));
        apart("more options", tcp4(), next4().tcpOptions(1, 1, 1, 1));
        apart("second is longer", tcp4(), next4().payload(Bytes.pattern(101)));
        apart("first ends with push", tcp4().flags(ACK | PSH), next4());
        apart("second has no data", tcp4(), next4().payload(new byte[0]));
        apart("first has no data", tcp4().payload(new byte[0]), next4().sequence(1000));
        apart("checksum of the first wrong", tcp4().checksum(PacketBuilder.Checksum.WRONG), next4());
        apart("checksum of the second wrong", tcp4(), next4().checksum(PacketBuilder.Checksum.WRONG));
        apart("checksum of the second missing", tcp4(), next4().checksum(PacketBuilder.Checksum.NONE));
        return table.stream();
    }

    private static PacketBuilder rebuilt(UnaryOperator<PacketBuilder> header) {
        return header.apply(PacketBuilder.of("10.0.0.1", "10.0.0.2")).id(0x1235).sequence(1100)
                .payload(Bytes.pattern(100));
    }

    @TestFactory
    Stream<DynamicTest> differentUdp() {
        apart("ports", udp4(), PacketBuilder.of("10.0.0.1", "10.0.0.2").udp(3000, 54).payload(new byte[100]));
        apart("second is longer", udp4(), udp4().payload(Bytes.pattern(101)));
        apart("second is empty", udp6(), udp6().payload(new byte[0]));
        apart("both are empty", udp6().payload(new byte[0]), udp6().payload(new byte[0]));
        apart("no checksum on both", udp4().checksum(PacketBuilder.Checksum.NONE),
                udp4().checksum(PacketBuilder.Checksum.NONE));
        apart("no checksum on the second", udp4(), udp4().checksum(PacketBuilder.Checksum.NONE));
        apart("checksum wrong", udp6(), udp6().checksum(PacketBuilder.Checksum.WRONG));
        return table.stream();
    }

    /** A UDP length below the IP length: the rest is not the datagram's, and would become so. */
    @Test
    void udpThatEndsBeforeThePacketDoes() {
        final byte[] datagram = new PacketView(udp4().bytes()).payload();
        final byte[] inner = Bytes.concat(Bytes.shorts(3000, 53, 50, 0), datagram);
        final byte[] packet = PacketBuilder.of("10.0.0.1", "10.0.0.2").raw(17).payload(inner).bytes();
        try (Gro gro = new Gro()) {
            assertApart(gro.add(1, packet).add(1, packet), packet, packet);
        }
    }

    @Test
    void trailingBytesOfTheFrameAreLeftOut() {
        try (Gro gro = new Gro()) {
            final List<SlotQueue.Written> written = gro.add(1, tcp4().trailing(new byte[6]).bytes())
                    .add(1, next4().trailing(new byte[18]).bytes()).take();
            assertEquals(1, written.size());
            assertEquals(252, written.get(0).packet().length);
        }
    }

    @Test
    void otherPort() {
        final byte[] a = udp6().bytes();
        try (Gro gro = new Gro()) {
            gro.add(1, a).add(2, a);
            assertEquals(List.of(1, 2), gro.take().stream().map(SlotQueue.Written::port).toList());
        }
    }

    @Test
    void portsWithoutTheOffload() {
        final byte[] a = tcp4().bytes();
        final byte[] b = next4().bytes();
        final byte[] u = udp4().bytes();
        try (Gro gro = new Gro()) {
            assertApart(gro.offloads(false, true).add(1, a).add(1, b), a, b);
            assertApart(gro.offloads(true, false).add(1, u).add(1, u), u, u);
            assertEquals(1, gro.offloads(true, false).add(1, a).add(1, b).take().size());
            assertEquals(1, gro.offloads(false, true).add(1, u).add(1, u).take().size());
        }
    }

    @Test
    void nothingIsJoinedAcrossBatches() {
        final byte[] a = tcp4().bytes();
        final byte[] b = next4().bytes();
        try (Gro gro = new Gro()) {
            gro.add(1, a).endOfBatch();
            assertApart(gro.add(1, b), a, b);
        }
    }

    @Test
    void nothingJoinsAfterAShorterOne() {
        final byte[] a = udp6().bytes();
        final byte[] b = udp6().payload(Bytes.pattern(60)).bytes();
        try (Gro gro = new Gro()) {
            gro.add(1, a).add(1, b).add(1, b).add(1, a);
            assertEquals(List.of(48 + 160, 48 + 60, 48 + 100),
                    gro.take().stream().map(one -> one.packet().length).toList());
        }
    }

    /** What must not be overtaken by what follows it, though it cannot be joined itself. */
    @Test
    void whatStandsBetweenKeepsItsPlace() {
        final byte[] a = tcp4().bytes();
        final byte[] b = next4().bytes();
        final byte[] pureAck = next4().acknowledgment(77).payload(new byte[0]).bytes();
        final byte[] fin = next4().flags(ACK | PacketBuilder.FIN).bytes();
        final byte[] broken = next4().checksum(PacketBuilder.Checksum.WRONG).bytes();
        final byte[] fragment = PacketBuilder.of("10.0.0.1", "10.0.0.2").fragment(0x0007).raw(6)
                .payload(new byte[40]).bytes();
        for (byte[] between : List.of(pureAck, fin, broken, fragment)) {
            try (Gro gro = new Gro()) {
                assertApart(gro.add(1, a).add(1, between).add(1, b), a, between, b);
            }
        }
    }

    @Test
    void otherFlowsBetweenDoNotMatter() {
        final byte[] a = tcp4().bytes();
        final byte[] b = next4().bytes();
        final byte[] ping = PacketBuilder.of("10.0.0.1", "10.0.0.2").icmp(8, 0, 1).bytes();
        try (Gro gro = new Gro()) {
            assertEquals(List.of(252, 28, 252), gro.add(1, a).add(1, ping).add(2, a).add(1, b).add(2, b).take()
                    .stream().map(one -> one.packet().length).toList());
        }
    }

    @Test
    void identificationsWrapAroundInALongChain() {
        try (Gro gro = new Gro()) {
            for (int i = 0; i < 40; i++) {
                gro.add(1, tcp4().fragment(0).sequence(1000 + i * 100).id(0xFFF0 + i & 0xFFFF).bytes());
            }
            assertEquals(List.of(52 + 4000), gro.take().stream().map(one -> one.packet().length).toList());
        }
    }

    /** A flow whose chain ends again and again must not make the others be forgotten. */
    @Test
    void chainsAreFinishedHoweverOftenOthersBegin() {
        try (Gro gro = new Gro()) {
            gro.add(1, udp6().bytes()).add(1, udp6().bytes());
            for (int i = 0; i < 200; i++) {
                gro.add(1, tcp6().sequence(1000 + i * 100).flags(ACK | PSH).bytes());
            }
            final List<SlotQueue.Written> written = gro.take();
            assertEquals(201, written.size());
            assertEquals(100, Virtio.of(written.getFirst().header()).gsoSize());
        }
    }

    @Test
    void pushOfAJoinedPacketStaysOnTheLast() {
        final byte[] a = tcp4().bytes();
        final byte[] b = next4().flags(ACK | PSH).bytes();
        final byte[] c = tcp4().sequence(1200).id(0x1236).bytes();
        try (Gro gro = new Gro()) {
            final List<SlotQueue.Written> written = gro.add(1, a).add(1, b).add(1, c).take();
            assertEquals(2, written.size());
            assertEquals(ACK | PSH, new PacketView(written.get(0).packet()).tcpFlags());
            assertEquals(List.of(ACK, ACK | PSH, ACK), Gro.packets(written).stream()
                    .map(packet -> new PacketView(packet).tcpFlags()).toList());
        }
    }

    @Test
    void atMost64DatagramsAnd65000Bytes() {
        try (Gro gro = new Gro()) {
            for (int i = 0; i < 130; i++) {
                gro.add(1, udp6().payload(new byte[1]).bytes());
            }
            assertEquals(List.of(64, 64, 2),
                    gro.take().stream().map(one -> one.packet().length - 48).toList());
            for (int i = 0; i < 50; i++) {
                gro.add(1, tcp6().sequence(i * 1400).payload(new byte[1400]).bytes());
            }
            final List<SlotQueue.Written> written = gro.take();
            assertEquals(2, written.size());
            assertEquals(60 + 46 * 1400, written.get(0).packet().length);
        }
    }

    @Test
    void asManyVectorsAsASlotHas() {
        try (Gro gro = new Gro()) {
            for (int i = 0; i < 400; i++) {
                gro.add(1, tcp6().sequence(i).payload(new byte[1]).bytes());
            }
            assertEquals(List.of(159, 159, 82),
                    gro.take().stream().map(one -> one.packet().length - 60).toList());
        }
    }
}
