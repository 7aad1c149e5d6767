package dev.ringway.agent;

import dev.ringway.encap.TunnelCodec;
import dev.ringway.linux.LinuxException;
import dev.ringway.shard.Dataplane;
import dev.ringway.shard.DataplaneSettings;
import dev.ringway.shard.Siblings;
import dev.ringway.shard.Shard;
import dev.ringway.shard.ShardedDataplane;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.snapshot.SnapshotCell;
import dev.ringway.underlay.PacketIo;
import dev.ringway.underlay.SelfTest;
import dev.ringway.underlay.SteeringProgram;
import dev.ringway.underlay.UnderlayOffloads;
import dev.ringway.underlay.UnderlaySockets;
import dev.ringway.underlay.netty.UringIo;
import java.util.ArrayList;
import java.util.List;

/** Puts the packet path together on the real edges: TUN devices and UDP sockets on io_uring. */
public final class DataplaneFactory {
    private DataplaneFactory() {
    }

    /**
     * Opens the sockets and builds the shards; {@link Dataplane#start} sets them going.
     *
     * @param initial tables to start with; its own MAC address stays for the daemon's life
     */
    public static Dataplane open(DataplaneSettings settings, Snapshot initial) throws LinuxException {
        final UnderlayOffloads offloads = SelfTest.run(settings.underlayAddress(),
                settings.gso() && settings.outerChecksum(), settings.gro());
        final SnapshotCell snapshots = new SnapshotCell(initial);
        final TunnelCodec codec = TunnelCodec.of(settings.tunnel(), initial.self().mac());
        final List<UnderlaySockets> sockets = new ArrayList<>();
        final List<Shard> shards = new ArrayList<>();
        final List<PacketIo> edges = new ArrayList<>();
        final Siblings siblings = Siblings.of(settings.shards());
        final UnderlaySockets.Settings wanted = new UnderlaySockets.Settings(settings.underlayAddress(),
                settings.port(), settings.sourcePorts(), settings.receiveBuffer(), settings.sendBuffer(),
                offloads.gro(), settings.outerChecksum());
        try {
            for (int i = 0; i < settings.shards(); i++) {
                sockets.add(new UnderlaySockets(wanted, i * settings.sourcePorts()));
            }
            if (settings.shards() > 1) {
                SteeringProgram.attach(sockets.getFirst().receive(), settings.tunnel(), settings.shards());
            }
            for (int i = 0; i < settings.shards(); i++) {
                final Shard shard = new Shard(settings, codec, offloads, snapshots, siblings, i);
                shards.add(shard);
                edges.add(new UringIo(shard.receive(), shard.transmit(), shard.buffers(), shard.ioDrops(),
                        sockets.get(i), offloads, (vtep, mtu) -> learnPathMtu(snapshots, vtep, mtu)));
            }
        } catch (LinuxException | RuntimeException e) {
            sockets.forEach(UnderlaySockets::close);
            shards.forEach(Shard::close);
            siblings.close();
            throw e;
        }
        return new ShardedDataplane(settings, codec, snapshots, offloads, shards, edges, siblings,
                () -> sockets.forEach(UnderlaySockets::close));
    }

    private static void learnPathMtu(SnapshotCell snapshots, int vtep, int mtu) {
        final var peer = snapshots.get().vteps().byIndex(vtep);
        if (peer != null) {
            peer.learnPathMtu(mtu, System.nanoTime());
        }
    }
}
