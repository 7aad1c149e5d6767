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
                their port's only. How many packets each backend gets and how long connecting to it takes is in
                `ringway services` alone: a histogram of each would be too many series. A series, once there, stays
                for as long as what it is about, and no counter falls meanwhile.

                kube-proxy's names (`kubeproxy_…`) are used where the meaning is kube-proxy's. Both IP versions come
                into force together, so that what is about that has no label `ip_family`. Those of its metrics that
                are not here have no counterpart:

                | of kube-proxy | why not |
                | --- | --- |
                | `…_iptables_total`, `…_iptables_last`, `…_iptables_restore_failures_total`, \
                `…_iptables_partial_restore_failures_total` | there are no rules of a Service |
                | `…_nftables_sync_failures_total`, `…_nftables_cleanup_failures_total` | the few rules that steer \
                clients outside are made anew until that succeeds; `ringway_services_in_line` is 0 meanwhile |
                | `kubeproxy_iptables_ct_state_invalid_dropped_packets_total` | it is \
                `ringway_dropped_packets_total{reason="FLOW_INVALID"}` |
                | `kubeproxy_iptables_localhost_nodeports_accepted_packets_total` | NodePorts are on loopback only \
                where `services.nodePortAddresses` says so |
                | `kubeproxy_conntrack_reconciler_…` | flows are the switch's own and follow its tables packet by \
                packet; the kernel's are looked at only when what clients outside address changes |
                | `rest_client_…`, `go_…` | there is no Go client: `ringway_source_connected`, `jvm_…` |

                Beside `/metrics` there is `/proxyMode`, which answers `ringway`; kube-proxy's `/configz` is not there.
                All of these are on `metrics.listen`, not on 127.0.0.1:10249.

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
