package dev.ringway.observe.metrics;

import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.Protocols;
import dev.ringway.observe.ServiceTraffic;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServiceCounters;
import dev.ringway.shard.Dataplane;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What goes through each port of each Service, from the tables in force. Looks at every open flow once. */
public final class ServiceCollector implements Collector {
    /** Ports with series of their own. */
    static final int MOST_PORTS = 1024;
    private static final double MICROS = 1e-6;

    private static final int CONNECTS = ServiceCounters.NO_BACKEND + 1;
    private static final int CONNECT_MICROS = CONNECTS + 1;
    private static final int OPEN = CONNECT_MICROS + 1;
    private static final int BACKENDS = OPEN + 1;
    /** The last two are no counters. */
    private static final int GAUGES = 2;
    private static final Metric[] COLUMNS = {Metric.SERVICE_FLOWS, Metric.SERVICE_FORWARD_PACKETS,
        Metric.SERVICE_FORWARD_BYTES, Metric.SERVICE_REPLY_PACKETS, Metric.SERVICE_REPLY_BYTES,
        Metric.SERVICE_REFUSED, Metric.SERVICE_UNANSWERED, Metric.SERVICE_NO_BACKEND};

    private final SnapshotPublisher publisher;
    private final Dataplane dataplane;
    private final SeriesCap cap = new SeriesCap(MOST_PORTS);

    public ServiceCollector(SnapshotPublisher publisher, Dataplane dataplane) {
        this.publisher = publisher;
        this.dataplane = dataplane;
    }

    @Override
    public void collect(Sheet sheet) {
        final Map<Integer, Frontend> ports = new TreeMap<>();
        publisher.current().services().forEachFrontend(one -> ports.merge(one.port.id, one,
                ServiceCollector::betterKnown));
        final ServiceTraffic traffic = new ServiceTraffic(dataplane);
        ports.keySet().forEach(traffic::wantPort);
        traffic.read();
        ports.forEach((id, one) -> cap.add(labels(one), values(traffic, id, one)));
        sheet.put(Metric.SERVICE_PORTS, ports.size());
        sheet.put(Metric.NOT_SHOWN, cap.finish(GAUGES, (labels, values) -> put(sheet, labels, values)), "services");
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

    private static long[] values(ServiceTraffic traffic, int id, Frontend one) {
        final long[] values = new long[BACKENDS + 1];
        for (int i = 0; i < COLUMNS.length; i++) {
            values[i] = traffic.ofPort(id, i);
        }
        values[CONNECTS] = traffic.latencies(id).count();
        values[CONNECT_MICROS] = traffic.latencies(id).sumMicros();
        values[OPEN] = traffic.openFlows(id);
        values[BACKENDS] = one.port.cluster.backends.length;
        return values;
    }

    private static void put(Sheet sheet, List<String> labelList, long[] values) {
        final String[] labels = labelList.toArray(String[]::new);
        for (int i = 0; i < COLUMNS.length; i++) {
            sheet.put(COLUMNS[i], values[i], labels);
        }
        sheet.put(Metric.SERVICE_CONNECT, values[CONNECTS], values[CONNECT_MICROS] * MICROS, labels);
        sheet.put(Metric.SERVICE_OPEN, values[OPEN], labels);
        sheet.put(Metric.SERVICE_BACKENDS, values[BACKENDS], labels);
    }
}
