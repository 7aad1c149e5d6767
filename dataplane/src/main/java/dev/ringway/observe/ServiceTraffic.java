package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.service.ServiceCounters;
import dev.ringway.shard.Dataplane;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What has gone through Services and backends: the flows that are over, as counted, and those that are open. Of the
 * moment it is made.
 */
public final class ServiceTraffic {
    private final List<ServiceCounters> counters;
    private final Map<Integer, Open> byService = new HashMap<>();
    private final Map<Integer, Open> byBackend = new HashMap<>();

    /** Of open flows, by the columns of {@link ServiceCounters}. */
    private static final class Open {
        private long flows;
        private final long[] sums = new long[ServiceCounters.REPLY_BYTES + 1];

        private void add(long flow) {
            if (!Flow.isAnswersOnly(flow)) {
                flows++;
            }
            sums[ServiceCounters.FORWARD_PACKETS] += Flow.packets(flow, false);
            sums[ServiceCounters.FORWARD_BYTES] += Flow.bytes(flow, false);
            sums[ServiceCounters.REPLY_PACKETS] += Flow.packets(flow, true);
            sums[ServiceCounters.REPLY_BYTES] += Flow.bytes(flow, true);
        }
    }

    public ServiceTraffic(Dataplane dataplane) {
        counters = dataplane.serviceCounters();
        for (FlowTable table : dataplane.flows()) {
            for (int i = 0; i < table.used(); i++) {
                final long flow = table.entry(i);
                if (Flow.state(flow) != 0) {
                    byService.computeIfAbsent(Flow.service(flow), id -> new Open()).add(flow);
                    byBackend.computeIfAbsent(Flow.backend(flow), handle -> new Open()).add(flow);
                }
            }
        }
    }

    /** Sums of the columns of {@link ServiceCounters}, of the flows that are over; of a Service's port. */
    private long[] closed(int id) {
        final long[] sums = new long[ServiceCounters.NO_BACKEND + 1];
        for (ServiceCounters shard : counters) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += shard.ofService(id, i);
            }
        }
        return sums;
    }

    /** Sums of the columns of {@link ServiceCounters}, of a Service's port. */
    public long[] ofService(int id) {
        final long[] sums = closed(id);
        final Open open = byService.get(id);
        for (int i = 0; open != null && i < open.sums.length; i++) {
            sums[i] += open.sums[i];
        }
        return sums;
    }

    /** Open flows of a Service's port. */
    public long openFlows(int id) {
        final Open open = byService.get(id);
        return open == null ? 0 : open.flows;
    }

    /** Connections to a Service's port that were answered. */
    public long connects(int id) {
        return Arrays.stream(latencies(id)).sum();
    }

    /** How long it took from each one's SYN to its SYN-ACK, in microseconds, together. */
    public long connectMicros(int id) {
        long sum = 0;
        for (ServiceCounters shard : counters) {
            sum += shard.latencySum(id);
        }
        return sum;
    }

    private long[] latencies(int id) {
        final long[] buckets = new long[ServiceCounters.BUCKETS];
        for (ServiceCounters shard : counters) {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] += shard.latencies(id, i);
            }
        }
        return buckets;
    }

    /** @param id of the Service's port */
    void putService(ObjectNode node, int id) {
        final long[] sums = closed(id);
        final long[] buckets = latencies(id);
        final long answers = Arrays.stream(buckets).sum();
        final long latency = connectMicros(id);
        put(node, sums, byService.get(id));
        node.put("noBackend", sums[ServiceCounters.NO_BACKEND]);
        final ObjectNode answered = node.putObject("synToSynAck").put("count", answers)
                .put("meanMicros", answers == 0 ? 0 : latency / answers);
        answered.put("p50BelowMicros", bound(buckets, answers, 50)).put("p99BelowMicros", bound(buckets, answers, 99));
    }

    void putBackend(ObjectNode node, int handle) {
        final long[] sums = new long[ServiceCounters.UNANSWERED + 1];
        for (ServiceCounters shard : counters) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += shard.ofBackend(handle, i);
            }
        }
        put(node, sums, byBackend.get(handle));
    }

    private static void put(ObjectNode node, long[] sums, Open open) {
        final long[] now = open == null ? new long[ServiceCounters.REPLY_BYTES + 1] : open.sums;
        node.put("flows", sums[ServiceCounters.FLOWS]).put("openFlows", open == null ? 0 : open.flows);
        node.putObject("toBackend")
                .put("packets", sums[ServiceCounters.FORWARD_PACKETS] + now[ServiceCounters.FORWARD_PACKETS])
                .put("bytes", sums[ServiceCounters.FORWARD_BYTES] + now[ServiceCounters.FORWARD_BYTES]);
        node.putObject("toClient")
                .put("packets", sums[ServiceCounters.REPLY_PACKETS] + now[ServiceCounters.REPLY_PACKETS])
                .put("bytes", sums[ServiceCounters.REPLY_BYTES] + now[ServiceCounters.REPLY_BYTES]);
        node.put("refused", sums[ServiceCounters.REFUSED]).put("unanswered", sums[ServiceCounters.UNANSWERED]);
    }

    /** The bucket's bound below which so many percent are. */
    private static long bound(long[] buckets, long count, int percent) {
        long below = 0;
        for (int i = 0; i < buckets.length; i++) {
            below += buckets[i];
            if (count > 0 && below * 100 >= count * percent) {
                return ServiceCounters.bound(i);
            }
        }
        return 0;
    }
}
