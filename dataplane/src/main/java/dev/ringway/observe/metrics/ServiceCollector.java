package dev.ringway.observe.metrics;

import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.Protocols;
import dev.ringway.observe.Latencies;
import dev.ringway.observe.ServiceTraffic;
import dev.ringway.service.Ejections;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServiceCounters;
import dev.ringway.service.ServiceTable;
import dev.ringway.shard.Dataplane;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What goes through each port of each Service, and through backends, from the tables in force. Looks at every open flow
 * once. Ports that nothing has gone through share their zeros, so that they take a few words each.
 */
public final class ServiceCollector implements Collector {
    /** Ports with series of their own. */
    static final int MOST_PORTS = 1024;
    private static final double MICROS = 1e-6;

    /** Behind the columns of {@link ServiceCounters} those of the histogram, and then the sum of its times. */
    private static final int CONNECTS = ServiceCounters.NO_BACKEND + 1;
    private static final int CONNECT_MICROS = CONNECTS + ServiceCounters.BUCKETS;
    private static final long[] NOTHING = new long[CONNECT_MICROS + 1];
    private static final double[] BOUNDS = bounds();
    private static final Metric[] COLUMNS = {Metric.SERVICE_FLOWS, Metric.SERVICE_FORWARD_PACKETS,
        Metric.SERVICE_FORWARD_BYTES, Metric.SERVICE_REPLY_PACKETS, Metric.SERVICE_REPLY_BYTES,
        Metric.SERVICE_REFUSED, Metric.SERVICE_UNANSWERED, Metric.SERVICE_NO_BACKEND};

    private final SnapshotPublisher publisher;
    private final Dataplane dataplane;
    private final SeriesCap<Integer> cap;
    private final BackendSeries backends;

    public ServiceCollector(SnapshotPublisher publisher, Dataplane dataplane) {
        this(publisher, dataplane, MOST_PORTS, BackendSeries.MOST);
    }

    ServiceCollector(SnapshotPublisher publisher, Dataplane dataplane, int mostPorts, int mostBackends) {
        this.publisher = publisher;
        this.dataplane = dataplane;
        cap = SeriesCap.ofHandles(mostPorts);
        backends = new BackendSeries(mostBackends);
    }

    private static double[] bounds() {
        final double[] bounds = new double[ServiceCounters.BUCKETS];
        for (int i = 0; i < bounds.length - 1; i++) {
            bounds[i] = ServiceCounters.bound(i) / 1e6;
        }
        bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
        return bounds;
    }

    @Override
    public void collect(Sheet sheet) {
        final ServiceTable services = publisher.current().services();
        final Map<Integer, Frontend> ports = new TreeMap<>();
        services.forEachFrontend(one -> ports.merge(one.port.id, one, ServiceCollector::betterKnown));
        final ServiceTraffic traffic = new ServiceTraffic(dataplane);
        ports.keySet().forEach(traffic::wantPort);
        backends.look(dataplane.serviceCounters(), services);
        backends.want(traffic);
        traffic.read();
        ports.keySet().forEach(id -> cap.add(id, counted(traffic, id)));
        sheet.put(Metric.SERVICE_PORTS, ports.size());
        sheet.put(Metric.NOT_SHOWN, cap.finish((id, values) -> put(sheet, id == null ? Metric.SERVICE_FLOWS.overflow()
                : labels(ports.get(id)).toArray(String[]::new), values)), "services");
        final Map<Integer, Integer> ejectedOf = new HashMap<>();
        final Set<Integer> ejected = ejected(ejectedOf);
        gauges(sheet, ports, traffic, ejectedOf);
        noLocal(sheet, ports.values());
        backends.put(sheet, traffic, services, id -> ports.containsKey(id) ? labels(ports.get(id)) : null, ejected);
    }

    /** That of the cluster IP, whose number is the Service's own; else always the same one. */
    private static Frontend betterKnown(Frontend a, Frontend b) {
        return Comparator.comparing((Frontend one) -> one.kind != Kind.CLUSTER_IP).thenComparing(one -> one.token)
                .thenComparing(one -> one.number).compare(a, b) <= 0 ? a : b;
    }

    private static List<String> labels(Frontend one) {
        final String name = one.port.name;
        final int slash = name.indexOf('/');
        final int colon = name.indexOf(':', slash + 1);
        final String port = colon < 0 ? "" : name.substring(colon + 1);
        return List.of(name.substring(0, Math.max(0, slash)),
                name.substring(slash + 1, colon < 0 ? name.length() : colon),
                port.isEmpty() ? Integer.toString(one.number) : port,
                Protocols.word(one.protocol()).toLowerCase(Locale.ROOT), one.version() == 4 ? "IPv4" : "IPv6");
    }

    private static long[] counted(ServiceTraffic traffic, int id) {
        final long[] values = new long[NOTHING.length];
        for (int i = 0; i < COLUMNS.length; i++) {
            values[i] = traffic.ofPort(id, i);
        }
        if (Arrays.equals(values, NOTHING)) {
            return NOTHING;
        }
        final Latencies latencies = traffic.latencies(id);
        System.arraycopy(latencies.buckets(), 0, values, CONNECTS, ServiceCounters.BUCKETS);
        values[CONNECT_MICROS] = latencies.sumMicros();
        return values;
    }

    private static void put(Sheet sheet, String[] labels, long[] values) {
        for (int i = 0; i < COLUMNS.length; i++) {
            sheet.put(COLUMNS[i], values[i], labels);
        }
        final long[] connects = Arrays.copyOfRange(values, CONNECTS, CONNECT_MICROS);
        if (Arrays.stream(connects).sum() > 0) {
            sheet.put(Metric.SERVICE_CONNECT, BOUNDS, connects, values[CONNECT_MICROS] * MICROS, labels);
        }
    }

    private static void noLocal(Sheet sheet, Collection<Frontend> ports) {
        for (int version = 4; version <= 6; version += 2) {
            int internal = 0;
            int external = 0;
            for (Frontend one : ports) {
                if (one.version() == version && one.port.local.isEmpty() && one.port.anyBackend) {
                    internal += one.port.internalLocal ? 1 : 0;
                    external += one.port.externalLocal ? 1 : 0;
                }
            }
            sheet.put(Metric.NO_LOCAL, internal, "IPv" + version, "internal");
            sheet.put(Metric.NO_LOCAL, external, "IPv" + version, "external");
        }
    }

    /** What can fall, of ports that are shown; of the others the sum. */
    private void gauges(Sheet sheet, Map<Integer, Frontend> ports, ServiceTraffic traffic,
            Map<Integer, Integer> ejectedOf) {
        final long[] others = new long[3];
        boolean some = false;
        for (Map.Entry<Integer, Frontend> one : ports.entrySet()) {
            final int id = one.getKey();
            final long open = traffic.openFlows(id);
            final int usable = one.getValue().port.cluster.size();
            final int ejected = ejectedOf.getOrDefault(id, 0);
            if (cap.isShown(id)) {
                gauges(sheet, labels(one.getValue()).toArray(String[]::new), open, usable, ejected);
            } else {
                some = true;
                others[0] += open;
                others[1] += usable;
                others[2] += ejected;
            }
        }
        if (some) {
            gauges(sheet, Metric.SERVICE_OPEN.overflow(), others);
        }
    }

    private static void gauges(Sheet sheet, String[] labels, long... values) {
        sheet.put(Metric.SERVICE_OPEN, values[0], labels);
        sheet.put(Metric.SERVICE_BACKENDS, values[1], labels);
        sheet.put(Metric.SERVICE_EJECTED, values[2], labels);
    }

    /** @param byPort takes how many each Service's port has */
    private Set<Integer> ejected(Map<Integer, Integer> byPort) {
        final Set<Integer> handles = new HashSet<>();
        for (Ejections shard : dataplane.ejections()) {
            for (int i = 0; i < shard.size(); i++) {
                if (handles.add(shard.handle(i))) {
                    byPort.merge(shard.service(i), 1, Integer::sum);
                }
            }
        }
        return handles;
    }
}
