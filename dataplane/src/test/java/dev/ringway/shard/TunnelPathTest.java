package dev.ringway.shard;

import static dev.ringway.shard.PathRig.GRE;
import static dev.ringway.shard.PathRig.KEYED_GRE;
import static dev.ringway.shard.PathRig.Setup.DEFAULT;
import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Tunnels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Packets between nodes, one datagram each: headers, TTL, congestion marks and service classes. */
class TunnelPathTest {
    private static final int KEY = 0xCAFE_0001;
    private static final int CE = 3;

    private static byte[] there(byte[] packet) {
        return Tunnels.vxlan(mac(2), mac(1), packet);
    }

    private static byte[] back(byte[] packet) {
        return Tunnels.vxlan(mac(1), mac(2), packet);
    }

    @TestFactory
    Stream<DynamicTest> toAnotherNode() {
        final PacketBuilder four = Packets.udp(pod4(1, POD_A), pod4(2, POD_A), 64);
        final PacketBuilder six = Packets.tcp(pod6(1, POD_A), pod6(2, POD_A), 64);
        final PacketBuilder zero = Packets.udp(pod6(1, POD_A), pod6(2, POD_A), 64)
                .checksum(PacketBuilder.Checksum.NONE);
        final PacketBuilder echo = Packets.icmp(pod4(1, POD_A), pod4(2, POD_A), 8, 0, 0x00010001, Bytes.pattern(56));
        final PacketBuilder probe = Packets.udp(gateway4(1), pod4(2, POD_A), 10);
        return Stream.of(
                new PathCase("IPv4 in VXLAN").from(POD_A, four.ttl(64).bytes())
                        .toNode(2, there(four.ttl(63).bytes())),
                new PathCase("IPv6 in VXLAN").from(POD_A, six.ttl(64).bytes())
                        .toNode(2, there(six.ttl(63).bytes())),
                new PathCase("IPv4 in VXLAN over an IPv6 underlay", DEFAULT.underlay(6))
                        .from(POD_A, four.ttl(64).bytes()).toNode(2, there(four.ttl(63).bytes())),
                new PathCase("IPv4 in GRE", DEFAULT.tunnel(GRE)).from(POD_A, four.ttl(64).bytes())
                        .toNode(2, Tunnels.gre(four.ttl(63).bytes())),
                new PathCase("IPv6 in GRE", DEFAULT.tunnel(GRE)).from(POD_A, six.ttl(64).bytes())
                        .toNode(2, Tunnels.gre(six.ttl(63).bytes())),
                new PathCase("IPv4 in GRE with a key", DEFAULT.tunnel(KEYED_GRE)).from(POD_A, four.ttl(64).bytes())
                        .toNode(2, Tunnels.gre(KEY, four.ttl(63).bytes())),
                new PathCase("an unfinished checksum is finished")
                        .from(POD_A, four.unfinishedHeader(), four.ttl(64).unfinished())
                        .toNode(2, there(four.ttl(63).bytes())),
                new PathCase("an unfinished checksum over IPv6 is finished")
                        .from(POD_A, six.unfinishedHeader(), six.ttl(64).unfinished())
                        .toNode(2, there(six.ttl(63).bytes())),
                new PathCase("a UDP packet without checksum stays without").from(POD_A, zero.ttl(64).bytes())
                        .toNode(2, there(zero.ttl(63).bytes())),
                new PathCase("ping").from(POD_A, echo.ttl(64).bytes()).toNode(2, there(echo.ttl(63).bytes())),
                new PathCase("a probe from the node keeps its TTL").from(HOST, probe.ttl(64).bytes())
                        .toNode(2, there(probe.ttl(64).bytes())),
                new PathCase("fragments cross as they are")
                        .from(POD_A, Packets.other(pod4(1, POD_A), pod4(2, POD_A), PacketBuilder.UDP,
                                Bytes.pattern(800))
                                .fragment(0x2064).bytes())
                        .toNode(2, there(Packets.other(pod4(1, POD_A), pod4(2, POD_A), PacketBuilder.UDP,
                                Bytes.pattern(800)).fragment(0x2064).ttl(63).bytes())))
                .map(PathCase::test);
    }

    @TestFactory
    Stream<DynamicTest> fromAnotherNode() {
        final PacketBuilder four = Packets.udp(pod4(2, POD_A), pod4(1, POD_A), 64);
        final PacketBuilder six = Packets.tcp(pod6(2, POD_A), pod6(1, POD_A), 64);
        final PacketBuilder toNode = Packets.udp(pod4(2, POD_A), gateway4(1), 64);
        final byte[] reserved = back(four.ttl(64).bytes());
        reserved[0] = (byte) 0xFF;
        reserved[1] = 0x55;
        reserved[7] = 0x55;
        final byte[] checksummed = Tunnels.gre(0x8000, 0x0800, new byte[4], four.ttl(64).bytes());
        final int sum = ~InternetChecksum.fold(InternetChecksum.sum(checksummed)) & 0xFFFF;
        checksummed[4] = (byte) (sum >> 8);
        checksummed[5] = (byte) sum;
        final byte[] sequenced = Tunnels.gre(0x1000, 0x0800, new byte[] {0, 0, 0, 9}, four.ttl(64).bytes());
        return Stream.of(
                new PathCase("IPv4 in VXLAN").fromNode(2, back(four.ttl(64).bytes()))
                        .toPort(POD_A, four.ttl(63).bytes()),
                new PathCase("IPv6 in VXLAN").fromNode(2, back(six.ttl(64).bytes()))
                        .toPort(POD_A, six.ttl(63).bytes()),
                new PathCase("IPv6 in VXLAN over an IPv6 underlay", DEFAULT.underlay(6))
                        .fromNode(2, back(six.ttl(64).bytes())).toPort(POD_A, six.ttl(63).bytes()),
                new PathCase("IPv4 in GRE", DEFAULT.tunnel(GRE)).fromNode(2, Tunnels.gre(four.ttl(64).bytes()))
                        .toPort(POD_A, four.ttl(63).bytes()),
                new PathCase("IPv6 in GRE with a key", DEFAULT.tunnel(KEYED_GRE))
                        .fromNode(2, Tunnels.gre(KEY, six.ttl(64).bytes())).toPort(POD_A, six.ttl(63).bytes()),
                new PathCase("GRE with a checksum (RFC 2784 sec. 2.5)", DEFAULT.tunnel(GRE)).fromNode(2, checksummed)
                        .toPort(POD_A, four.ttl(63).bytes()),
                new PathCase("GRE with a sequence number, which is ignored", DEFAULT.tunnel(GRE))
                        .fromNode(2, sequenced).toPort(POD_A, four.ttl(63).bytes()),
                new PathCase("VXLAN with reserved bits, which are ignored").fromNode(2, reserved)
                        .toPort(POD_A, four.ttl(63).bytes()),
                new PathCase("to the node's own pod-range address, with its TTL as it is")
                        .fromNode(2, back(toNode.ttl(1).bytes())).toPort(HOST, toNode.ttl(1).bytes()),
                new PathCase("bytes behind the inner packet are cut off")
                        .fromNode(2, back(Bytes.concat(four.ttl(64).bytes(), new byte[13])))
                        .toPort(POD_A, four.ttl(63).bytes()))
                .map(PathCase::test);
    }

    /** RFC 6040 sec. 4.1, normal mode, and the two service models of RFC 2983. */
    @TestFactory
    Stream<DynamicTest> marksOnTheWayOut() {
        final List<PathCase> cases = new ArrayList<>();
        for (int ecn = 0; ecn <= CE; ecn++) {
            for (boolean six : new boolean[] {false, true}) {
                final PacketBuilder packet = (six ? Packets.udp(pod6(1, POD_A), pod6(2, POD_A), 20)
                        : Packets.udp(pod4(1, POD_A), pod4(2, POD_A), 20)).tos(46 << 2 | ecn);
                cases.add(new PathCase("pipe, ECN " + ecn + (six ? ", IPv6" : ", IPv4"))
                        .from(POD_A, packet.ttl(64).bytes()).toNode(2, ecn, there(packet.ttl(63).bytes())));
                cases.add(new PathCase("uniform, ECN " + ecn + (six ? ", IPv6" : ", IPv4"), DEFAULT.uniform())
                        .from(POD_A, packet.ttl(64).bytes())
                        .toNode(2, 46 << 2 | ecn, there(packet.ttl(63).bytes())));
            }
        }
        return cases.stream().map(PathCase::test);
    }

    /** RFC 6040 sec. 4.2, figure 4: rows are the inner mark, columns the outer one; -1 is a drop. */
    private static final int[][] DECAPSULATED = {
        {0, 0, 0, -1},
        {1, 1, 1, 3},
        {2, 1, 2, 3},
        {3, 3, 3, 3}};

    @TestFactory
    Stream<DynamicTest> marksOnTheWayIn() {
        final List<PathCase> cases = new ArrayList<>();
        for (int inner = 0; inner <= CE; inner++) {
            for (int outer = 0; outer <= CE; outer++) {
                for (boolean six : new boolean[] {false, true}) {
                    cases.add(decapsulation(inner, outer, six));
                }
            }
        }
        return cases.stream().map(PathCase::test);
    }

    private static PathCase decapsulation(int inner, int outer, boolean six) {
        final PacketBuilder packet = six ? Packets.udp(pod6(2, POD_A), pod6(1, POD_A), 20)
                : Packets.udp(pod4(2, POD_A), pod4(1, POD_A), 20);
        final byte[] in = back(packet.tos(10 << 2 | inner).ttl(64).bytes());
        final PathCase line = new PathCase("inner " + inner + " outer " + outer + (six ? ", IPv6" : ", IPv4"))
                .fromNode(2, outer, in.length, in);
        final int expected = DECAPSULATED[inner][outer];
        return expected < 0 ? line.dropped(DropReason.ECN_CONGESTED)
                : line.toPort(POD_A, packet.tos(10 << 2 | expected).ttl(63).bytes());
    }
}
