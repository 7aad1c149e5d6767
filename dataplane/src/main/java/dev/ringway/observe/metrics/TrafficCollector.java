package dev.ringway.observe.metrics;

import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.Traffic;
import dev.ringway.fib.Vtep;
import dev.ringway.podnet.HostNetwork;
import dev.ringway.podnet.LivePod;
import dev.ringway.podnet.PodManager;
import java.util.List;

/** Traffic of each pod, of the node itself, and with each other node; receive is from it, transmit to it. */
public final class TrafficCollector implements Collector {
    /** Pods with series of their own; a node has 110 by the kubelet's default. */
    static final int MOST_PODS = 512;
    static final int MOST_PEERS = 1024;

    private final SnapshotPublisher publisher;
    private final HostNetwork host;
    private final PodManager pods;
    private final SeriesCap<List<String>> podCap = SeriesCap.ofNames(MOST_PODS);
    private final SeriesCap<List<String>> peerCap = SeriesCap.ofNames(MOST_PEERS);

    public TrafficCollector(SnapshotPublisher publisher, HostNetwork host, PodManager pods) {
        this.publisher = publisher;
        this.host = host;
        this.pods = pods;
    }

    @Override
    public void collect(Sheet sheet) {
        for (LivePod pod : pods.pods()) {
            final String name = pod.spec().name();
            final int slash = name.indexOf('/');
            podCap.add(List.of(name.substring(0, Math.max(0, slash)), name.substring(slash + 1),
                    pod.spec().interfaceName()), values(Traffic.of(pod.port())));
        }
        sheet.put(Metric.NOT_SHOWN, podCap.finish((labels, values) -> put(sheet, Metric.POD_RX_PACKETS, values,
                labels)), "pods");
        put(sheet, Metric.HOST_RX_PACKETS, values(host.traffic()), List.of());
        final List<Vtep> vteps = publisher.current().vteps().all();
        for (Vtep vtep : vteps) {
            peerCap.add(List.of(vtep.node()), values(Traffic.of(vtep)));
        }
        sheet.put(Metric.NOT_SHOWN, peerCap.finish((labels, values) -> put(sheet, Metric.PEER_RX_PACKETS, values,
                labels)), "nodes");
        final long nowNs = System.nanoTime();
        for (Vtep vtep : vteps.subList(0, Math.min(vteps.size(), MOST_PEERS))) {
            sheet.put(Metric.PEER_MTU, vtep.pathMtu(nowNs), vtep.node());
        }
    }

    private static long[] values(Traffic traffic) {
        return new long[] {traffic.rxPackets(), traffic.rxBytes(), traffic.txPackets(), traffic.txBytes(),
            traffic.drops()};
    }

    /**
     * Puts five metrics, which follow one another in this order.
     *
     * @param labels null: the sum of several
     */
    private static void put(Sheet sheet, Metric first, long[] values, List<String> labels) {
        final String[] texts = labels == null ? first.overflow() : labels.toArray(String[]::new);
        for (int i = 0; i < values.length; i++) {
            sheet.put(Metric.values()[first.ordinal() + i], values[i], texts);
        }
    }
}
