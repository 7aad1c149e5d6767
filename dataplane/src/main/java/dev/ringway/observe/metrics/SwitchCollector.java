package dev.ringway.observe.metrics;

import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.control.services.ServiceFeed;
import dev.ringway.packet.DropReason;
import dev.ringway.podnet.PodManager;
import dev.ringway.shard.Dataplane;
import dev.ringway.shard.RoundTimes;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The switch itself: drops, rings, rounds, flows, and how many of everything there are. */
public final class SwitchCollector implements Collector {
    private static final double NS = 1e-9;
    private static final double[] ROUND_BOUNDS = roundBounds();

    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;
    private final PodManager pods;
    private final Supplier<Map<String, String>> waiting;
    private final ClusterSource source;

    /**
     * @param waiting pods that should be connected and are not
     * @param source  of nodes and Services, or null: files
     */
    public SwitchCollector(Dataplane dataplane, SnapshotPublisher publisher, PodManager pods,
            Supplier<Map<String, String>> waiting, ClusterSource source) {
        this.dataplane = dataplane;
        this.publisher = publisher;
        this.pods = pods;
        this.waiting = waiting;
        this.source = source;
    }

    @Override
    public void collect(Sheet sheet) {
        for (DropReason reason : DropReason.values()) {
            sheet.put(Metric.DROPS, dataplane.drops(reason), reason.name());
        }
        dataplane.gauges().forEach((name, value) -> gauge(sheet, name, value));
        final List<RoundTimes> rounds = dataplane.rounds();
        for (int shard = 0; shard < rounds.size(); shard++) {
            rounds(sheet, rounds.get(shard), Integer.toString(shard));
        }
        dataplane.turns().forEach((thread, turns) -> {
            if (turns >= 0) {
                sheet.put(Metric.TURNS, turns, thread);
            }
        });
        final var snapshot = publisher.current();
        sheet.put(Metric.GENERATION, snapshot.generation());
        sheet.put(Metric.PEERS, snapshot.vteps().all().size());
        sheet.put(Metric.BACKENDS, snapshot.services().backendCount());
        sheet.put(Metric.PODS, pods.pods().size());
        sheet.put(Metric.PODS_WAITING, waiting.get().size());
        final ServiceFeed.Pending pending = source == null ? ServiceFeed.Pending.NONE : source.pending();
        sheet.put(Metric.SERVICES_PENDING, pending.services());
        sheet.put(Metric.SLICES_PENDING, pending.slices());
        if (source != null) {
            sheet.put(Metric.SOURCE_CONNECTED, source.isConnected() ? 1 : 0);
            sheet.put(Metric.SOURCE_SYNCED, source.isSynced() ? 1 : 0);
        }
    }

    /** @param name as {@link Dataplane#gauges} has it, for instance shard0.receiveDepth */
    private static void gauge(Sheet sheet, String name, long value) {
        final int dot = name.indexOf('.');
        final String shard = name.substring("shard".length(), dot);
        switch (name.substring(dot + 1)) {
            case "receiveDepth" -> sheet.put(Metric.RING_DEPTH, value, shard, "receive");
            case "receiveSlots" -> sheet.put(Metric.RING_SLOTS, value, shard, "receive");
            case "transmitDepth" -> sheet.put(Metric.RING_DEPTH, value, shard, "transmit");
            case "transmitSlots" -> sheet.put(Metric.RING_SLOTS, value, shard, "transmit");
            case "flows" -> sheet.put(Metric.FLOWS, value, shard);
            case "flowSlots" -> sheet.put(Metric.FLOW_SLOTS, value, shard);
            case "flowsEvictedUnreplied" -> sheet.put(Metric.FLOWS_EVICTED, value, shard, "unreplied");
            case "flowsEvictedIdle" -> sheet.put(Metric.FLOWS_EVICTED, value, shard, "idle");
            case "flowsRefused" -> sheet.put(Metric.FLOWS_REFUSED, value, shard);
            case "ejectedBackends" -> sheet.put(Metric.EJECTED, value, shard);
            default -> throw new IllegalStateException("the gauge " + name + " has no metric");
        }
    }

    private static void rounds(Sheet sheet, RoundTimes times, String shard) {
        final long[] counts = new long[RoundTimes.BUCKETS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = times.rounds(i);
        }
        sheet.put(Metric.ROUNDS, ROUND_BOUNDS, counts, times.sumNs() * NS, shard);
        sheet.put(Metric.ROUND_PACKETS, times.packets(), shard);
    }

    private static double[] roundBounds() {
        final double[] bounds = new double[RoundTimes.BUCKETS];
        for (int i = 0; i < bounds.length - 1; i++) {
            bounds[i] = RoundTimes.boundNs(i) / 1e9;
        }
        bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
        return bounds;
    }
}
