package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.gateway6;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;

import dev.ringway.control.IpText;
import dev.ringway.packet.DropReason;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Tunnels;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A kernel VXLAN peer without static neighbours asks who has an address: ARP and neighbour discovery. */
class NeighborPathTest {
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final long SOLICITED_NODE = 0x3333_FF00_000BL;
    /** The device of the asking peer has a MAC of its own, not that of its VTEP. */
    private static final long ASKER = 0x06_11_22_33_44_55L;
    private static final int ARP = 0x0806;
    private static final int IPV6 = 0x86DD;

    private static byte[] arp(int operation, long senderMac, String sender, long targetMac, String target) {
        final ByteBuffer body = ByteBuffer.allocate(28).putShort((short) 1).putShort((short) 0x0800).put((byte) 6)
                .put((byte) 4).putShort((short) operation);
        putMac(body, senderMac).putInt((int) (IpText.address(sender).hi() >>> 32));
        putMac(body, targetMac).putInt((int) (IpText.address(target).hi() >>> 32));
        return body.array();
    }

    private static ByteBuffer putMac(ByteBuffer at, long mac) {
        return at.putShort((short) (mac >> 32)).putInt((int) mac);
    }

    private static byte[] solicitation(String source, String target) {
        final ByteBuffer body = putMac(address(ByteBuffer.allocate(24), target).put((byte) 1).put((byte) 1), ASKER);
        return Packets.icmp(source, "ff02::1:ff00:b", 135, 0, 0, body.array()).ttl(255).bytes();
    }

    /** Router, solicited, override; with the target's link-layer address (RFC 4861 sec. 4.4). */
    private static byte[] advertisement(String target, String to) {
        final ByteBuffer body = putMac(address(ByteBuffer.allocate(24), target).put((byte) 2).put((byte) 1), mac(1));
        return Packets.icmp(target, to, 136, 0, 0xE000_0000, body.array()).ttl(255).bytes();
    }

    private static ByteBuffer address(ByteBuffer at, String text) {
        return at.putLong(IpText.address(text).hi()).putLong(IpText.address(text).lo());
    }

    @TestFactory
    Stream<DynamicTest> asked() {
        final String a = pod4(1, POD_A);
        final String asker = "10.244.2.0";
        final byte[] solicited = solicitation("fd00:244:2::", pod6(1, POD_A));
        final byte[] gateway = solicitation("fd00:244:2::", gateway6(1));
        return Stream.of(
                new PathCase("ARP for a pod")
                        .fromNode(2, Tunnels.vxlan(8, 1, BROADCAST, ASKER, ARP, arp(1, ASKER, asker, 0, a)))
                        .toNode(2, Tunnels.vxlan(8, 1, ASKER, mac(1), ARP, arp(2, mac(1), a, ASKER, asker))),
                new PathCase("ARP for the node's address of the range, as flannel's devices ask")
                        .fromNode(2, Tunnels.vxlan(8, 1, BROADCAST, ASKER, ARP,
                                arp(1, ASKER, asker, 0, "10.244.1.0")))
                        .toNode(2, Tunnels.vxlan(8, 1, ASKER, mac(1), ARP,
                                arp(2, mac(1), "10.244.1.0", ASKER, asker))),
                new PathCase("ARP that asks us directly, to keep its entry fresh")
                        .fromNode(2, Tunnels.vxlan(8, 1, mac(1), ASKER, ARP, arp(1, ASKER, asker, mac(1), a)))
                        .toNode(2, Tunnels.vxlan(8, 1, ASKER, mac(1), ARP, arp(2, mac(1), a, ASKER, asker))),
                new PathCase("a neighbour solicitation for a pod")
                        .fromNode(2, Tunnels.vxlan(8, 1, SOLICITED_NODE, ASKER, IPV6, solicited))
                        .toNode(2, Tunnels.vxlan(mac(2), mac(1), advertisement(pod6(1, POD_A), "fd00:244:2::"))),
                new PathCase("a neighbour solicitation for the gateway")
                        .fromNode(2, Tunnels.vxlan(8, 1, SOLICITED_NODE, ASKER, IPV6, gateway))
                        .toNode(2, Tunnels.vxlan(mac(2), mac(1), advertisement(gateway6(1), "fd00:244:2::"))))
                .map(PathCase::test);
    }

    @TestFactory
    Stream<DynamicTest> notAnswered() {
        final String asker = "10.244.2.0";
        final byte[] elsewhere = solicitation("fd00:244:2::", pod6(3, POD_A));
        final byte[] near = solicitation("fd00:244:2::", pod6(1, POD_A));
        near[7] = (byte) 254;
        return Stream.of(
                refused("ARP for an address of another node", arp(1, ASKER, asker, 0, pod4(3, POD_A)), ARP),
                refused("a gratuitous ARP", arp(1, ASKER, asker, 0, asker), ARP),
                refused("an ARP reply", arp(2, ASKER, asker, mac(1), pod4(1, POD_A)), ARP),
                refused("half an ARP request", new byte[] {0, 1, 8, 0, 6, 4, 0, 1}, ARP),
                refused("a solicitation for an address of another node", elsewhere, IPV6),
                refused("a solicitation that has crossed a router", near, IPV6))
                .map(PathCase::test);
    }

    private static PathCase refused(String description, byte[] frame, int type) {
        return new PathCase(description).fromNode(2, Tunnels.vxlan(8, 1, BROADCAST, ASKER, type, frame))
                .dropped(DropReason.LINK_SCOPE);
    }
}
