package dev.ringway.control.files;

import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.EndpointSpec;
import dev.ringway.control.services.ServiceSpec;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * Whether what files hold has room on the heap. Estimated while they are read, from what was measured, because a heap
 * that is exhausted stops the whole switch: a file that is too large must not be taken over, not even half.
 *
 * @param heapBytes most that the JVM takes from the system for its heap
 * @param longBytes the part of it that is for what lives long
 */
record HeapBudget(long heapBytes, long longBytes) {
    /** What is there without Services. */
    private static final long BASE = 14L << 20;
    private static final int SERVICE = 500;
    private static final int SERVICE_PORT = 250;
    private static final int OUTSIDE = 300;
    private static final int SLICE = 400;
    private static final int ENDPOINT = 75;
    private static final int BACKEND = 95;
    /** With less room to spare the collector of garbage runs all the time, and packets wait for it. */
    private static final double USABLE = 0.85;
    /** Of -Xmx, a survivor space is not counted. */
    private static final double COUNTED = 29 / 30.0;
    private static final long MIB = 1 << 20;
    private static final long STEP = 16;

    static HeapBudget ofThisProcess() {
        final long heap = Runtime.getRuntime().maxMemory();
        long old = heap;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            // That for what lives long is the only one that can be asked whether it is nearly full.
            if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported() && pool.getUsage().getMax() > 0) {
                old = Math.min(old, pool.getUsage().getMax());
            }
        }
        return new HeapBudget(heap, old);
    }

    /** What a Service takes, as read and as compiled. */
    static long of(ServiceSpec service) {
        final int addresses = Math.max(1, service.clusterIps().size());
        final int outside = service.externalIps().size() + service.loadBalancer().size();
        long nodePorts = 0;
        for (var port : service.ports()) {
            nodePorts += port.nodePort() == 0 ? 0 : 1;
        }
        return SERVICE + (long) SERVICE_PORT * addresses * service.ports().size()
                + OUTSIDE * (nodePorts * addresses + (long) outside * service.ports().size());
    }

    /** What a slice takes, as read and as compiled. */
    static long of(EndpointSliceSpec slice) {
        final List<EndpointSpec> endpoints = slice.endpoints();
        return SLICE + (long) endpoints.size() * (ENDPOINT + (long) BACKEND * slice.ports().size());
    }

    /**
     * Whether objects have room.
     *
     * @param after what all objects take when the change is in force
     * @param both  what they take together with those that they replace, for a moment
     */
    boolean hasRoomFor(long after, long both) {
        return needed(after, both) <= heapBytes;
    }

    /** What people are told who want room for so much. */
    String wish(long after, long both) {
        final long mib = ((long) (needed(after, both) / COUNTED / MIB) / STEP + 1) * STEP;
        return "needs about " + mib + " MiB of heap with what is in force, and the JVM has " + heapBytes / MIB
                + "; set RINGWAY_JAVA_OPTS=-Xmx" + mib + "m";
    }

    /** Of heap, divided as this one is. */
    private long needed(long after, long both) {
        return (long) (Math.max((BASE + after) * ((double) heapBytes / longBytes), BASE + both) / USABLE);
    }
}
