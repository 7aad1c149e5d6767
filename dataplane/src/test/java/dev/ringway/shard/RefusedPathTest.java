package dev.ringway.shard;

import static dev.ringway.shard.PathRig.GRE;
import static dev.ringway.shard.PathRig.KEYED_GRE;
import static dev.ringway.shard.PathRig.Setup.DEFAULT;
import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Received;
import dev.ringway.testing.Tunnels;
import dev.ringway.testing.Virtio;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is dropped without a word, each for the reason that is counted: forged, stray and broken packets. */
class RefusedPathTest {
    private static final String OUTSIDE = "192.0.2.7";

    private static byte[] udp(String source, String destination) {
        return Packets.udp(source, destination, 20).bytes();
    }

    private static byte[] back(byte[] packet) {
        return Tunnels.vxlan(mac(1), mac(2), packet);
    }

    private static PathCase fromPod(String description, byte[] packet, DropReason reason) {
        return new PathCase(description).from(POD_A, packet).dropped(reason);
    }

    private static PathCase fromHost(String description, byte[] packet, DropReason reason) {
        return new PathCase(description).from(HOST, packet).dropped(reason);
    }

    private static PathCase fromNode(String description, byte[] inner, DropReason reason) {
        return new PathCase(description).fromNode(2, back(inner)).dropped(reason);
    }

    /** RFC 3704 strict: a source is believed only from where it would be sent to. */
    @TestFactory
    Stream<DynamicTest> spoofedSources() {
        final DropReason spoofed = DropReason.SPOOFED_SOURCE;
        return Stream.of(
                fromPod("a pod as another pod", udp(pod4(1, POD_B), pod4(2, POD_A)), spoofed),
                fromPod("a pod as another pod, IPv6", udp(pod6(1, POD_B), pod6(2, POD_A)), spoofed),
                fromPod("a pod as a pod of another node", udp(pod4(2, POD_A), pod4(1, POD_B)), spoofed),
                fromPod("a pod as the node", udp(gateway4(1), pod4(1, POD_B)), spoofed),
                fromPod("a pod as the world", udp(OUTSIDE, pod4(1, POD_B)), spoofed),
                fromPod("a pod as a pod that is not there", udp("10.244.1.200", pod4(1, POD_B)), spoofed),
                fromHost("the node as a pod of its own", udp(pod4(1, POD_A), pod4(1, POD_B)), spoofed),
                fromHost("the node as a pod of another node", udp(pod4(2, POD_A), pod4(1, POD_B)), spoofed),
                fromNode("node 2 as a pod of this node", udp(pod4(1, POD_B), pod4(1, POD_A)), spoofed),
                fromNode("node 2 as a pod of node 3", udp(pod4(3, POD_B), pod4(1, POD_A)), spoofed),
                fromNode("node 2 as a pod of node 3, IPv6", udp(pod6(3, POD_B), pod6(1, POD_A)), spoofed),
                fromNode("node 2 as the world", udp(OUTSIDE, pod4(1, POD_A)), spoofed),
                fromNode("node 2 as nobody", udp("10.244.77.1", pod4(1, POD_A)), spoofed))
                .map(PathCase::test);
    }

    /** RFC 1812 sec. 5.3.7, RFC 6890. */
    @TestFactory
    Stream<DynamicTest> martians() {
        final String b = pod4(1, POD_B);
        final String b6 = pod6(1, POD_B);
        final String a = pod4(1, POD_A);
        final String a6 = pod6(1, POD_A);
        return Stream.of(
                fromPod("from this network", udp("0.0.0.0", b), DropReason.MARTIAN_SOURCE),
                fromPod("from 0/8", udp("0.1.2.3", b), DropReason.MARTIAN_SOURCE),
                fromPod("from loopback", udp("127.0.0.1", b), DropReason.MARTIAN_SOURCE),
                fromPod("from multicast", udp("224.0.0.5", b), DropReason.MARTIAN_SOURCE),
                fromPod("from class E", udp("240.0.0.1", b), DropReason.MARTIAN_SOURCE),
                fromPod("from broadcast", udp("255.255.255.255", b), DropReason.MARTIAN_SOURCE),
                fromPod("to this network", udp(a, "0.0.0.0"), DropReason.MARTIAN_DESTINATION),
                fromPod("to loopback", udp(a, "127.0.0.1"), DropReason.MARTIAN_DESTINATION),
                fromPod("to class E", udp(a, "240.0.0.1"), DropReason.MARTIAN_DESTINATION),
                fromPod("from ::", udp("::", b6), DropReason.MARTIAN_SOURCE),
                fromPod("from ::1", udp("::1", b6), DropReason.MARTIAN_SOURCE),
                fromPod("from IPv6 multicast", udp("ff02::5", b6), DropReason.MARTIAN_SOURCE),
                fromPod("from an IPv4-mapped address", mapped(udp("2001:db8::1", b6), 8), DropReason.MARTIAN_SOURCE),
                fromPod("to ::", udp(a6, "::"), DropReason.MARTIAN_DESTINATION),
                fromPod("to ::1", udp(a6, "::1"), DropReason.MARTIAN_DESTINATION),
                fromPod("to an IPv4-mapped address", mapped(udp(a6, b6), 24), DropReason.MARTIAN_DESTINATION),
                fromNode("through the tunnel too", udp("127.0.0.1", a), DropReason.MARTIAN_SOURCE),
                fromNode("and to loopback", udp(pod4(2, POD_A), "127.0.0.1"), DropReason.MARTIAN_DESTINATION))
                .map(PathCase::test);
    }

    private static byte[] mapped(byte[] packet, int offset) {
        final byte[] address = HexFormat.of().parseHex("00000000000000000000ffff0a000001");
        System.arraycopy(address, 0, packet, offset, address.length);
        return packet;
    }

    /** What belongs to a link: kernels send it by themselves from every interface that comes up. */
    @TestFactory
    Stream<DynamicTest> linkScope() {
        final String a = pod4(1, POD_A);
        final String a6 = pod6(1, POD_A);
        final DropReason link = DropReason.LINK_SCOPE;
        return Stream.of(
                fromPod("IGMP", Packets.other(a, "224.0.0.22", 2, new byte[16]).options((byte) 148, (byte) 4,
                        (byte) 0, (byte) 0).ttl(1).bytes(), link),
                fromPod("broadcast", udp(a, "255.255.255.255"), link),
                fromPod("DHCP", udp("0.0.0.0", "255.255.255.255"), link),
                fromPod("from IPv4 link-local", udp("169.254.1.1", a), DropReason.SPOOFED_SOURCE),
                fromNode("IPv4 link-local through the tunnel", udp("169.254.20.10", a), DropReason.SPOOFED_SOURCE),
                fromNode("to IPv4 link-local through the tunnel", udp(pod4(2, POD_A), "169.254.20.10"),
                        DropReason.NOT_LOCAL),
                fromPod("router solicitation", Packets.icmp("fe80::1", "ff02::2", 133, 0, 0, new byte[0]).ttl(255)
                        .bytes(), link),
                fromPod("multicast listener report", Packets.icmp("::", "ff02::16", 143, 0, 1, new byte[20]).ttl(1)
                        .bytes(), link),
                fromPod("to IPv6 link-local", udp(a6, "fe80::1"), link),
                fromPod("from IPv6 link-local", udp("fe80::1", a6), link),
                fromPod("IPv6 multicast of a wider scope", udp(a6, "ff0e::1"), link),
                fromNode("multicast through the tunnel", udp(pod4(2, POD_A), "224.0.0.1"), link))
                .map(PathCase::test);
    }

    @TestFactory
    Stream<DynamicTest> malformedPackets() {
        final byte[] good = udp(pod4(1, POD_A), pod4(1, POD_B));
        final byte[] good6 = udp(pod6(1, POD_A), pod6(1, POD_B));
        final int[] loose = {131, 7, 4, 10, 0, 0, 1, 0};
        final int[] strict = {137, 7, 4, 10, 0, 0, 1, 0};
        final DropReason malformed = DropReason.MALFORMED_IP;
        return Stream.of(
                fromPod("one byte", new byte[] {0x45}, malformed),
                fromPod("shorter than an IPv4 header", Arrays.copyOf(good, 19), malformed),
                fromPod("shorter than an IPv6 header", Arrays.copyOf(good6, 39), malformed),
                fromPod("IP version 5", with(good, 0, 0x55), malformed),
                fromPod("IPv4 header length 4", with(good, 0, 0x44), malformed),
                fromPod("IPv4 header longer than the packet", with(good, 0, 0x4F), malformed),
                fromPod("IPv4 packet cut short", Arrays.copyOf(good, good.length - 1), malformed),
                fromPod("IPv4 total length shorter than its header", with(good, 3, 19), malformed),
                fromPod("IPv6 packet cut short", Arrays.copyOf(good6, good6.length - 1), malformed),
                fromPod("IPv4 fragment beyond 65535 bytes (ping of death)",
                        Packets.other(pod4(1, POD_A), pod4(1, POD_B), PacketBuilder.ICMP, new byte[40]).fragment(0x1FFF)
                                .bytes(), malformed),
                fromPod("IPv6 extension header longer than the packet", extension(0, 200), malformed),
                fromPod("IPv6 routing header type 0 (RFC 5095)", extension(43, 0), DropReason.ROUTING_HEADER_0),
                fromPod("loose source route", Packets.udp(pod4(1, POD_A), pod4(1, POD_B), 8).options(loose)
                        .bytes(), DropReason.SOURCE_ROUTE),
                fromPod("strict source route", Packets.udp(pod4(1, POD_A), pod4(1, POD_B), 8)
                        .options(strict).bytes(), DropReason.SOURCE_ROUTE),
                fromNode("a wrong IPv4 header checksum from the wire",
                        with(udp(pod4(2, POD_A), pod4(1, POD_A)), 11, 0x55), DropReason.BAD_IP_CHECKSUM),
                fromNode("an inner packet cut short", Arrays.copyOf(udp(pod4(2, POD_A), pod4(1, POD_A)), 30),
                        malformed),
                fromNode("an inner packet of no bytes", new byte[] {0x45}, malformed))
                .map(PathCase::test);
    }

    /** An IPv6 packet that begins with an extension header of this type and length in units of 8 bytes beyond 8. */
    private static byte[] extension(int type, int units) {
        final byte[] header = new byte[16];
        header[0] = PacketBuilder.UDP;
        header[1] = (byte) units;
        return Packets.other(pod6(1, POD_A), pod6(1, POD_B), type, header).bytes();
    }

    /** A virtio_net_hdr that contradicts its packet (linux/virtio_net.h). */
    @TestFactory
    Stream<DynamicTest> contradictoryHeaders() {
        final PacketBuilder tcp = Packets.tcp(pod4(1, POD_A), pod4(1, POD_B), 3000);
        final PacketBuilder udp = Packets.udp(pod4(1, POD_A), pod4(1, POD_B), 3000);
        final DropReason reason = DropReason.MALFORMED_OFFLOAD;
        return Stream.of(
                header("segments of no bytes", tcp, new Virtio(1, 1, 40, 0, 20, 16).bytes(), reason),
                header("TCP that is UDP", udp, new Virtio(1, 1, 28, 1000, 20, 16).bytes(), reason),
                header("UDP that is TCP", tcp, new Virtio(1, 5, 40, 1000, 20, 6).bytes(), reason),
                header("TCP over IPv6 that is IPv4", tcp, new Virtio(1, 4, 40, 1000, 20, 16).bytes(), reason),
                header("a type that does not exist", tcp, new Virtio(1, 99, 40, 1000, 20, 16).bytes(), reason),
                header("UFO, which was never asked for", udp, new Virtio(1, 3, 28, 1000, 20, 6).bytes(), reason),
                header("a super-packet with finished checksums", tcp, new Virtio(0, 1, 40, 1000, 0, 0).bytes(), reason),
                header("a checksum that starts elsewhere", tcp, new Virtio(1, 1, 40, 1000, 24, 16).bytes(), reason),
                header("a checksum that starts in the IP header", udp, new Virtio(1, 0, 0, 0, 12, 6).bytes(), reason),
                header("a checksum behind the packet", udp, new Virtio(1, 0, 0, 0, 20, 4000).bytes(), reason))
                .map(PathCase::test);
    }

    private static PathCase header(String description, PacketBuilder packet, byte[] header, DropReason reason) {
        return new PathCase(description).from(POD_A, header, packet.unfinished()).dropped(reason);
    }

    @TestFactory
    Stream<DynamicTest> foreignTunnelPackets() {
        final byte[] good = udp(pod4(2, POD_A), pod4(1, POD_A));
        final byte[] tagged = ByteBuffer.allocate(4 + good.length).putShort((short) 7).putShort((short) 0x0800)
                .put(good).array();
        final PathRig.Setup gre = DEFAULT.tunnel(GRE);
        final PathRig.Setup keyed = DEFAULT.tunnel(KEYED_GRE);
        return Stream.of(
                vxlan("no I flag", Tunnels.vxlan(0, 1, mac(1), mac(2), 0x0800, good), DropReason.VXLAN_FLAGS),
                vxlan("another VNI", Tunnels.vxlan(8, 2, mac(1), mac(2), 0x0800, good), DropReason.UNKNOWN_VNI),
                vxlan("another VNI that ends alike", Tunnels.vxlan(8, 0x010001, mac(1), mac(2), 0x0800, good),
                        DropReason.UNKNOWN_VNI),
                vxlan("for another node's MAC", Tunnels.vxlan(8, 1, mac(3), mac(2), 0x0800, good),
                        DropReason.INNER_MAC),
                vxlan("from our own MAC", Tunnels.vxlan(8, 1, mac(1), mac(1), 0x0800, good), DropReason.INNER_MAC),
                vxlan("from no MAC", Tunnels.vxlan(8, 1, mac(1), 0, 0x0800, good), DropReason.INNER_MAC),
                vxlan("from a group's MAC", Tunnels.vxlan(8, 1, mac(1), 0x01005E000001L, 0x0800, good),
                        DropReason.INNER_MAC),
                vxlan("with an 802.1Q tag", Tunnels.vxlan(8, 1, mac(1), mac(2), 0x8100, tagged),
                        DropReason.INNER_TYPE),
                vxlan("with an 802.1ad tag", Tunnels.vxlan(8, 1, mac(1), mac(2), 0x88A8, tagged),
                        DropReason.INNER_TYPE),
                vxlan("of another Ethernet type", Tunnels.vxlan(8, 1, mac(1), mac(2), 0x88CC, good),
                        DropReason.INNER_TYPE),
                vxlan("shorter than its headers", Arrays.copyOf(back(good), 21), DropReason.MALFORMED_TUNNEL),
                vxlan("of one byte", new byte[] {8}, DropReason.MALFORMED_TUNNEL),
                new PathCase("GRE with the routing bit", gre).fromNode(2, Tunnels.gre(0x4000, 0x0800, new byte[0],
                        good)).dropped(DropReason.GRE_FLAGS),
                new PathCase("GRE version 1", gre).fromNode(2, Tunnels.gre(1, 0x0800, new byte[0], good))
                        .dropped(DropReason.GRE_FLAGS),
                new PathCase("GRE with a key where none is agreed on", gre).fromNode(2, Tunnels.gre(5, good))
                        .dropped(DropReason.GRE_KEY),
                new PathCase("GRE without the key", keyed).fromNode(2, Tunnels.gre(good))
                        .dropped(DropReason.GRE_KEY),
                new PathCase("GRE with another key", keyed).fromNode(2, Tunnels.gre(0xCAFE_0002, good))
                        .dropped(DropReason.GRE_KEY),
                new PathCase("GRE with a wrong checksum", gre).fromNode(2, Tunnels.gre(0x8000, 0x0800,
                        new byte[] {0x12, 0x34, 0, 0}, good)).dropped(DropReason.GRE_CHECKSUM),
                new PathCase("GRE around Ethernet", gre).fromNode(2, Tunnels.gre(0, 0x6558, new byte[0], good))
                        .dropped(DropReason.INNER_TYPE),
                new PathCase("GRE shorter than its header", gre).fromNode(2, new byte[] {0, 0, 8})
                        .dropped(DropReason.MALFORMED_TUNNEL),
                new PathCase("GRE shorter than its optional parts", keyed).fromNode(2, new byte[] {0x20, 0, 8, 0, 1})
                        .dropped(DropReason.MALFORMED_TUNNEL))
                .map(PathCase::test);
    }

    private static PathCase vxlan(String description, byte[] datagram, DropReason reason) {
        return new PathCase(description).fromNode(2, datagram).dropped(reason);
    }

    /** The tunnel ends here: what another node sends goes to this node's pods and to the node itself, nowhere else. */
    @TestFactory
    Stream<DynamicTest> tunnelToElsewhere() {
        return Stream.of(
                fromNode("to a third node", udp(pod4(2, POD_A), pod4(3, POD_A)), DropReason.NOT_LOCAL),
                fromNode("back to the same node", udp(pod4(2, POD_A), pod4(2, POD_B)), DropReason.NOT_LOCAL),
                fromNode("to the world", udp(pod4(2, POD_A), OUTSIDE), DropReason.NOT_LOCAL),
                fromNode("to the world over IPv6", udp(pod6(2, POD_A), "2001:db8::7"), DropReason.NOT_LOCAL),
                fromNode("to a range that no node has", udp(pod4(2, POD_A), "10.244.77.1"), DropReason.NOT_LOCAL))
                .map(PathCase::test);
    }

    @Test
    void unknownPeer() {
        try (PathRig rig = new PathRig()) {
            final byte[] datagram = back(udp(pod4(2, POD_A), pod4(1, POD_A)));
            rig.inbox.add(Received.train(0xC0_00_02_09L << 32, 0, 0, datagram.length, datagram));
            Assertions.assertEquals(0, rig.run().size());
            Assertions.assertEquals(1, rig.drops(DropReason.UNKNOWN_PEER));
            Assertions.assertEquals(0, rig.lentBuffers());
        }
    }

    private static byte[] with(byte[] packet, int offset, int value) {
        final byte[] changed = packet.clone();
        changed[offset] = (byte) value;
        return changed;
    }
}
