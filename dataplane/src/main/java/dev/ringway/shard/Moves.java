package dev.ringway.shard;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Vtep;
import dev.ringway.packet.Packet;
import dev.ringway.service.Backend;
import dev.ringway.service.Frontend;
import dev.ringway.service.ServiceMeter;
import dev.ringway.service.ServiceTable;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Tcp;

/**
 * Which running flows must go to another backend: UDP's and pings' when theirs stops serving, connections that are not
 * open yet when theirs does not answer. Others stay until they end. Switch thread.
 */
final class Moves {
    private final BackendChoice choice;
    private final ServiceMeter meter;

    /** @param choice is told what the next choice is to mind */
    Moves(BackendChoice choice, ServiceMeter meter) {
        this.choice = choice;
        this.meter = meter;
    }

    /** True if a client's packet is to go to another backend than those of its flow before it. */
    boolean mustMove(long flow, Packet p, Snapshot snapshot, int nowS) {
        // All there are may have to be looked at for a recovered one, so once a second is often enough.
        if (p.protocol == IpProtocol.SCTP || Flow.backend(flow) == 0 || Flow.backend(flow) == Flow.RECOVERED
                && (Flow.lastSeenS(flow) == nowS || !recover(flow, snapshot))) {
            return false;
        }
        if (p.protocol != IpProtocol.TCP) {
            return isBetterElsewhere(flow, snapshot);
        }
        if ((Tcp.flags(p.ip + p.l4) & (Tcp.SYN | Tcp.ACK)) != Tcp.SYN) {
            return false;
        }
        if (Flow.isHandedOn(flow)) {
            // The node that it was handed on to chooses for itself, and can only drop what none of its own serves.
            return isBetterElsewhere(flow, snapshot);
        }
        if (snapshot.self().settled() && snapshot.services().backendState(Flow.backend(flow)) == ServiceTable.GONE) {
            // It would be refused, or lost, though others serve.
            return true;
        }
        if (Flow.state(flow) == FlowState.SYN_SENT) {
            meter.repeated(flow, nowS);
            if (meter.load().ejects()) {
                choice.avoid(Flow.backend(flow));
                return true;
            }
        } else if (isRefused(flow) && meter.load().ejects()) {
            // The client tries again; the flow gives way to a new one.
            choice.avoid(Flow.backend(flow));
        }
        return false;
    }

    /** True for a connection that is over by the backend's answer to its only packet, or an error about that. */
    private static boolean isRefused(long flow) {
        return Flow.state(flow) == FlowState.CLOSE && Flow.packets(flow, false) == 1 && Flow.packets(flow, true) <= 1
                && !Flow.isAcknowledged(flow);
    }

    /**
     * Finds the backend of a flow that a former daemon has left, by its address. False while there are no Services yet,
     * or if the flow's own is gone: then it goes on as it is.
     */
    boolean recover(long flow, Snapshot snapshot) {
        final Frontend frontend = frontend(flow, snapshot);
        if (frontend == null) {
            return false;
        }
        final Backend backend = frontend.port.find(Flow.backendHi(flow), Flow.backendLo(flow), Flow.backendPort(flow));
        if (backend != null) {
            Flow.setBackend(flow, backend.handle, frontend.port.id);
            meter.recovered(flow);
        }
        return true;
    }

    /** True if the flow's backend does not serve any more, unless it is still there and no other one serves either. */
    private boolean isBetterElsewhere(long flow, Snapshot snapshot) {
        final int state = snapshot.services().backendState(Flow.backend(flow));
        if (state == ServiceTable.SERVING) {
            return false;
        }
        if (Flow.isHandedOn(flow)) {
            choice.prefer(vtepOfBackend(flow, snapshot));
        }
        final Frontend frontend = frontend(flow, snapshot);
        return state == ServiceTable.GONE || frontend == null || frontend.port.anyBackend;
    }

    private static Vtep vtepOfBackend(long flow, Snapshot snapshot) {
        final Adjacency way = snapshot.fib().lookup(Flow.version(flow), Flow.backendHi(flow), Flow.backendLo(flow));
        return way == null ? null : way.vtep();
    }

    /** What the client of the flow has addressed, or null if no Service has it any more. */
    private static Frontend frontend(long flow, Snapshot snapshot) {
        final Frontend own = snapshot.services().lookup(Flow.version(flow), Flow.vipHi(flow), Flow.vipLo(flow),
                Flow.protocol(flow), Flow.vipPort(flow));
        return own != null ? own : snapshot.nodePort(Flow.version(flow), Flow.protocol(flow), Flow.vipPort(flow));
    }
}
