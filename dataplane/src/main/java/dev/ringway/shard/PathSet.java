package dev.ringway.shard;

import dev.ringway.encap.TunnelCodec;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.TxQueue;
import dev.ringway.underlay.UnderlayOffloads;

/** Both directions of one shard and the outputs they share. Switch thread. */
final class PathSet {
    private final PortOutput ports;
    private final TunnelOutput tunnels;
    private final EgressPath egress;
    private final IngressPath ingress;
    private final ServiceStage services;

    PathSet(TxQueue queue, TunnelCodec codec, UnderlayOffloads offloads, DataplaneSettings settings,
            ServiceStage services, DropCounters drops, int shard) {
        this.services = services;
        ports = new PortOutput(queue, drops, shard);
        tunnels = new TunnelOutput(queue, codec, offloads, settings.sourcePorts(), settings.uniformDscp(), shard);
        final Answers answers = new Answers(ports, tunnels);
        final int overhead = settings.tunnel().overhead(settings.underlayVersion());
        egress = new EgressPath(ports, tunnels, answers, services, drops, overhead, shard);
        ingress = new IngressPath(ports, tunnels, codec, answers, services, drops, shard);
    }

    EgressPath egress() {
        return egress;
    }

    IngressPath ingress() {
        return ingress;
    }

    void beginBatch(long nowNs) {
        ports.beginBatch(nowNs);
        services.beginBatch(nowNs);
    }

    void endOfBatch() {
        ports.endOfBatch();
        tunnels.endOfBatch();
    }
}
