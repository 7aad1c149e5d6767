package dev.ringway.shard;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.fib.IpAddress;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.service.ServiceMeter;
import dev.ringway.snapshot.Snapshot;

/**
 * Makes flows: finds a source port that nobody else has there, and sees to it that the shard that the answers pass
 * knows of the flow before its first packet leaves. Switch thread; one a shard.
 */
final class NewFlows {
    private final FlowTable flows;
    private final ServiceMeter meter;
    private final MasqueradePorts ports;
    private final Halves halves;
    private final FlowKey answer = new FlowKey();
    private long flow;

    /** What a new flow's packets are to be sent to. */
    static final class Target {
        long hi;
        long lo;
        int port;
        /** Handles of the backend and of the Service's port, or 0 and -1. */
        int backend;
        int service;
        /** What the backend is to see as the client, or null: the client itself, if its port is free there. */
        IpAddress source;
        /** As {@link Flow#entrance}. */
        int entrance;

        /** Takes all but {@link #entrance}. */
        Target set(long toHi, long toLo, int toPort, int backendHandle, int serviceHandle, IpAddress as) {
            hi = toHi;
            lo = toLo;
            port = toPort;
            backend = backendHandle;
            service = serviceHandle;
            source = as;
            entrance = 0;
            return this;
        }
    }

    NewFlows(FlowTable flows, ServiceMeter meter, Halves halves, Siblings.Post post, XorShift random) {
        this.flows = flows;
        this.meter = meter;
        this.halves = halves;
        ports = new MasqueradePorts(flows, post.number(), post.shards(), random);
    }

    /** The flow that was made last. */
    long flow() {
        return flow;
    }

    /**
     * Makes the flow of a packet.
     *
     * @param key the packet's
     * @return null, or why the packet must be dropped
     */
    DropReason open(FlowKey key, Packet p, Target to, Snapshot snapshot, int nowS, int nowUs) {
        final DropReason reason = insert(key, p, to, nowS, nowUs);
        if (reason != null) {
            return reason;
        }
        Flow.setEntrance(flow, to.entrance);
        if (!halves.begin(flow, snapshot)) {
            flows.remove(flow);
            return DropReason.FLOW_TABLE_FULL;
        }
        return null;
    }

    /** The same, but the backend's node does the rest: the flow only keeps the client with that node. */
    DropReason handOn(FlowKey key, Packet p, Target to, int nowS, int nowUs) {
        final DropReason reason = insert(key, p, to, nowS, nowUs);
        if (reason == null) {
            flows.setHandedOn(flow);
        }
        return reason;
    }

    /** True if the answers to a packet that is not translated would be taken for those of a flow that is. */
    boolean isAmbiguous(FlowKey key) {
        answer.reverse(key);
        return flows.find(answer) != 0;
    }

    private DropReason insert(FlowKey key, Packet p, Target to, int nowS, int nowUs) {
        answer.version = p.version;
        answer.protocol = p.protocol;
        answer.sourceHi = to.hi;
        answer.sourceLo = to.lo;
        answer.sourcePort = to.port;
        answer.destinationHi = to.source == null ? p.sourceHi : to.source.hi();
        answer.destinationLo = to.source == null ? p.sourceLo : to.source.lo();
        answer.destinationPort = key.sourcePort;
        if ((to.source != null || flows.find(answer) != 0) && !ports.pick(answer)) {
            return DropReason.FLOW_NO_PORT;
        }
        flow = flows.insert(key, answer, to.backend, to.service, nowS);
        if (flow == 0) {
            return DropReason.FLOW_TABLE_FULL;
        }
        meter.opened(flow, nowUs);
        return null;
    }
}
