package dev.ringway.control.services;

import java.util.ArrayList;
import java.util.List;

/** A Service with its slices, as wanted and as compiled last. Control thread only. */
final class ServiceState {
    private static final EndpointSliceSpec[] NO_SLICES = {};

    final ServiceKey key;
    /** Null if there are only slices of it. */
    ServiceSpec spec;
    EndpointSliceSpec[] slices = NO_SLICES;
    PortState[] ports = PortState.NONE;
    /** True while it waits to be compiled. */
    boolean queued;

    ServiceState(ServiceKey key) {
        this.key = key;
    }

    boolean isUnused() {
        return spec == null && slices.length == 0 && ports.length == 0;
    }

    /** How many backends its ports have together. */
    int backends() {
        int count = 0;
        for (PortState port : ports) {
            count += port.backends.length;
        }
        return count;
    }

    EndpointSliceSpec slice(String name) {
        for (EndpointSliceSpec slice : slices) {
            if (slice.name().equals(name)) {
                return slice;
            }
        }
        return null;
    }

    /** Replaces the slice of this name, or adds or removes it. */
    void setSlice(String name, EndpointSliceSpec slice) {
        final List<EndpointSliceSpec> all = new ArrayList<>(slices.length + 1);
        boolean replaced = false;
        for (EndpointSliceSpec one : slices) {
            if (!one.name().equals(name)) {
                all.add(one);
            } else if (slice != null) {
                all.add(slice);
                replaced = true;
            }
        }
        if (slice != null && !replaced) {
            all.add(slice);
        }
        slices = all.isEmpty() ? NO_SLICES : all.toArray(NO_SLICES);
    }

    PortState port(ServicePortSpec port, int version) {
        for (PortState one : ports) {
            if (one.is(port, version)) {
                return one;
            }
        }
        return null;
    }
}
