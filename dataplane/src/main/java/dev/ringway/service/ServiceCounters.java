package dev.ringway.service;

import dev.ringway.conntrack.Flow;
import java.lang.invoke.VarHandle;

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
    /** Of backends, the port that it is a backend of. */
    private static final int SERVICE = 7;
    /** The handle that the row is about: slots are given away again. */
    private static final int HANDLE = 8;
    /** Of services only, the first of as many columns as there are buckets; then the sum of the latencies. */
    private static final int LATENCIES = 9;

    /** Latencies from SYN to SYN-ACK: the first bucket is below 64 µs, each further one below twice as much. */
    public static final int BUCKETS = 16;
    private static final int FIRST_BUCKET_BITS = 6;
    private static final int PORT_COLUMNS = LATENCIES + BUCKETS + 1;
    private static final int BACKEND_COLUMNS = HANDLE + 1;

    private final CounterRows services = new CounterRows(PORT_COLUMNS);
    private final CounterRows backends = new CounterRows(BACKEND_COLUMNS);
    private final LatencyRows backendLatencies = new LatencyRows(BUCKETS);

    /** Takes backends. */
    public interface BackendVisitor {
        /** @param service port that the backend is one of */
        void backend(int handle, int service);
    }

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

    /** How many latencies of a backend fell into a bucket, to those of its other buckets: see {@link LatencyRows}. */
    public int backendLatencies(int handle, int bucket) {
        final int slot = Handle.slot(handle);
        return backends.get(slot, HANDLE) == handle ? backendLatencies.get(slot, bucket) : 0;
    }

    /** Shows all backends that something was counted for, also such as are gone. */
    public void forEachBackend(BackendVisitor visitor) {
        for (int slot = 0; slot < backends.rows(); slot++) {
            final int handle = (int) backends.get(slot, HANDLE);
            if (handle != 0) {
                visitor.backend(handle, (int) backends.get(slot, SERVICE));
            }
        }
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

    /**
     * Takes over what the flow has counted. The flow has nothing any more before it is added here: who reads first
     * these counters and then the flows never finds it twice.
     */
    void ended(long flow) {
        final long forwardPackets = Flow.packets(flow, false);
        final long forwardBytes = Flow.bytes(flow, false);
        final long replyPackets = Flow.packets(flow, true);
        final long replyBytes = Flow.bytes(flow, true);
        Flow.clearCounts(flow);
        VarHandle.storeStoreFence();
        final int id = Flow.service(flow);
        add(services, row(services, id, PORT_COLUMNS), forwardPackets, forwardBytes, replyPackets, replyBytes);
        add(backends, backendRow(id, Flow.backend(flow)), forwardPackets, forwardBytes, replyPackets, replyBytes);
    }

    private static void add(CounterRows rows, int row, long forwardPackets, long forwardBytes, long replyPackets,
            long replyBytes) {
        if (row >= 0) {
            rows.add(row, FORWARD_PACKETS, forwardPackets);
            rows.add(row, FORWARD_BYTES, forwardBytes);
            rows.add(row, REPLY_PACKETS, replyPackets);
            rows.add(row, REPLY_BYTES, replyBytes);
        }
    }

    void refused(int id, int handle) {
        add(id, handle, REFUSED, 1);
    }

    void unanswered(int id, int handle) {
        add(id, handle, UNANSWERED, 1);
    }

    void noBackend(int id) {
        final int port = row(services, id, PORT_COLUMNS);
        if (port >= 0) {
            services.add(port, NO_BACKEND, 1);
        }
    }

    void answered(int id, int handle, int microseconds) {
        final int took = Math.max(0, microseconds);
        final int bits = Integer.SIZE - Integer.numberOfLeadingZeros(took);
        final int bucket = Math.clamp(bits - FIRST_BUCKET_BITS, 0, BUCKETS - 1);
        final int port = row(services, id, PORT_COLUMNS);
        if (port >= 0) {
            services.add(port, LATENCIES + bucket, 1);
            services.add(port, LATENCIES + BUCKETS, took);
        }
        final int backend = backendRow(id, handle);
        if (backend >= 0) {
            backendLatencies.count(backend, bucket);
        }
    }

    private void add(int id, int handle, int column, long amount) {
        final int port = row(services, id, PORT_COLUMNS);
        if (port >= 0) {
            services.add(port, column, amount);
        }
        final int backend = backendRow(id, handle);
        if (backend >= 0) {
            backends.add(backend, column, amount);
        }
    }

    private int backendRow(int id, int handle) {
        final int row = row(backends, handle, BACKEND_COLUMNS);
        if (row >= 0 && (int) backends.get(row, SERVICE) != id) {
            // It has just become this one's.
            backends.set(row, SERVICE, id);
            backendLatencies.clear(row);
        }
        return row;
    }

    /**
     * The row of a handle, or -1. A flow of a former daemon has no service or backend that could be told. Who comes
     * later takes the row; what is left of those before it is no longer counted.
     */
    private static int row(CounterRows rows, int handle, int columns) {
        if (!Handle.isOne(handle)) {
            return -1;
        }
        final int slot = Handle.slot(handle);
        final int owner = (int) rows.get(slot, HANDLE);
        if (owner != handle) {
            if (owner != 0 && !Handle.isLater(handle, owner)) {
                return -1;
            }
            // First the handle, so that nobody reads what is being cleared as somebody's.
            rows.set(slot, HANDLE, 0);
            for (int column = 0; column < columns; column++) {
                rows.set(slot, column, 0);
            }
            rows.set(slot, HANDLE, handle);
        }
        return slot;
    }
}
