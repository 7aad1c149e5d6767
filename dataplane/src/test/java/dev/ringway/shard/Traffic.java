package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_JUMBO;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Received;
import dev.ringway.testing.Tunnels;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Good traffic of all kinds over a VXLAN node, the same for the same seed: nothing of it is dropped or answered. */
final class Traffic {
    /** A TCP flow's packets say how far it is: its sequence numbers begin at 0 and count bytes. */
    private static final int FLOWS = 40;

    private final SplittableRandom random;
    private final int[] sequences = new int[FLOWS];

    Traffic(long seed) {
        random = new SplittableRandom(seed);
    }

    List<Received> take(int count) {
        final List<Received> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(random.nextInt(3) == 0 ? train() : packet());
        }
        return all;
    }

    private Received packet() {
        final int from = pick(POD_A, POD_B, POD_TCP, POD_JUMBO, HOST);
        final boolean six = from != HOST && random.nextBoolean();
        final int to = pick(POD_A, POD_B, POD_TCP);
        final int node = pick(1, 2, 3);
        final String source = from == HOST ? gateway4(1) : six ? pod6(1, from) : pod4(1, from);
        final String destination = six ? pod6(node, to) : pod4(node, to);
        final int flow = random.nextInt(FLOWS);
        final boolean big = random.nextInt(4) == 0;
        if (random.nextBoolean()) {
            final int length = big ? random.nextInt(2000, 60_000) : random.nextInt(1200);
            final PacketBuilder packet = Packets.tcp(source, destination, length).sequence(sequences[flow])
                    .ports(10_000 + flow, 80);
            sequences[flow] += length;
            return Received.superPacket(from, packet.superHeader(1200), packet.unfinished());
        }
        final PacketBuilder packet = Packets.udp(source, destination, big ? random.nextInt(1500, 9000)
                : random.nextInt(1200)).ports(20_000 + flow, 53);
        return big ? Received.superPacket(from, packet.superHeader(1000), packet.unfinished())
                : Received.superPacket(from, packet.unfinishedHeader(), packet.unfinished());
    }

    /** Equal datagrams of one or two flows, the last one shorter. */
    private Received train() {
        final int node = pick(2, 3);
        final int to = pick(POD_A, POD_B, POD_TCP);
        final int flow = random.nextInt(FLOWS);
        final boolean tcp = random.nextBoolean();
        final int length = random.nextInt(1, 1200);
        final int count = random.nextInt(1, 40);
        final List<byte[]> datagrams = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int bytes = i == count - 1 ? random.nextInt(1, length + 1) : length;
            final PacketBuilder packet = tcp
                    ? Packets.tcp(pod4(node, POD_A), pod4(1, to), bytes).sequence(sequences[flow])
                            .ports(30_000 + flow, 80)
                    : Packets.udp(pod4(node, POD_A), pod4(1, to), bytes).ports(40_000 + flow + i % 2, 53);
            sequences[flow] += bytes;
            datagrams.add(Tunnels.vxlan(mac(1), mac(node), packet.bytes()));
        }
        final IpAddress source = IpText.address("172.30.0." + node);
        return Received.train(source.hi(), source.lo(), 0, datagrams.getFirst().length,
                Bytes.concat(datagrams.toArray(new byte[0][])));
    }

    private int pick(int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
