package dev.ringway.observe.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The values of one moment, filled in by the collectors one after the other. One thread. */
public final class Sheet {
    private static final String TOTAL = "_total";
    private static final String INFO = "_info";

    private final Map<Metric, List<DataPointSnapshot>> points = new EnumMap<>(Metric.class);

    /**
     * Notes a counter or a gauge.
     *
     * @param labels values of its labels, in their order
     */
    public void put(Metric metric, double value, String... labels) {
        add(metric, switch (metric.type()) {
            case COUNTER -> new CounterDataPointSnapshot(value, labels(metric, labels), (Exemplar) null, 0L);
            case GAUGE -> metric.title().endsWith(INFO) ? new InfoDataPointSnapshot(labels(metric, labels))
                    : new GaugeDataPointSnapshot(value, labels(metric, labels), null);
            default -> throw new IllegalArgumentException(metric.title() + " is no single number");
        });
    }

    /**
     * Notes a histogram.
     *
     * @param bounds upper bound of each bucket in seconds, the last one infinite
     * @param counts how many values each bucket has
     */
    public void put(Metric metric, double[] bounds, long[] counts, double sum, String... labels) {
        add(metric, new HistogramDataPointSnapshot(ClassicHistogramBuckets.of(bounds, counts), sum,
                labels(metric, labels), Exemplars.EMPTY, 0L));
    }

    /** Notes a summary without quantiles. */
    public void put(Metric metric, long count, double sum, String... labels) {
        add(metric, new SummaryDataPointSnapshot(count, sum, Quantiles.EMPTY, labels(metric, labels), Exemplars.EMPTY,
                0L));
    }

    private void add(Metric metric, DataPointSnapshot point) {
        points.computeIfAbsent(metric, m -> new ArrayList<>()).add(point);
    }

    private static Labels labels(Metric metric, String... values) {
        return Labels.of(metric.labels().toArray(String[]::new), values);
    }

    /** All of it in the library's form. */
    MetricSnapshots snapshots() {
        final List<MetricSnapshot> all = new ArrayList<>();
        points.forEach((metric, of) -> all.add(snapshot(metric, of)));
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot snapshot(Metric metric, List<DataPointSnapshot> points) {
        return switch (metric.type()) {
            case COUNTER -> new CounterSnapshot(metadata(metric, TOTAL), only(points, CounterDataPointSnapshot.class));
            case GAUGE -> metric.title().endsWith(INFO)
                    ? new InfoSnapshot(metadata(metric, INFO), only(points, InfoDataPointSnapshot.class))
                    : new GaugeSnapshot(metadata(metric, ""), only(points, GaugeDataPointSnapshot.class));
            case HISTOGRAM -> new HistogramSnapshot(metadata(metric, ""),
                    only(points, HistogramDataPointSnapshot.class));
            case SUMMARY -> new SummarySnapshot(metadata(metric, ""), only(points, SummaryDataPointSnapshot.class));
        };
    }

    /** The library adds a type's ending itself. */
    private static MetricMetadata metadata(Metric metric, String ending) {
        return new MetricMetadata(metric.title().substring(0, metric.title().length() - ending.length()),
                metric.help());
    }

    private static <T> List<T> only(List<DataPointSnapshot> points, Class<T> type) {
        return points.stream().map(type::cast).toList();
    }
}
