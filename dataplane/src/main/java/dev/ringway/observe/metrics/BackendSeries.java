package dev.ringway.observe.metrics;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.observe.ServiceTraffic;
import dev.ringway.service.Backend;
import dev.ringway.service.Handle;
import dev.ringway.service.ServiceCounters;
import dev.ringway.service.ServiceTable;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Which backends have series of their own, and those: the first ones that something was counted for, for as long as
 * they are listed. There is no sum of the others, which would take memory for each. One thread at a time.
 */
final class BackendSeries {
    static final int MOST = 1024;

    private static final int[] COLUMNS = {ServiceCounters.FLOWS, ServiceCounters.FORWARD_BYTES,
        ServiceCounters.REPLY_BYTES, ServiceCounters.REFUSED, ServiceCounters.UNANSWERED};
    private static final Metric[] METRICS = {Metric.BACKEND_FLOWS, Metric.BACKEND_FORWARD_BYTES,
        Metric.BACKEND_REPLY_BYTES, Metric.BACKEND_REFUSED, Metric.BACKEND_UNANSWERED};

    private final int most;
    private final Map<Integer, Shown> shown = new LinkedHashMap<>();
    private int hidden;

    /** A backend, its port, and what was told of it last. */
    private record Shown(int service, long[] last) {
    }

    BackendSeries(int most) {
        this.most = most;
    }

    /** Looks for backends that may be shown now, and for those that are gone. */
    void look(List<ServiceCounters> counters, ServiceTable services) {
        shown.keySet().removeIf(handle -> services.backendState(handle) == ServiceTable.GONE);
        final Set<Integer> others = new HashSet<>();
        for (ServiceCounters shard : counters) {
            shard.forEachBackend((handle, service) -> {
                if (services.backendState(handle) == ServiceTable.GONE || shown.containsKey(handle)) {
                    return;
                }
                if (shown.size() < most) {
                    shown.put(handle, new Shown(service, new long[COLUMNS.length]));
                } else {
                    others.add(handle);
                }
            });
        }
        hidden = others.size();
    }

    /** Names what is to be read for them. */
    void want(ServiceTraffic traffic) {
        shown.keySet().forEach(traffic::wantBackend);
    }

    /**
     * Tells of them.
     *
     * @param labels  of a Service's port, or null if it has gone
     * @param ejected handles of those that get no new flows
     */
    void put(Sheet sheet, ServiceTraffic traffic, ServiceTable services, IntFunction<List<String>> labels,
            Set<Integer> ejected) {
        for (Iterator<Map.Entry<Integer, Shown>> all = shown.entrySet().iterator(); all.hasNext();) {
            final Map.Entry<Integer, Shown> one = all.next();
            final int handle = one.getKey();
            final Backend backend = services.backend(Handle.slot(handle));
            final List<String> port = labels.apply(one.getValue().service);
            if (port == null || backend == null) {
                continue;
            }
            final String[] texts = Stream.concat(port.stream(), Stream.of(IpText.endpoint(
                    new IpAddress(backend.version, backend.hi, backend.lo), backend.port))).toArray(String[]::new);
            final long[] last = one.getValue().last;
            for (int i = 0; i < COLUMNS.length; i++) {
                // As in SeriesCap: what has fallen was read at a bad moment.
                last[i] = Math.max(last[i], traffic.ofBackend(handle, COLUMNS[i]));
                sheet.put(METRICS[i], last[i], texts);
            }
            sheet.put(Metric.BACKEND_EJECTED, ejected.contains(handle) ? 1 : 0, texts);
        }
        sheet.put(Metric.NOT_SHOWN, hidden, "backends");
    }
}
