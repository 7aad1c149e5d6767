package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import dev.ringway.service.Backend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A backend of one port of a Service, out of all its slices.
 *
 * @param port  the port it listens on
 * @param local it runs on this node
 * @param ready it is ready, or the Service publishes what is not
 */
record Endpoint(EndpointSpec spec, int port, boolean local, boolean ready) {
    /** The order that {@link dev.ringway.service.BackendSet} has them in. */
    private static final Comparator<Endpoint> ORDER = Comparator
            .<Endpoint>comparingInt(endpoint -> endpoint.spec.address().version())
            .thenComparing((a, b) -> Long.compareUnsigned(a.spec.address().hi(), b.spec.address().hi()))
            .thenComparing((a, b) -> Long.compareUnsigned(a.spec.address().lo(), b.spec.address().lo()))
            .thenComparingInt(Endpoint::port)
            // Of two with the same address and port the first is kept, as kube-proxy does: a local one before others.
            .thenComparing(endpoint -> !endpoint.local);

    /** Shutting down, but still answering: what is used when nothing is ready. */
    boolean isServingTerminating() {
        return spec.serving() && spec.terminating();
    }

    boolean isServing() {
        return ready || spec.serving();
    }

    boolean isAt(Backend backend) {
        return compareAddress(backend.version, backend.hi, backend.lo, backend.port) == 0;
    }

    /** True if it comes later in the order of the table. */
    boolean isBehind(Backend backend) {
        return compareAddress(backend.version, backend.hi, backend.lo, backend.port) > 0;
    }

    /** The order of the table, by what makes a backend: address and port. */
    int compareAddress(int version, long hi, long lo, int otherPort) {
        final IpAddress address = spec.address();
        if (address.version() != version) {
            return Integer.compare(address.version(), version);
        }
        final int high = Long.compareUnsigned(address.hi(), hi);
        final int low = high != 0 ? high : Long.compareUnsigned(address.lo(), lo);
        return low != 0 ? low : Integer.compare(port, otherPort);
    }

    /** All backends of a port by address and port, each once. Slices name ports as the Service does. */
    static List<Endpoint> of(ServiceSpec service, ServicePortSpec port, int version, EndpointSliceSpec[] slices,
            NodeView node) {
        final List<Endpoint> all = new ArrayList<>();
        for (EndpointSliceSpec slice : slices) {
            if (slice.version() != version) {
                continue;
            }
            for (EndpointPortSpec target : slice.ports()) {
                if (target.port() == 0 || target.protocol() != port.protocol() || !target.name().equals(port.name())) {
                    continue;
                }
                for (EndpointSpec endpoint : slice.endpoints()) {
                    if (endpoint.address().version() == version) {
                        all.add(new Endpoint(endpoint, target.port(), node.has(endpoint),
                                endpoint.ready() || service.publishNotReadyAddresses()));
                    }
                }
            }
        }
        all.sort(ORDER);
        int kept = 0;
        for (Endpoint endpoint : all) {
            final IpAddress address = endpoint.spec.address();
            final boolean known = kept > 0
                    && all.get(kept - 1).compareAddress(version, address.hi(), address.lo(), endpoint.port) == 0;
            if (!known) {
                all.set(kept++, endpoint);
            }
        }
        all.subList(kept, all.size()).clear();
        return all;
    }
}
