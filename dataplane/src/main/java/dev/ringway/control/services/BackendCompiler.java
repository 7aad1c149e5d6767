package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import dev.ringway.service.Backend;
import dev.ringway.service.ServiceTable;
import java.util.List;

/** Brings the table's backends of a port in line with its endpoints; what stays keeps its handle. */
final class BackendCompiler {
    private final Slots slots;
    private final ServiceTable.Builder table;

    BackendCompiler(Slots slots, ServiceTable.Builder table) {
        this.slots = slots;
        this.table = table;
    }

    /** @return one for each endpoint, in the same order */
    Backend[] update(Backend[] before, List<Endpoint> endpoints) {
        final Backend[] now = new Backend[endpoints.size()];
        int old = 0;
        for (int i = 0; i < now.length; i++) {
            final Endpoint endpoint = endpoints.get(i);
            while (old < before.length && compare(endpoint, before[old]) > 0) {
                remove(before[old++]);
            }
            final Backend known =
                    old < before.length && compare(endpoint, before[old]) == 0 ? before[old++] : null;
            now[i] = put(endpoint, known);
        }
        while (old < before.length) {
            remove(before[old++]);
        }
        return now;
    }

    private Backend put(Endpoint endpoint, Backend known) {
        final int weight = endpoint.spec().weight();
        final Backend backend = known != null && known.weight == weight && known.local == endpoint.local() ? known
                : backend(known == null ? slots.take() : known.handle, endpoint);
        final int state = endpoint.isServing() ? ServiceTable.SERVING : ServiceTable.NOT_SERVING;
        if (backend != known || table.backendState(backend.handle) != state) {
            table.put(backend, state);
        }
        return backend;
    }

    private static Backend backend(int handle, Endpoint endpoint) {
        final IpAddress address = endpoint.spec().address();
        return new Backend(handle, address.version(), address.hi(), address.lo(), endpoint.port(),
                endpoint.spec().weight(), endpoint.local());
    }

    private void remove(Backend backend) {
        table.remove(backend);
        slots.release(backend.handle);
    }

    private static int compare(Endpoint endpoint, Backend backend) {
        return endpoint.compareAddress(backend.version, backend.hi, backend.lo, backend.port);
    }
}
