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
    /** Of services: new connections for which there was no backend. Of backends: the handle that the row is about. */
    public static final int NO_BACKEND = 7;
    private static final int HANDLE = 7;
    private static final int COLUMNS = 8;

    /** Latencies from SYN to SYN-ACK: the first bucket is below 64 µs, each further one below twice as much. */
    public static final int BUCKETS = 16;
    private static final int FIRST_BUCKET_BITS = 6;

    private final CounterRows services = new CounterRows(COLUMNS);
    private final CounterRows backends = new CounterRows(COLUMNS);
    private final CounterRows latencies = new CounterRows(BUCKETS + 1);

    /** @param column one of the constants */
    public long ofService(int id, int column) {
        return services.get(id, column);
    }

    /** 0 if the slot's counters are about another backend that had the slot before. */
    public long ofBackend(int handle, int column) {
        final int slot = Backend.slot(handle);
        return backends.get(slot, HANDLE) == handle ? backends.get(slot, column) : 0;
    }

    /** How many latencies of a service port fell into a bucket. */
    public long latencies(int id, int bucket) {
        return latencies.get(id, bucket);
    }

    /** Their sum in microseconds. */
    public long latencySum(int id) {
        return latencies.get(id, BUCKETS);
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
        services.add(id, NO_BACKEND, 1);
    }

    void answered(int id, int microseconds) {
        final int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, microseconds));
        latencies.add(id, Math.clamp(bits - FIRST_BUCKET_BITS, 0, BUCKETS - 1), 1);
        latencies.add(id, BUCKETS, Math.max(0, microseconds));
    }

    /** A flow of a former daemon has no service or backend that could be told. */
    private void add(int id, int handle, int column, long amount) {
        if (id >= 0) {
            services.add(id, column, amount);
        }
        if (Backend.isHandle(handle)) {
            final int slot = Backend.slot(handle);
            if (backends.get(slot, HANDLE) != handle) {
                for (int i = 0; i < COLUMNS; i++) {
                    backends.set(slot, i, 0);
                }
                backends.set(slot, HANDLE, handle);
            }
            backends.add(slot, column, amount);
        }
    }
}
