package dev.ringway.benchmarks;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Tunnels;
import dev.ringway.wire.Memory;
import dev.ringway.wire.VnetHdr;
import java.util.ArrayList;
import java.util.List;

/** The packets that benchmarks send around. Pod 10.244.1.10 is on this node, 10.244.2.10 on the other. */
final class Samples {
    static final String HERE = "10.244.1.10";
    static final String NEIGHBOR = "10.244.1.11";
    static final String THERE = "10.244.2.10";
    /** A cluster IP; its port and that of its backends are the small packets' own. */
    static final String SERVICE = "10.96.0.10";
    static final int SMALL_FROM = 1000;
    static final int SMALL_TO = 2000;
    static final int SYN_TO = 80;
    static final String THERE6 = "fd00:244:2::a";
    static final String HERE6 = "fd00:244:1::a";
    static final long OWN_MAC = 0x02_00_00_00_00_01L;
    static final long PEER_MAC = 0x02_00_00_00_00_02L;
    /** Segment size of a pod with MTU 1450 and timestamps switched off. */
    static final int MSS = 1410;
    /** What a pod's kernel makes of a stream: as many whole segments as fit into 64 KiB. */
    static final int SUPER_PAYLOAD = 46 * MSS;
    static final int SEGMENTS = 45;

    private Samples() {
    }

    /** 64 bytes of payload as a pod's socket sends it: the checksum is left to the device. */
    static PacketBuilder small(String from, String to) {
        return Packets.udp(from, to, 64);
    }

    /** The first packet of a connection. */
    static PacketBuilder syn(String from, String to) {
        return Packets.syn(from, to, MSS);
    }

    static PacketBuilder stream(String from, String to) {
        return Packets.tcp(from, to, SUPER_PAYLOAD);
    }

    /** A GRO train as another node's UDP_SEGMENT send arrives, of full segments of one TCP stream. */
    static byte[] train(int segments) {
        final List<byte[]> datagrams = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            datagrams.add(Tunnels.vxlan(OWN_MAC, PEER_MAC, Packets.tcp(THERE, HERE, MSS).sequence(1 + i * MSS)
                    .id(i).bytes()));
        }
        return Bytes.concat(datagrams.toArray(new byte[0][]));
    }

    /** Puts a packet with its virtio_net_hdr into memory of its own; returns the address of its IP header. */
    static long place(byte[] header, byte[] packet) {
        final long at = NativeMemory.allocate(packet.length + 4096L) + 512;
        Memory.putBytes(at - VnetHdr.LENGTH, header);
        Memory.putBytes(at, packet);
        return at;
    }

    /** Parses a placed packet, its virtio_net_hdr too. */
    static Packet parse(long at, int length) {
        final Packet packet = new Packet();
        if (PacketParser.parse(packet, at, length, false) != null
                || PacketParser.offload(packet, at - VnetHdr.LENGTH) != null) {
            throw new IllegalStateException("a sample does not parse");
        }
        return packet;
    }
}
