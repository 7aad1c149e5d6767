package dev.ringway.shard;

import dev.ringway.encap.TunnelCodec;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.RxSlot;
import dev.ringway.packet.TxQueue;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.underlay.UnderlayOffloads;
import java.util.concurrent.TimeUnit;

/** Both directions of one shard and what they share. Switch thread. */
final class PathSet {
    private final PortOutput ports;
    private final TunnelOutput tunnels;
    private final EgressPath egress;
    private final IngressPath ingress;
    private final ServiceStage services;
    private final HeldFragments held;

    PathSet(TxQueue queue, TunnelCodec codec, UnderlayOffloads offloads, DataplaneSettings settings,
            ServiceStage services, Siblings.Post post, HeldFragments held, DropCounters drops, int shard) {
        this.services = services;
        this.held = held;
        ports = new PortOutput(queue, drops, shard);
        tunnels = new TunnelOutput(queue, codec, offloads, settings.sourcePorts(), settings.uniformDscp(), shard);
        final Answers answers = new Answers(ports, tunnels);
        final int overhead = settings.tunnel().overhead(settings.underlayVersion());
        egress = new EgressPath(ports, tunnels, answers, services, held, drops, overhead, shard);
        ingress = new IngressPath(ports, tunnels, codec, answers, services, post, held, drops, shard);
    }

    /** True if other shards have told something that is not taken note of yet. */
    boolean hasNews() {
        return services.hasNews();
    }

    void beginBatch(Snapshot snapshot, long nowNs) {
        ports.beginBatch(nowNs);
        services.beginBatch(snapshot, nowNs);
        held.beginBatch((int) TimeUnit.NANOSECONDS.toSeconds(nowNs));
    }

    /** Sends what has come its way, and then fragments that have waited for it. */
    void accept(RxSlot slot, long sequence, Snapshot snapshot, long nowNs) {
        RxSlot next = slot;
        while (next != null) {
            if (next.port == RxSlot.UNDERLAY) {
                ingress.accept(next, next == slot, snapshot, nowNs);
            } else {
                egress.accept(next, next == slot, snapshot, nowNs);
            }
            next = held.next(sequence);
        }
    }

    void endOfBatch() {
        ports.endOfBatch();
        tunnels.endOfBatch();
        services.endOfBatch();
    }
}
