package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.Traffic;
import dev.ringway.fib.IpAddress;
import dev.ringway.podnet.ControlOp;
import dev.ringway.podnet.LivePod;
import dev.ringway.podnet.PodManager;

/** {@code pods}: the pods that are connected and their traffic; rx is from the pod, tx to it. */
public final class PodsOp implements ControlOp {
    private final PodManager pods;

    public PodsOp(PodManager pods) {
        this.pods = pods;
    }

    @Override
    public String name() {
        return "pods";
    }

    @Override
    public JsonNode run(JsonNode arguments) {
        final ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (LivePod pod : pods.pods()) {
            final ObjectNode one = all.addObject();
            one.put("name", pod.spec().name()).put("containerId", pod.spec().containerId())
                    .put("netns", pod.spec().netns().toString())
                    .put("interface", pod.spec().interfaceName()).put("device", pod.port().device())
                    .put("offloads", pod.port().offloads().toString()).put("mtu", pod.port().mtu())
                    .put("port", pod.port().number()).put("shard", pod.port().shard());
            final ArrayNode addresses = one.putArray("addresses");
            for (IpAddress address : pod.spec().addresses()) {
                addresses.add(IpText.text(address));
            }
            TrafficJson.put(one.putObject("counters"), Traffic.of(pod.port()));
        }
        return all;
    }
}
