package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.service.ServiceCounters;
import dev.ringway.shard.Dataplane;
import java.util.List;

/**
 * What has gone through some ports of Services and backends until the moment of {@link #read}: the flows that are over,
 * as counted, and those that are open. Memory for what is wanted only. One thread.
 *
 * <p>A flow that ends while this reads may be missing, as the counters are read before the flows; none is counted
 * twice. So of two readings the later may have less, but never more than there was.
 */
public final class ServiceTraffic {
    private final Dataplane dataplane;
    private final List<ServiceCounters> counters;
    private final TrafficSums ports = new TrafficSums();
    private final TrafficSums backends = new TrafficSums();

    public ServiceTraffic(Dataplane dataplane) {
        this.dataplane = dataplane;
        counters = dataplane.serviceCounters();
    }

    /** @param id of a Service's port */
    public void wantPort(int id) {
        ports.want(id);
    }

    public void wantBackend(int handle) {
        backends.want(handle);
    }

    public void read() {
        for (ServiceCounters shard : counters) {
            for (int i = 0; i < ports.size(); i++) {
                for (int column = 0; column <= ServiceCounters.NO_BACKEND; column++) {
                    ports.add(i, column, shard.ofService(ports.handle(i), column));
                }
            }
            for (int i = 0; i < backends.size(); i++) {
                for (int column = 0; column <= ServiceCounters.UNANSWERED; column++) {
                    backends.add(i, column, shard.ofBackend(backends.handle(i), column));
                }
            }
        }
        FlowScan.of(dataplane, (flow, id, copy) -> {
            add(ports, ports.find(Flow.service(flow)), flow);
            add(backends, backends.find(Flow.backend(flow)), flow);
        });
    }

    private static void add(TrafficSums sums, int i, long flow) {
        if (i < 0) {
            return;
        }
        sums.add(i, ServiceCounters.FORWARD_PACKETS, Flow.packets(flow, false));
        sums.add(i, ServiceCounters.FORWARD_BYTES, Flow.bytes(flow, false));
        sums.add(i, ServiceCounters.REPLY_PACKETS, Flow.packets(flow, true));
        sums.add(i, ServiceCounters.REPLY_BYTES, Flow.bytes(flow, true));
        if (!Flow.isAnswersOnly(flow) && !isOver(Flow.state(flow))) {
            sums.add(i, TrafficSums.OPEN, 1);
        }
    }

    private static boolean isOver(int state) {
        return FlowState.isOver(state) || state == FlowState.SCTP_CLOSED;
    }

    /** @param column of {@link ServiceCounters} */
    public long ofPort(int id, int column) {
        return ports.get(id, column);
    }

    public long ofBackend(int handle, int column) {
        return backends.get(handle, column);
    }

    /** Flows to a Service's port that are open and not over. */
    public long openFlows(int id) {
        return ports.get(id, TrafficSums.OPEN);
    }

    void putPort(ObjectNode node, int id) {
        put(node, ports, id);
        node.put("noBackend", ports.get(id, ServiceCounters.NO_BACKEND));
        latencies(id).put(node.putObject("synToSynAck"));
    }

    void putBackend(ObjectNode node, int handle) {
        put(node, backends, handle);
        latenciesOfBackend(handle).put(node.putObject("synToSynAck"));
    }

    private static void put(ObjectNode node, TrafficSums sums, int handle) {
        node.put("flows", sums.get(handle, ServiceCounters.FLOWS)).put("openFlows", sums.get(handle, TrafficSums.OPEN));
        node.putObject("toBackend").put("packets", sums.get(handle, ServiceCounters.FORWARD_PACKETS))
                .put("bytes", sums.get(handle, ServiceCounters.FORWARD_BYTES));
        node.putObject("toClient").put("packets", sums.get(handle, ServiceCounters.REPLY_PACKETS))
                .put("bytes", sums.get(handle, ServiceCounters.REPLY_BYTES));
        node.put("refused", sums.get(handle, ServiceCounters.REFUSED))
                .put("unanswered", sums.get(handle, ServiceCounters.UNANSWERED));
    }

    /** Times from SYN to SYN-ACK at a Service's port. */
    public Latencies latencies(int id) {
        final Latencies all = new Latencies();
        for (ServiceCounters shard : counters) {
            for (int i = 0; i < ServiceCounters.BUCKETS; i++) {
                all.add(i, shard.latencies(id, i));
            }
            all.addSum(shard.latencySum(id));
        }
        return all;
    }

    Latencies latenciesOfBackend(int handle) {
        final Latencies all = new Latencies();
        for (ServiceCounters shard : counters) {
            for (int i = 0; i < ServiceCounters.BUCKETS; i++) {
                all.add(i, shard.backendLatencies(handle, i));
            }
        }
        return all;
    }
}
