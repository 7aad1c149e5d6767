package dev.ringway.shard;

import static dev.ringway.shard.Topology.mac;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.conntrack.FlowTable;
import dev.ringway.control.IpText;
import dev.ringway.linux.LinuxException;
import dev.ringway.packet.DropReason;
import dev.ringway.service.ServiceTable;
import dev.ringway.shard.NaivePacket.End;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A node of one or two shards as those around it see it: a packet goes in at a place, packets come out at places. A
 * place is the number of a port, or that of another node below zero.
 */
final class OracleNode implements AutoCloseable {
    private static final long SECOND_NS = 1_000_000_000L;

    /** A packet without its tunnel. */
    record Out(int place, byte[] packet) {
    }

    private final Topology topology;
    private final Siblings siblings;
    private final List<PathRig> rigs = new ArrayList<>();
    private long nowNs;

    OracleNode(int shards, long startNs, boolean keepsClients) {
        nowNs = startNs;
        topology = new Topology(1, 4, PathRig.Setup.DEFAULT.port(), shards);
        if (keepsClients) {
            topology.keepers(1, 2, 3);
        }
        try {
            siblings = shards == 1 ? Siblings.none() : Siblings.of(shards);
        } catch (LinuxException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < shards; i++) {
            rigs.add(new PathRig(PathRig.Setup.DEFAULT, PathRig.FLOWS, topology, siblings, shards, i, () -> nowNs));
        }
    }

    void services(ServiceTable table) {
        topology.services(table);
        rigs.forEach(PathRig::publish);
    }

    int nowS() {
        return (int) (nowNs / SECOND_NS);
    }

    /** Lets time pass, and gives up the flows whose time is over then. */
    void advance(int seconds) {
        nowNs += seconds * SECOND_NS;
        for (PathRig rig : rigs) {
            final FlowTable flows = rig.shard.flows();
            while (flows.expire(nowS(), 1000) > 0) {
                assertEquals(0, rig.drops(DropReason.INTERNAL));
            }
        }
    }

    /** Of all shards; one that passes two of them counts in both. */
    int flows() {
        return rigs.stream().mapToInt(rig -> rig.shard.flows().size()).sum();
    }

    long sum(ToLongFunction<PathRig> number) {
        return rigs.stream().mapToLong(number).sum();
    }

    /**
     * Sends a packet of a client or backend at a place.
     *
     * @param astray true: what comes from another node comes to the shard that it is not steered to
     */
    List<Out> send(int place, End to, byte[] packet, boolean astray) {
        if (place >= 0) {
            rigs.get(place % rigs.size()).fromPort(place, packet);
        } else {
            final int shard = Steering.shard(IpText.address(to.address()), rigs.size());
            rigs.get((shard + (astray ? 1 : 0)) % rigs.size()).fromNode(-place,
                    Tunnels.vxlan(mac(1), mac(-place), packet));
        }
        final List<Out> out = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            // What one shard tells the other is taken note of in the second round at the latest.
            rigs.forEach(rig -> rig.run().forEach(sent -> add(out, sent)));
        }
        return out;
    }

    private static void add(List<Out> out, Sent sent) {
        final List<byte[]> packets = sent.isTunnel() ? Inspect.inner(List.of(sent)) : Inspect.packets(sent);
        packets.forEach(packet -> out.add(new Out(sent.isTunnel() ? -sent.vtep() : sent.port(), packet)));
    }

    /** Fails if something broke or was not given back. */
    void check() {
        for (PathRig rig : rigs) {
            final Throwable failure = rig.shard.stage().takeFailure();
            if (failure != null) {
                throw new AssertionError("the switch threw", failure);
            }
            assertEquals(0, rig.drops(DropReason.INTERNAL));
            assertEquals(0, rig.lentBuffers());
        }
    }

    @Override
    public void close() {
        rigs.forEach(PathRig::close);
        siblings.close();
    }
}
