package dev.ringway.observe.metrics;

import static dev.ringway.observe.metrics.MetricType.COUNTER;
import static dev.ringway.observe.metrics.MetricType.GAUGE;
import static dev.ringway.observe.metrics.MetricType.HISTOGRAM;
import static dev.ringway.observe.metrics.MetricType.SUMMARY;

import java.util.Arrays;
import java.util.List;

/**
 * Every metric there is. One entry gives what {@code /metrics} says of it, {@code ringway metrics --list} and
 * docs/METRICS.md. Names as Prometheus' conventions have them: base units, {@code _total} for counters.
 */
public enum Metric {
    BUILD_INFO(GAUGE, "ringway_build_info", "Always 1; tells the version of the program, of Java, and the node's name"
            + " as the switch knows it", "version", "java", "node"),
    READY(GAUGE, "ringway_ready", "1 when the switch has started and the node's own end is connected; /readyz also"
            + " tests the way through the switch"),
    START_SECONDS(GAUGE, "ringway_start_seconds", "Time from the start of the process until packets were forwarded"),
    PROBES(COUNTER, "ringway_probes_total", "Tests of the way through the switch that /readyz has made, by result",
            "result"),
    PROBE_SECONDS(GAUGE, "ringway_probe_seconds", "How long the last test of the way through the switch took"),

    GENERATION(GAUGE, "ringway_snapshot_generation", "Number of the tables that are in force; each change makes a new"
            + " one"),
    PROGRAMMING(HISTOGRAM, "ringway_programming_seconds", "Time from when a change was noticed (a file's change, the"
            + " news of a source, a look at a file) until it was in force, in the switch and the kernel", "of"),
    SYNC(HISTOGRAM, "kubeproxy_sync_proxy_rules_duration_seconds", "How long it took to bring changed Services into"
            + " force; the same as kube-proxy's metric of this name"),
    SYNC_FULL(HISTOGRAM, "kubeproxy_sync_full_proxy_rules_duration_seconds", "The same where all Services were"
            + " compiled anew: at the start, and when this node's addresses, ranges or zone have changed"),
    SYNC_PARTIAL(HISTOGRAM, "kubeproxy_sync_partial_proxy_rules_duration_seconds", "The same where only those were"
            + " compiled that have changed"),
    SYNC_QUEUED(GAUGE, "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds", "When a change was noticed last, or"
            + " what may be one"),
    SYNC_LAST(GAUGE, "kubeproxy_sync_proxy_rules_last_timestamp_seconds", "When Services were last in line with what"
            + " their source says; stands still while that is refused or out of reach, where kube-proxy's metric of"
            + " this name goes on"),
    NETWORK_PROGRAMMING(HISTOGRAM, "kubeproxy_network_programming_duration_seconds", "Time from a pod's change in the"
            + " cluster, as its EndpointSlice tells it (annotation endpoints.kubernetes.io/last-change-trigger-time),"
            + " until it was in force here; by the clocks of two machines"),
    SERVICE_CHANGES(COUNTER, "kubeproxy_sync_proxy_rules_service_changes_total", "Changes of Services that are in"
            + " force"),
    SLICE_CHANGES(COUNTER, "kubeproxy_sync_proxy_rules_endpoint_changes_total", "Changes of EndpointSlices that are in"
            + " force"),
    SERVICES_PENDING(GAUGE, "kubeproxy_sync_proxy_rules_service_changes_pending", "Services whose change was heard of"
            + " and is not in force; always 0 with files"),
    SLICES_PENDING(GAUGE, "kubeproxy_sync_proxy_rules_endpoint_changes_pending", "EndpointSlices whose change was heard"
            + " of and is not in force; always 0 with files"),
    NO_LOCAL(GAUGE, "kubeproxy_sync_proxy_rules_no_local_endpoints_total", "Ports of Services with traffic policy Local"
            + " (traffic_policy: internal or external) that have endpoints, but none on this node; a gauge, as"
            + " kube-proxy's of this name", "ip_family", "traffic_policy"),
    HEALTHZ(COUNTER, "kubeproxy_proxy_healthz_total", "Answers to /healthz of services.healthz, by HTTP status",
            "code"),
    LIVEZ(COUNTER, "kubeproxy_proxy_livez_total", "Answers to /livez of services.healthz, by HTTP status", "code"),
    SERVICES_IN_LINE(GAUGE, "ringway_services_in_line", "1 while what the Services' source says is in force; 0 while"
            + " it is refused, out of reach or not in the kernel: ringway status tells why"),
    SERVICES_READ(GAUGE, "ringway_services_read_timestamp_seconds", "When the Services that are in force were read;"
            + " only with services.file"),
    SOURCE_CONNECTED(GAUGE, "ringway_source_connected", "1 while changes are heard of from the Kubernetes API or"
            + " etcd (cluster.source); not there with source: file"),
    SOURCE_SYNCED(GAUGE, "ringway_source_synced", "1 when all of the source's objects are known; 0: what is in force"
            + " was kept from before. Not there with source: file"),

    POD_RX_PACKETS(COUNTER, "ringway_pod_receive_packets_total", "Packets from the pod, as segments on the wire",
            Labels.POD),
    POD_RX_BYTES(COUNTER, "ringway_pod_receive_bytes_total", "Bytes from the pod, from the IP header on", Labels.POD),
    POD_TX_PACKETS(COUNTER, "ringway_pod_transmit_packets_total", "Packets to the pod, as segments on the wire",
            Labels.POD),
    POD_TX_BYTES(COUNTER, "ringway_pod_transmit_bytes_total", "Bytes to the pod, from the IP header on", Labels.POD),
    POD_DROPS(COUNTER, "ringway_pod_dropped_packets_total", "Packets from or to the pod that were dropped", Labels.POD),
    PODS(GAUGE, "ringway_pods", "Pods that are connected"),
    PODS_WAITING(GAUGE, "ringway_pods_waiting", "Pods that should be connected and are not; ringway status tells why"),

    HOST_RX_PACKETS(COUNTER, "ringway_host_receive_packets_total", "Packets from the node itself, as segments"),
    HOST_RX_BYTES(COUNTER, "ringway_host_receive_bytes_total", "Bytes from the node itself, from the IP header on"),
    HOST_TX_PACKETS(COUNTER, "ringway_host_transmit_packets_total", "Packets to the node itself, as segments"),
    HOST_TX_BYTES(COUNTER, "ringway_host_transmit_bytes_total", "Bytes to the node itself, from the IP header on"),
    HOST_DROPS(COUNTER, "ringway_host_dropped_packets_total", "Packets from or to the node itself that were dropped"),

    PEER_RX_PACKETS(COUNTER, "ringway_peer_receive_packets_total", "Packets from the other node, as segments, without"
            + " the tunnel's headers", "node"),
    PEER_RX_BYTES(COUNTER, "ringway_peer_receive_bytes_total", "Their bytes, from the inner IP header on", "node"),
    PEER_TX_PACKETS(COUNTER, "ringway_peer_transmit_packets_total", "Packets to the other node, as segments, without"
            + " the tunnel's headers", "node"),
    PEER_TX_BYTES(COUNTER, "ringway_peer_transmit_bytes_total", "Their bytes, from the inner IP header on", "node"),
    PEER_DROPS(COUNTER, "ringway_peer_dropped_packets_total", "Packets from or to the other node that were dropped",
            "node"),
    PEER_MTU(GAUGE, "ringway_peer_path_mtu_bytes", "Path MTU of the underlay to the other node", "node"),
    PEERS(GAUGE, "ringway_peers", "Other nodes of the cluster"),

    DROPS(COUNTER, "ringway_dropped_packets_total", "Packets that were dropped, by reason; docs/DROPS.md tells what"
            + " each means", "reason"),

    RING_DEPTH(GAUGE, "ringway_ring_depth", "Packets in the ring at this moment", "shard", "ring"),
    RING_SLOTS(GAUGE, "ringway_ring_slots", "Packets that the ring has room for", "shard", "ring"),
    ROUNDS(HISTOGRAM, "ringway_switch_round_seconds", "Duty cycle: how long a round of switching took in which there"
            + " was something to switch, at most 64 packets", "shard"),
    ROUND_PACKETS(COUNTER, "ringway_switch_packets_total", "Packets that were switched in those rounds; a"
            + " super-packet of many segments is one", "shard"),
    TURNS(COUNTER, "ringway_thread_turns_total", "How often a thread of the packet path has gone round", "thread"),
    FLOWS(GAUGE, "ringway_flows", "Flows to Services in the flow table", "shard"),
    FLOW_SLOTS(GAUGE, "ringway_flow_slots", "Flows that the flow table has room for", "shard"),
    FLOWS_EVICTED(COUNTER, "ringway_flows_evicted_total", "Flows that were given up to make room: unreplied, or the"
            + " longest idle", "shard", "kind"),
    FLOWS_REFUSED(COUNTER, "ringway_flows_refused_total", "Flows for which there was no room", "shard"),
    EJECTED(GAUGE, "ringway_ejected_backends", "Backends that get no new flows now, because they did not answer",
            "shard"),

    SERVICE_PORTS(GAUGE, "ringway_service_ports", "Ports of Services in the tables, each IP version for itself"),
    BACKENDS(GAUGE, "ringway_backends", "Backends in the tables"),
    SERVICE_FLOWS(COUNTER, "ringway_service_flows_total", "Flows to the Service's port that were opened on this node",
            Labels.SERVICE),
    SERVICE_OPEN(GAUGE, "ringway_service_open_flows", "Flows to the Service's port that are open on this"
            + " node and not over", Labels.SERVICE),
    SERVICE_FORWARD_PACKETS(COUNTER, "ringway_service_forward_packets_total", "Packets from clients to backends",
            Labels.SERVICE),
    SERVICE_FORWARD_BYTES(COUNTER, "ringway_service_forward_bytes_total", "Their bytes, from the IP header on",
            Labels.SERVICE),
    SERVICE_REPLY_PACKETS(COUNTER, "ringway_service_reply_packets_total", "Packets from backends to clients, those"
            + " that pass this node", Labels.SERVICE),
    SERVICE_REPLY_BYTES(COUNTER, "ringway_service_reply_bytes_total", "Their bytes, from the IP header on",
            Labels.SERVICE),
    SERVICE_REFUSED(COUNTER, "ringway_service_refused_total", "TCP connections that the backend answered by a reset",
            Labels.SERVICE),
    SERVICE_UNANSWERED(COUNTER, "ringway_service_unanswered_total", "TCP connections that ended, or went to another"
            + " backend, without an answer", Labels.SERVICE),
    SERVICE_NO_BACKEND(COUNTER, "ringway_service_no_backend_total", "New connections for which there was no backend",
            Labels.SERVICE),
    SERVICE_CONNECT(HISTOGRAM, "ringway_service_connect_seconds", "Time from a client's SYN to the backend's"
            + " SYN-ACK, as"
            + " seen by this node; there from the first one on", Labels.SERVICE),
    SERVICE_EJECTED(GAUGE, "ringway_service_ejected_backends", "Backends of the Service's port that get no new flows"
            + " from a shard now, because they did not answer", Labels.SERVICE),
    SERVICE_BACKENDS(GAUGE, "ringway_service_backends", "Backends that new flows can go to from here, with policy"
            + " Cluster", Labels.SERVICE),
    BACKEND_FLOWS(COUNTER, "ringway_backend_flows_total", "Flows to the backend that were opened on this node",
            Labels.BACKEND),
    BACKEND_FORWARD_BYTES(COUNTER, "ringway_backend_forward_bytes_total", "Bytes from clients to the backend, from the"
            + " IP header on", Labels.BACKEND),
    BACKEND_REPLY_BYTES(COUNTER, "ringway_backend_reply_bytes_total", "Bytes from the backend to clients, those that"
            + " pass this node", Labels.BACKEND),
    BACKEND_REFUSED(COUNTER, "ringway_backend_refused_total", "TCP connections that the backend answered by a reset",
            Labels.BACKEND),
    BACKEND_UNANSWERED(COUNTER, "ringway_backend_unanswered_total", "TCP connections that ended, or went to another"
            + " backend, without an answer", Labels.BACKEND),
    BACKEND_EJECTED(GAUGE, "ringway_backend_ejected", "1 while the backend gets no new flows from a shard, because"
            + " it did"
            + " not answer", Labels.BACKEND),
    NOT_SHOWN(GAUGE, "ringway_series_overflow", "Pods, nodes, Services' ports or backends that have no series of their"
            + " own, because there are too many; the series whose labels are _overflow has their sum, but for backends,"
            + " which their port's series has", "of"),

    LOG_SUPPRESSED(COUNTER, "ringway_log_suppressed_lines_total", "Lines that were not logged, because there were too"
            + " many or they repeated themselves"),

    PROCESS_CPU(COUNTER, "process_cpu_seconds_total", "Processor time that the process has used"),
    PROCESS_START(GAUGE, "process_start_time_seconds", "When the process started, in seconds since 1970"),
    PROCESS_RESIDENT(GAUGE, "process_resident_memory_bytes", "Memory that the process occupies"),
    PROCESS_FDS(GAUGE, "process_open_fds", "Open file descriptors"),
    PROCESS_MAX_FDS(GAUGE, "process_max_fds", "Most file descriptors that can be open"),
    JVM_HEAP_USED(GAUGE, "jvm_memory_used_bytes", "Memory of the JVM in use", "area"),
    JVM_HEAP_MAX(GAUGE, "jvm_memory_max_bytes", "Most memory that the JVM may use; not there where there is no limit",
            "area"),
    JVM_GC(SUMMARY, "jvm_gc_collection_seconds", "Garbage collections", "gc"),
    JVM_THREADS(GAUGE, "jvm_threads_current", "Platform threads of the JVM");

    private final MetricType type;
    private final String title;
    private final String help;
    private final List<String> labels;

    /** Labels that several have in common. */
    private static final class Labels {
        private static final String[] POD = {"namespace", "pod", "interface"};
        private static final String[] SERVICE = {"namespace", "service", "port", "protocol", "ip_family"};
        private static final String[] BACKEND = {"namespace", "service", "port", "protocol", "ip_family", "backend"};
    }

    Metric(MetricType type, String title, String help, String... labels) {
        this.type = type;
        this.title = title;
        this.help = help;
        this.labels = List.of(labels);
    }

    public MetricType type() {
        return type;
    }

    /** As Prometheus knows it. */
    public String title() {
        return title;
    }

    /** One sentence for people. */
    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels;
    }

    /** The labels of what has no series of its own. */
    String[] overflow() {
        final String[] all = new String[labels.size()];
        Arrays.fill(all, SeriesCap.OVERFLOW);
        return all;
    }
}
