package dev.ringway.shard;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowState;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.service.ServiceMeter;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;

/**
 * Makes flows: finds a source port that nobody else has there, and sees to it that the shard that the answers pass
 * knows of the flow before its first packet leaves. Switch thread; one a shard.
 */
final class NewFlows {
    /** How often the shard that a flow's answers pass is told that it goes on: less than any time-out. */
    private static final int TELL_S = 20;

    private final FlowTable flows;
    private final ServiceMeter meter;
    private final MasqueradePorts ports;
    private final Siblings.Post post;
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

    NewFlows(FlowTable flows, ServiceMeter meter, Siblings.Post post, XorShift random) {
        this.flows = flows;
        this.meter = meter;
        this.post = post;
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
        final int answers = shardOfAnswers(snapshot);
        if (answers != post.number()) {
            if (!post.tell(answers, flow)) {
                flows.remove(flow);
                return DropReason.FLOW_TABLE_FULL;
            }
            flows.setAnsweredElsewhere(flow);
            Flow.setToldS(flow, nowS);
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

    /** Tells the shard that a flow's answers pass of a change of it; false if it cannot be told now. */
    boolean tellOf(long changed, Snapshot snapshot) {
        answer.ofReply(changed);
        final int answers = shardOfAnswers(snapshot);
        return answers == post.number() || post.tell(answers, changed);
    }

    /**
     * Sees to it that a flow's other half lasts as long as the client's packets come.
     *
     * @param before the state before the client's newest packet
     */
    void keepTold(long known, int before, Snapshot snapshot, int nowS) {
        if (!Flow.isAnsweredElsewhere(known)) {
            return;
        }
        final boolean established = Flow.state(known) == FlowState.ESTABLISHED && before != FlowState.ESTABLISHED;
        if ((established || nowS - Flow.toldS(known) >= TELL_S) && tellOf(known, snapshot)) {
            Flow.setToldS(known, nowS);
        }
    }

    /** Tells the shard that the client's packets pass, if it is another one, that the flow's backend is gone. */
    void tellOfEnd(long gone, Snapshot snapshot) {
        final Adjacency way = snapshot.fib().lookup(Flow.version(gone), Flow.clientHi(gone), Flow.clientLo(gone));
        final TunPort port = way == null ? null : snapshot.port(way.port());
        if (Flow.isAnswersOnly(gone) && port != null && port.shard() != post.number()) {
            post.tell(port.shard(), gone);
        }
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

    /** The shard that reads the backend's port, or that gets what other nodes send to the client. */
    private int shardOfAnswers(Snapshot snapshot) {
        if (post.shards() == 1) {
            return post.number();
        }
        final Adjacency way = snapshot.fib().lookup(answer.version, answer.sourceHi, answer.sourceLo);
        final TunPort port = way == null ? null : snapshot.port(way.port());
        return port == null ? Steering.shard(answer.version, answer.destinationHi, answer.destinationLo, post.shards())
                : port.shard();
    }
}
