package dev.ringway.shard;

import dev.ringway.conntrack.AffinityTable;
import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowState;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.conntrack.SctpTracker;
import dev.ringway.conntrack.Verdict;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Vtep;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.service.Backend;
import dev.ringway.service.FragmentTracks;
import dev.ringway.service.FlowTranslation;
import dev.ringway.service.Frontend;
import dev.ringway.service.IcmpQuote;
import dev.ringway.service.Kind;
import dev.ringway.service.ServiceMeter;
import dev.ringway.service.ServiceTable;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.Icmp;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Tcp;
import java.util.concurrent.TimeUnit;

/**
 * Services in the way of a packet: finds the flow it belongs to, or makes one for the first packet to a Service's
 * address, and says where the packet is to be routed. Nothing in the packet changes until {@link #apply}, so that an
 * ICMP error about it quotes what its sender sent.
 *
 * <p>Only flows whose addresses change are noted; what goes from pod to pod directly leaves no trace. Switch thread;
 * holds the state of the packet under way.
 */
final class ServiceStage {
    /** Flows looked at in one batch, to give up those whose time is over. */
    private static final int EXPIRE_WORK = 64;

    private final FlowTable flows;
    private final NewFlows newFlows;
    private final Halves halves;
    private final FragmentTracks fragments = new FragmentTracks();
    private final BackendChoice choice;
    private final Moves moves;
    private final ServiceMeter meter;
    private final Siblings.Post post;
    private final boolean masqueradeAll;
    private final FlowKey key = new FlowKey();
    private final NewFlows.Target target = new NewFlows.Target();
    /** The flow of the packet under way, or 0; whether the packet is the backend's; whether it is an ICMP error. */
    private long flow;
    private boolean reply;
    private boolean error;
    private long destinationHi;
    private long destinationLo;
    /** What the newest flow has come to, for who wants to know why: the rehearsal. */
    private Frontend lastFrontend;
    private OutsideClients lastClient = OutsideClients.MASQUERADE;
    private MasqueradeReason lastMasquerade = MasqueradeReason.NONE;
    /** Of the batch. */
    private Snapshot batch;
    private int nowS;
    private int nowUs;

    /** @param masqueradeAll backends see this node in the place of pods that come by a cluster IP */
    ServiceStage(FlowTable flows, AffinityTable affinities, ServiceMeter meter, Siblings.Post post,
            boolean masqueradeAll, XorShift random) {
        this.masqueradeAll = masqueradeAll;
        this.flows = flows;
        this.meter = meter;
        this.post = post;
        halves = new Halves(flows, post);
        newFlows = new NewFlows(flows, meter, halves, post, random);
        choice = new BackendChoice(affinities, meter.load(), random);
        moves = new Moves(choice, meter);
    }

    /**
     * Finds or makes the flow of a packet that came from a port, or of one of a client outside that another node has
     * handed on as it came.
     *
     * @param from where answers go
     * @param here true if another node has handed it on: then the backend must be one of this node
     * @return null if the packet may go on, else why not; the caller answers what is refused
     */
    DropReason outgoing(Packet p, TunPort from, boolean here, Snapshot snapshot) {
        begin(p);
        choice.forgetWishes();
        if (isIdle(snapshot)) {
            return null;
        }
        if (p.fragment == Packet.LATER) {
            return laterFragment(p);
        }
        final DropReason reason = outgoingHead(p, from, here, snapshot);
        if (p.fragment == Packet.FIRST) {
            fragments.note(p, reason, flow, nowS);
        }
        return reason;
    }

    private DropReason outgoingHead(Packet p, TunPort from, boolean here, Snapshot snapshot) {
        if (IcmpQuote.key(p, key)) {
            foundError(p, true);
            return null;
        }
        if (!key.of(p)) {
            return isService(p, snapshot) ? DropReason.SERVICE_REFUSED : null;
        }
        final DropReason reason = known(p, here, snapshot);
        return reason == null && flow == 0 ? unknown(p, from, here, snapshot) : reason;
    }

    /**
     * Finds the flow of a packet that came from another node: an answer of a backend there; or makes the one of a
     * client outside whose address that node has kept.
     *
     * @param keeper the node, if the packet is such a client's, to a pod of this one; else null
     */
    DropReason incoming(Packet p, Vtep keeper, Snapshot snapshot) {
        begin(p);
        if (keeper == null && isIdle(snapshot)) {
            return null;
        }
        if (p.fragment == Packet.LATER) {
            return laterFragment(p);
        }
        final DropReason reason = incomingHead(p, keeper, snapshot);
        if (p.fragment == Packet.FIRST) {
            fragments.note(p, reason, flow, nowS);
        }
        return reason;
    }

    private DropReason incomingHead(Packet p, Vtep keeper, Snapshot snapshot) {
        if (IcmpQuote.key(p, key)) {
            foundError(p, false);
            return tellsOfGone(p, snapshot) ? DropReason.SERVICE_BACKEND_GONE : null;
        }
        if (!key.of(p)) {
            return null;
        }
        final long entry = find();
        if ((entry & 1) == 0) {
            return keeper == null ? null : kept(p, entry, keeper, snapshot);
        }
        found(entry, false);
        return track(p) == Verdict.INVALID ? DropReason.FLOW_INVALID : null;
    }

    /** Follows a client that another node has handed on, and notes by which node the answers must leave. */
    private DropReason kept(Packet p, long entry, Vtep keeper, Snapshot snapshot) {
        if (entry != 0) {
            found(entry, false);
            final int verdict = track(p);
            if (verdict != Verdict.REOPEN) {
                enteredBy(keeper, snapshot);
                return verdict == Verdict.INVALID ? DropReason.FLOW_INVALID : null;
            }
            if (!forget(p)) {
                return DropReason.FLOW_TABLE_FULL;
            }
        }
        if (opensLate(p)) {
            return DropReason.SERVICE_NO_FLOW;
        }
        target.set(p.destinationHi, p.destinationLo, key.destinationPort, 0, -1, null);
        target.entrance = keeper.index() + 1;
        return open(p, snapshot);
    }

    private void enteredBy(Vtep keeper, Snapshot snapshot) {
        if (Flow.entrance(flow) == keeper.index() + 1) {
            return;
        }
        Flow.setEntrance(flow, keeper.index() + 1);
        if (!halves.tellOf(flow, snapshot)) {
            // The client's next packet tries again.
            Flow.setEntrance(flow, -1);
        }
    }

    /** True if the packet is an answer that must leave the cluster where its client came in: {@link #exit}. */
    boolean leavesByEntrance() {
        return flow != 0 && reply && Flow.entrance(flow) != 0;
    }

    /** The node that the packet must leave by, or null if that is not known any more. */
    Vtep exit(Snapshot snapshot) {
        final int by = Flow.entrance(flow);
        return by < 0 ? null : snapshot.vteps().byIndex(by - 1);
    }

    /** Counts another packet of the same flow and direction as the one before. */
    DropReason next(Packet p) {
        return flow != 0 && !error && track(p) == Verdict.INVALID ? DropReason.FLOW_INVALID : null;
    }

    /** True if addresses of the packet change. */
    boolean translates() {
        return flow != 0;
    }

    /** Where the packet is to be routed: its destination, or the one it gets. */
    long destinationHi() {
        return destinationHi;
    }

    long destinationLo() {
        return destinationLo;
    }

    /** Gives the packet its new addresses and ports. */
    void apply(Packet p) {
        if (flow == 0 || Flow.isHandedOn(flow)) {
            return;
        }
        if (error) {
            FlowTranslation.applyToError(p, flow, reply);
        } else {
            FlowTranslation.apply(p, flow, reply);
        }
    }

    /** Forgets the flow of the packet under way, whose backend cannot be reached any more, if it is gone for good. */
    boolean forgetGone(Snapshot snapshot) {
        return flow != 0 && !reply && !error && snapshot.self().settled() && forgetUnlisted(snapshot);
    }

    /** Forgets the flow unless its backend is still listed, or another shard is to forget it and cannot be told now. */
    private boolean forgetUnlisted(Snapshot snapshot) {
        if (snapshot.services().backendState(Flow.backend(flow)) != ServiceTable.GONE
                || !halves.forget(flow, snapshot)) {
            return false;
        }
        flow = 0;
        return true;
    }

    /** True if other shards have told of flows. */
    boolean hasNews() {
        return post.hasNews();
    }

    /** Takes the time, and gives up flows whose time is over. */
    void beginBatch(Snapshot snapshot, long nowNs) {
        final int second = (int) TimeUnit.NANOSECONDS.toSeconds(nowNs);
        if (second != nowS) {
            meter.load().forgetGone(snapshot.services());
        }
        nowS = second;
        nowUs = (int) TimeUnit.NANOSECONDS.toMicros(nowNs);
        batch = snapshot;
        post.takeOver(flows, nowS);
        halves.tellAgain(snapshot);
        flows.expire(nowS, EXPIRE_WORK);
    }

    /** The choice of a backend for the newest flow. */
    BackendChoice lastChoice() {
        return choice;
    }

    /** What the newest flow's client has addressed, or null: no Service. */
    Frontend lastFrontend() {
        return lastFrontend;
    }

    /** How its client's address is passed on, if that is outside. */
    OutsideClients lastClient() {
        return lastClient;
    }

    /** Why its backend does not see the client's address. */
    MasqueradeReason lastMasquerade() {
        return lastMasquerade;
    }

    void endOfBatch() {
        meter.load().tell(nowS);
    }

    private void begin(Packet p) {
        flow = 0;
        destinationHi = p.destinationHi;
        destinationLo = p.destinationLo;
    }

    /** By the key of the packet under way; one that another shard has just told of counts as well. */
    private long find() {
        final long entry = flows.find(key);
        return entry == 0 && post.takeOver(flows, nowS) ? flows.find(key) : entry;
    }

    private void found(long entry, boolean isError) {
        if (entry == 0) {
            return;
        }
        flow = entry & ~1L;
        reply = (entry & 1) != 0;
        error = isError;
        destinationHi = reply ? Flow.clientHi(flow) : Flow.backendHi(flow);
        destinationLo = reply ? Flow.clientLo(flow) : Flow.backendLo(flow);
    }

    /**
     * Finds the flow that an ICMP error is about; one that ends a connection's first packet is as good as a reset, and
     * the client's kernel takes it for one.
     *
     * @param fromPort it came from a port, where only the backend itself is believed
     */
    private void foundError(Packet p, boolean fromPort) {
        found(find(), true);
        if (flow != 0 && reply && Flow.state(flow) == FlowState.SYN_SENT && IcmpQuote.isUnreachable(p)
                && (!fromPort || p.sourceHi == Flow.backendHi(flow) && p.sourceLo == Flow.backendLo(flow))) {
            meter.answered(flow, true, nowUs, nowS);
            flows.close(flow, nowS);
            halves.tracked(flow, FlowState.SYN_SENT, nowS, batch);
        }
    }

    /**
     * True for an error from another node by which a TCP connection is over: its backend is listed no more, and there
     * is no pod either. A client's kernel would take the error for one that may pass and send again for minutes; with
     * the flow forgotten, the next that it sends is answered by a reset.
     */
    private boolean tellsOfGone(Packet p, Snapshot snapshot) {
        return flow != 0 && reply && Flow.backend(flow) != 0 && Flow.protocol(flow) == IpProtocol.TCP
                && IcmpQuote.isUnreachable(p)
                && (Flow.backend(flow) != Flow.RECOVERED || moves.recover(flow, snapshot)) && forgetUnlisted(snapshot);
    }

    private int track(Packet p) {
        final int before = Flow.state(flow);
        final int seenS = Flow.lastSeenS(flow);
        final int verdict = flows.track(flow, reply, p, nowS);
        if (FlowState.isHandshake(before)) {
            final int state = Flow.state(flow);
            if (reply && before == FlowState.SYN_SENT && state != before) {
                meter.answered(flow, state == FlowState.CLOSE, nowUs, nowS);
            } else if (!reply && state == FlowState.ESTABLISHED) {
                // The answer may have passed another shard.
                meter.confirmed(flow);
            }
        }
        halves.tracked(flow, before, seenS, batch);
        return verdict;
    }

    /** It goes the way of the first one; {@link DropReason#FRAGMENT_UNKNOWN} if that has not come. */
    private DropReason laterFragment(Packet p) {
        final long fate = fragments.find(p, nowS);
        if (fate == FragmentTracks.UNKNOWN) {
            return DropReason.FRAGMENT_UNKNOWN;
        }
        final DropReason reason = FragmentTracks.refusal(fate);
        if (reason == null && fate != FragmentTracks.PLAIN) {
            found(fate, false);
            track(p);
        }
        return reason;
    }

    /** Looks for a flow; one that is over, or whose backend may not go on, is forgotten. */
    private DropReason known(Packet p, boolean here, Snapshot snapshot) {
        final long entry = find();
        if (entry == 0) {
            return null;
        }
        found(entry, false);
        if (here && Flow.isHandedOn(flow) || !reply && moves.mustMove(flow, p, snapshot, nowS)) {
            return forget(p) ? null : DropReason.FLOW_TABLE_FULL;
        }
        final int verdict = track(p);
        if (verdict == Verdict.REOPEN && !reply) {
            return forget(p) ? null : DropReason.FLOW_TABLE_FULL;
        }
        return verdict == Verdict.INVALID ? DropReason.FLOW_INVALID : null;
    }

    /** Forgets the flow of the packet under way; false if another shard is to forget it and cannot be told now. */
    private boolean forget(Packet p) {
        if (!halves.forget(flow, batch)) {
            return false;
        }
        begin(p);
        return true;
    }

    private DropReason unknown(Packet p, TunPort from, boolean here, Snapshot snapshot) {
        Frontend frontend = snapshot.services().lookup(p.version, p.destinationHi, p.destinationLo, p.protocol,
                key.destinationPort);
        if (frontend == null && here) {
            frontend = snapshot.nodePort(p.version, p.protocol, key.destinationPort);
        }
        if (frontend != null && frontend.token && !from.isHost()) {
            // Only the kernel puts tokens in the place of addresses.
            frontend = null;
        }
        if (frontend == null) {
            return isService(p, snapshot) ? DropReason.SERVICE_REFUSED : direct(p, snapshot);
        }
        lastFrontend = frontend;
        final boolean late = opensLate(p);
        final DropReason reason = choice.consider(frontend, p, from, here, snapshot);
        if (reason != null) {
            if (reason != DropReason.SERVICE_SOURCE && !late) {
                meter.noBackend(frontend.port);
            }
            return reason;
        }
        if (late) {
            // Who its backend was is not known any more, and another one would not know it.
            return DropReason.SERVICE_NO_FLOW;
        }
        final Backend backend = choice.choose(p, snapshot, nowS);
        final Adjacency way = snapshot.fib().lookup(backend.version, backend.hi, backend.lo);
        lastClient = choice.isFromOutside() && frontend.kind != Kind.CLUSTER_IP ? mayKeepAddress(p, way, snapshot)
                : OutsideClients.MASQUERADE;
        if (lastClient == OutsideClients.DIRECT && way.vtep() != null && !frontend.token) {
            lastMasquerade = MasqueradeReason.NONE;
            target.set(backend.hi, backend.lo, backend.port, backend.handle, frontend.port.id, null);
            return opened(p, newFlows.handOn(key, p, target, nowS, nowUs));
        }
        lastMasquerade = masquerade(p, from, frontend, backend, way);
        final IpAddress source =
                lastMasquerade == MasqueradeReason.NONE ? null : snapshot.self().serviceAddress(p.version);
        final int port = Icmp.isProtocol(p.version, p.protocol) ? 0 : backend.port;
        target.set(backend.hi, backend.lo, port, backend.handle, frontend.port.id, source);
        return open(p, snapshot);
    }

    private MasqueradeReason masquerade(Packet p, TunPort from, Frontend frontend, Backend backend, Adjacency way) {
        if (from.isHost() && way != null && way.kind() == Adjacency.Kind.HOST) {
            // A backend on the node would be answered for by its kernel, past us, were the client's address kept.
            return MasqueradeReason.HOST_BACKEND;
        }
        if (choice.masquerades() && !lastClient.keep()) {
            return frontend.kind == Kind.CLUSTER_IP ? MasqueradeReason.OUTSIDE_TO_CLUSTER_IP
                    : MasqueradeReason.POLICY_CLUSTER;
        }
        if (backend.hi == p.sourceHi && backend.lo == p.sourceLo) {
            return MasqueradeReason.HAIRPIN;
        }
        return masqueradeAll && frontend.kind == Kind.CLUSTER_IP && !from.isHost()
                ? MasqueradeReason.MASQUERADE_ALL : MasqueradeReason.NONE;
    }

    /**
     * Whether the backend's answers find back to a client outside without being sent to this node's address. Those to a
     * node do not, which other nodes take for their own.
     */
    private static OutsideClients mayKeepAddress(Packet p, Adjacency way, Snapshot snapshot) {
        final OutsideClients own = snapshot.self().outsideClients();
        if (way == null || snapshot.vteps().lookup(p.sourceHi, p.sourceLo) != null) {
            return OutsideClients.MASQUERADE;
        }
        if (way.vtep() != null) {
            return OutsideClients.between(own, way.vtep().outsideClients());
        }
        return way.kind() == Adjacency.Kind.POD ? own : OutsideClients.MASQUERADE;
    }

    /** True for a segment of TCP that begins no connection, or an SCTP packet that begins no association. */
    private static boolean opensLate(Packet p) {
        return switch (p.protocol) {
            case IpProtocol.TCP -> (Tcp.flags(p.ip + p.l4) & (Tcp.SYN | Tcp.ACK | Tcp.RST)) != Tcp.SYN;
            case IpProtocol.SCTP -> !SctpTracker.opens(p);
            default -> false;
        };
    }

    /**
     * A connection past all services that uses the same ports as one through a service, to the same pod: it gets
     * another source port, or its answers could not be told from the other's.
     */
    private DropReason direct(Packet p, Snapshot snapshot) {
        if (p.protocol != IpProtocol.TCP || (Tcp.flags(p.ip + p.l4) & (Tcp.SYN | Tcp.ACK)) != Tcp.SYN) {
            return null;
        }
        if (!newFlows.isAmbiguous(key)) {
            return null;
        }
        target.set(p.destinationHi, p.destinationLo, key.destinationPort, 0, -1, null);
        return open(p, snapshot);
    }

    private DropReason open(Packet p, Snapshot snapshot) {
        return opened(p, newFlows.open(key, p, target, snapshot, nowS, nowUs));
    }

    private DropReason opened(Packet p, DropReason reason) {
        if (reason == null) {
            found(newFlows.flow(), false);
            track(p);
        }
        return reason;
    }

    /** True if no packet can have to do with a Service. */
    boolean isIdle(Snapshot snapshot) {
        return flows.size() == 0 && snapshot.services().size() == 0 && !post.hasNews();
    }

    private static boolean isService(Packet p, Snapshot snapshot) {
        return snapshot.services().isServiceAddress(p.version, p.destinationHi, p.destinationLo);
    }
}
