package dev.ringway.service;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.conntrack.FlowTable;

/** Hears what becomes of flows, and keeps counters and backends' load true. Switch thread; allocates only to grow. */
public final class ServiceMeter implements FlowTable.FlowObserver {
    private final ServiceCounters counters;
    private final BackendLoad load;

    public ServiceMeter(ServiceCounters counters, BackendLoad load) {
        this.counters = counters;
        this.load = load;
    }

    public BackendLoad load() {
        return load;
    }

    /** A flow has been made. */
    public void opened(long flow, int nowUs) {
        Flow.setOpenedUs(flow, nowUs);
        final int handle = Flow.backend(flow);
        counters.opened(Flow.service(flow), handle);
        if (Handle.isOne(handle)) {
            load.opened(handle);
        }
    }

    /** The backend of a flow that a former daemon has left is known again. */
    public void recovered(long flow) {
        if (isOfBackend(flow)) {
            load.opened(Flow.backend(flow));
        }
    }

    /** True if it counts as an open flow of a backend: it has one, and is no half that only its answers pass. */
    private static boolean isOfBackend(long flow) {
        return Handle.isOne(Flow.backend(flow)) && !Flow.isAnswersOnly(flow);
    }

    /** The backend has answered a flow's first packet: by SYN and ACK, or by a reset. */
    public void answered(long flow, boolean reset, int nowUs, int nowS) {
        final int handle = Flow.backend(flow);
        final int service = Flow.service(flow);
        if (!Handle.isOne(service) || !Handle.isOne(handle)) {
            return;
        }
        if (reset) {
            counters.refused(service, handle);
            load.failed(handle, service, nowS);
        } else {
            counters.answered(service, handle, nowUs - Flow.openedUs(flow));
            load.answered(handle);
        }
    }

    /** The backend must have answered, since the client goes on. */
    public void confirmed(long flow) {
        if (Handle.isOne(Flow.backend(flow))) {
            load.answered(Flow.backend(flow));
        }
    }

    /** The client has sent its first packet again. */
    public void repeated(long flow, int nowS) {
        if (Handle.isOne(Flow.backend(flow))) {
            load.failed(Flow.backend(flow), Flow.service(flow), nowS);
        }
    }

    /** There was no backend for a new connection. */
    public void noBackend(ServicePort port) {
        counters.noBackend(port.id);
    }

    @Override
    public void ended(long flow) {
        counters.ended(flow);
        if (!isOfBackend(flow)) {
            return;
        }
        final int handle = Flow.backend(flow);
        if (Flow.state(flow) == FlowState.SYN_SENT) {
            counters.unanswered(Flow.service(flow), handle);
        }
        load.ended(handle);
    }
}
