package dev.ringway.service;

import dev.ringway.conntrack.Flow;

/**
 * What has gone through each service port and each backend, as one shard saw it. Packets and bytes are counted in the
 * flows and added here when a flow ends; who wants totals adds those of the flows that are open. Written by the switch
 * thread, read by any.
 */
public final class ServiceCounters {
    /** Columns of both tables. */
    public static final int FLOWS = 0;
    public static final int FORWARD_PACKETS = 1;
    public static final int FORWARD_BYTES = 2;
    public static final int REPLY_PACKETS = 3;
    public static final int REPLY_BYTES = 4;
    /** TCP connections that the backend answered by a reset. */
    public static final int REFUSED = 5;
    /** TCP connections that ended, or went to another backend, without an answer. */
    public static final int UNANSWERED = 6;
    /** New connections for which there was no backend; of services only. */
    public static final int NO_BACKEND = 7;
    /** The handle that the row is about: slots are given away again. */
    private static final int HANDLE = 8;
    /** Of services only, the first of as many columns as there are buckets; then the sum of the latencies. */
    private static final int LATENCIES = 9;

    /** Latencies from SYN to SYN-ACK: the first bucket is below 64 µs, each further one below twice as much. */
    public static final int BUCKETS = 16;
    private static final int FIRST_BUCKET_BITS = 6;

    private final CounterRows services = new CounterRows(LATENCIES + BUCKETS + 1);
    private final CounterRows backends = new CounterRows(HANDLE + 1);

    /** @param column one of the constants */
    public long ofService(int id, int column) {
        return get(services, id, column);
    }

    public long ofBackend(int handle, int column) {
        return get(backends, handle, column);
    }

    /** How many latencies of a service port fell into a bucket. */
    public long latencies(int id, int bucket) {
        return get(services, id, LATENCIES + bucket);
    }

    /** Their sum in microseconds. */
    public long latencySum(int id) {
        return latencies(id, BUCKETS);
    }

    /** 0 if the slot's counters are about another that had the slot before. */
    private static long get(CounterRows rows, int handle, int column) {
        final int slot = Handle.slot(handle);
        return rows.get(slot, HANDLE) == handle ? rows.get(slot, column) : 0;
    }

    /** Upper bound of a bucket in microseconds; the last one has none. */
    public static long bound(int bucket) {
        return 1L << bucket + FIRST_BUCKET_BITS;
    }

    void opened(int id, int handle) {
        add(id, handle, FLOWS, 1);
    }

    void ended(long flow) {
        final int id = Flow.service(flow);
        final int handle = Flow.backend(flow);
        add(id, handle, FORWARD_PACKETS, Flow.packets(flow, false));
        add(id, handle, FORWARD_BYTES, Flow.bytes(flow, false));
        add(id, handle, REPLY_PACKETS, Flow.packets(flow, true));
        add(id, handle, REPLY_BYTES, Flow.bytes(flow, true));
    }

    void refused(int id, int handle) {
        add(id, handle, REFUSED, 1);
    }

    void unanswered(int id, int handle) {
        add(id, handle, UNANSWERED, 1);
    }

    void noBackend(int id) {
        add(services, id, NO_BACKEND, 1);
    }

    void answered(int id, int microseconds) {
        final int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, microseconds));
        add(services, id, LATENCIES + Math.clamp(bits - FIRST_BUCKET_BITS, 0, BUCKETS - 1), 1);
        add(services, id, LATENCIES + BUCKETS, Math.max(0, microseconds));
    }

    private void add(int id, int handle, int column, long amount) {
        add(services, id, column, amount);
        add(backends, handle, column, amount);
    }

    /**
     * A flow of a former daemon has no service or backend that could be told. Who comes later takes the row; what is
     * left of those before it is no longer counted.
     */
    private static void add(CounterRows rows, int handle, int column, long amount) {
        if (!Handle.isOne(handle)) {
            return;
        }
        final int slot = Handle.slot(handle);
        final int owner = (int) rows.get(slot, HANDLE);
        if (owner != handle) {
            if (owner != 0 && !Handle.isLater(handle, owner)) {
                return;
            }
            rows.clear(slot);
            rows.set(slot, HANDLE, handle);
        }
        rows.add(slot, column, amount);
    }
}
