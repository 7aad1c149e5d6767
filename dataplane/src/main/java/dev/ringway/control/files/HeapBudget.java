package dev.ringway.control.files;

import dev.ringway.config.ConfigException;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.EndpointSpec;
import dev.ringway.control.services.ServiceSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether what files hold has room on the heap. Estimated while they are read, from what was measured, because a heap
 * that is exhausted stops the whole switch: a file that is too large must not be taken over, not even half.
 *
 * @param heapBytes most that the JVM takes from the system for its heap
 */
record HeapBudget(long heapBytes) {
    /** What is there without Services. */
    private static final long BASE = 20L << 20;
    private static final int SERVICE = 700;
    private static final int SERVICE_PORT = 700;
    private static final int OUTSIDE = 600;
    private static final int SLICE = 350;
    private static final int ENDPOINT = 150;
    private static final int BACKEND = 150;
    /** The garbage collector needs room to work in, and more so than it could use for what lives long. */
    private static final double USABLE = 0.7;
    private static final long MIB = 1 << 20;
    private static final long STEP = 32;

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

    /** @throws ConfigException if there is no room for so much */
    void check(Path file, long objectBytes) throws ConfigException {
        final long needed = BASE + objectBytes;
        if (needed > heapBytes * USABLE) {
            final long wanted = ((long) (needed / USABLE / MIB) / STEP + 1) * STEP;
            throw new ConfigException(List.of(file + ": with what is in force it needs about " + wanted
                    + " MiB of heap or more, and the JVM has " + heapBytes / MIB + "; set RINGWAY_JAVA_OPTS=-Xmx"
                    + wanted + "m"));
        }
    }
}
