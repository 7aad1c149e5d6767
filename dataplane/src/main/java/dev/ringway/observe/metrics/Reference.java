package dev.ringway.observe.metrics;

import dev.ringway.packet.DropReason;

/** docs/METRICS.md and docs/DROPS.md, made from the code. */
public final class Reference {
    public static final String METRICS_COMMAND = "./ringway metrics --list --markdown > docs/METRICS.md";
    public static final String DROPS_COMMAND = "./ringway counters --reasons --markdown > docs/DROPS.md";

    private Reference() {
    }

    /** All metrics. */
    public static String metrics() {
        final StringBuilder text = new StringBuilder("""
                # Metrics

                What `http://127.0.0.1:9465/metrics` has (key `metrics.listen`). Made by `%s`; not to be edited.

                Receive is always what came from a pod, node or client into the switch, transmit what the switch sent
                there. Pods, other nodes and ports of Services have series of their own up to %d, %d and %d of them;
                the others are added up in the series whose labels are `_overflow`, and `ringway_series_overflow` tells
                how many they are. Backends have series from their first flow on, up to %d of them; the others are in
                their port's only. A series, once there, stays for as long as what it is about, and no counter falls
                meanwhile. kube-proxy's names are used where the meaning is kube-proxy's;
                `kubeproxy_network_programming_duration_seconds` is not, since it counts from the endpoint's own change
                in the cluster: `ringway_programming_seconds` counts from when this node heard of it.

                | metric | type | labels | meaning |
                | --- | --- | --- | --- |
                """.formatted(METRICS_COMMAND, TrafficCollector.MOST_PODS, TrafficCollector.MOST_PEERS,
                ServiceCollector.MOST_PORTS, BackendSeries.MOST));
        for (Metric metric : Metric.values()) {
            text.append("| `").append(metric.title()).append("` | ").append(metric.type().word()).append(" | ")
                    .append(String.join(", ", metric.labels())).append(" | ").append(metric.help()).append(" |\n");
        }
        return text.toString();
    }

    /** All reasons for which packets are dropped. */
    public static String drops() {
        final StringBuilder text = new StringBuilder("""
                # Why packets are dropped

                What `ringway counters` and `ringway_dropped_packets_total{reason="…"}` count. Made by
                `%s`; not to be edited.

                | reason | meaning |
                | --- | --- |
                """.formatted(DROPS_COMMAND));
        for (DropReason reason : DropReason.values()) {
            text.append("| `").append(reason.name()).append("` | ").append(reason.label()).append(" |\n");
        }
        return text.toString();
    }
}
