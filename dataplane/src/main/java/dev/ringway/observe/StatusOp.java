package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.SourceState;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.fib.Prefix;
import dev.ringway.podnet.ControlOp;
import dev.ringway.podnet.HostNetwork;
import dev.ringway.podnet.PodManager;
import dev.ringway.shard.Dataplane;
import dev.ringway.tun.TunPort;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;

/** {@code status}: how the daemon is and what it found on this machine. */
public final class StatusOp implements ControlOp {
    private final NodeInfo info;
    private final Readiness readiness;
    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;
    private final HostNetwork host;
    private final PodManager pods;
    private final Supplier<Map<String, String>> waiting;
    private final ServiceListing services;

    /** @param waiting pods that should be connected and are not, and why */
    public StatusOp(NodeInfo info, Readiness readiness, Dataplane dataplane, SnapshotPublisher publisher,
            HostNetwork host, PodManager pods, Supplier<Map<String, String>> waiting, ServiceListing services) {
        this.info = info;
        this.readiness = readiness;
        this.dataplane = dataplane;
        this.publisher = publisher;
        this.host = host;
        this.pods = pods;
        this.waiting = waiting;
        this.services = services;
    }

    @Override
    public String name() {
        return "status";
    }

    @Override
    public JsonNode run(JsonNode arguments) {
        final SnapshotPublisher.View view = publisher.view();
        final ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("version", info.version()).put("node", info.node()).put("ready", readiness.isReady());
        status.put("pid", ProcessHandle.current().pid()).put("startMs", readiness.startMs());
        status.put("uptimeMs", ProcessTime.sinceStartMs()).put("generation", view.snapshot().generation());
        encap(status.putObject("encap"));
        status.put("mac", MacAddress.text(view.self().mac()));
        status.put("mtu", info.mtu());
        status.putObject("underlay").put("interface", info.underlayInterface())
                .put("address", IpText.text(info.underlayAddress())).put("mtu", info.underlayMtu());
        final ArrayNode podCidrs = status.putArray("podCidrs");
        for (Prefix range : view.self().podCidrs()) {
            podCidrs.add(IpText.text(range));
        }
        status.putObject("threading").put("mode", info.mode().name().toLowerCase()).put("shards", info.shards());
        offloads(status.putObject("offloads"));
        status.put("pods", pods.pods().size()).put("peers", view.snapshot().vteps().all().size());
        final SourceState source = services.sourceState();
        if (source != null) {
            services(status.putObject("services"), source);
        }
        final ObjectNode waitingPods = status.putObject("waitingPods");
        waiting.get().forEach(waitingPods::put);
        final ObjectNode gauges = status.putObject("gauges");
        dataplane.gauges().forEach(gauges::put);
        return status;
    }

    private static void services(ObjectNode services, SourceState source) {
        services.put("source", source.name()).put("inLine", source.current());
        putTime(services, "readAt", source.readMs());
        services.put("kept", source.kept());
        putTime(services, "refusedSince", source.refusedMs());
        if (source.problem() != null) {
            services.put("problem", source.problem());
        }
    }

    private static void putTime(ObjectNode target, String key, long ms) {
        if (ms > 0) {
            target.put(key, Instant.ofEpochMilli(ms).truncatedTo(ChronoUnit.SECONDS).toString());
        }
    }

    private void encap(ObjectNode encap) {
        switch (info.tunnel()) {
            case VxlanSettings vxlan -> encap.put("type", "vxlan").put("vni", vxlan.vni());
            case GreSettings gre -> {
                encap.put("type", "gre");
                if (gre.keyed()) {
                    encap.put("key", Integer.toUnsignedLong(gre.key()));
                } else {
                    encap.put("key", "none");
                }
            }
        }
        encap.put("port", info.port());
    }

    private void offloads(ObjectNode offloads) {
        dataplane.offloads().forEach(offloads::put);
        final TunPort port = host.port();
        if (port != null) {
            offloads.put("tun", port.offloads().toString());
        }
    }
}
