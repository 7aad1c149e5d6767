package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.Traffic;
import dev.ringway.fib.Vtep;
import dev.ringway.packet.DropReason;
import dev.ringway.podnet.ControlOp;
import dev.ringway.podnet.HostNetwork;
import dev.ringway.podnet.LivePod;
import dev.ringway.podnet.PodManager;
import dev.ringway.shard.Dataplane;

/** {@code counters}: the node's totals since the daemon started, and its drops by reason. */
public final class CountersOp implements ControlOp {
    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;
    private final HostNetwork host;
    private final PodManager pods;

    public CountersOp(Dataplane dataplane, SnapshotPublisher publisher, HostNetwork host, PodManager pods) {
        this.dataplane = dataplane;
        this.publisher = publisher;
        this.host = host;
        this.pods = pods;
    }

    @Override
    public String name() {
        return "counters";
    }

    @Override
    public JsonNode run(JsonNode arguments) {
        final ObjectNode counters = JsonNodeFactory.instance.objectNode();
        final ObjectNode packets = counters.putObject("packets");
        TrafficJson.put(packets.putObject("pods"), podTraffic());
        TrafficJson.put(packets.putObject("host"), host.traffic());
        TrafficJson.put(packets.putObject("tunnel"), tunnelTraffic());
        final ObjectNode drops = counters.putObject("drops");
        for (DropReason reason : DropReason.values()) {
            drops.putObject(reason.name()).put("count", dataplane.drops(reason)).put("label", reason.label());
        }
        return counters;
    }

    private Traffic podTraffic() {
        Traffic sum = pods.retired();
        for (LivePod pod : pods.pods()) {
            sum = sum.plus(Traffic.of(pod.port()));
        }
        return sum;
    }

    private Traffic tunnelTraffic() {
        final SnapshotPublisher.View view = publisher.view();
        Traffic sum = view.retiredPeers();
        for (Vtep vtep : view.snapshot().vteps().all()) {
            sum = sum.plus(Traffic.of(vtep));
        }
        return sum;
    }
}
