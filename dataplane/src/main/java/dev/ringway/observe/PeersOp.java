package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.Traffic;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.fib.Vtep;
import dev.ringway.podnet.ControlOp;

/** {@code peers}: the other nodes and the traffic with them; rx is from the node, tx to it. */
public final class PeersOp implements ControlOp {
    private final SnapshotPublisher publisher;

    public PeersOp(SnapshotPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public String name() {
        return "peers";
    }

    @Override
    public JsonNode run(JsonNode arguments) {
        final SnapshotPublisher.View view = publisher.view();
        final ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Vtep vtep : view.snapshot().vteps().all()) {
            final ObjectNode one = all.addObject();
            one.put("node", vtep.node())
                    .put("address", IpText.text(new IpAddress(vtep.version(), vtep.hi(), vtep.lo())))
                    .put("mac", MacAddress.text(vtep.mac()));
            final ArrayNode podCidrs = one.putArray("podCidrs");
            final NodeSpec node = view.cluster().node(vtep.node());
            for (Prefix range : node.podCidrs()) {
                podCidrs.add(IpText.text(range));
            }
            one.put("pathMtu", vtep.pathMtu(System.nanoTime()));
            TrafficJson.put(one.putObject("counters"), Traffic.of(vtep));
        }
        return all;
    }
}
