package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code ringway pods}. */
@Command(name = "pods",
        description = "Lists the pods connected to this node's switch and their traffic. RX is from the pod, TX to it;"
                + " packets are counted as they are on the wire, a super-packet as its segments.")
final class PodsCommand extends QueryCommand {
    /** As container runtimes shorten them. */
    private static final int SHORT_ID = 13;

    PodsCommand() {
        super("pods");
    }

    @Override
    String text(JsonNode pods) {
        final Table table = new Table("POD", "CONTAINER", "ADDRESSES", "INTERFACE", ">SHARD", ">RX PACKETS", ">RX",
                ">TX PACKETS", ">TX", ">DROPS", "NETNS");
        for (JsonNode pod : pods) {
            final JsonNode counters = pod.path("counters");
            final String container = pod.path("containerId").asText();
            table.row(pod.path("name").asText(), container.isEmpty() ? "-"
                    : container.substring(0, Math.min(container.length(), SHORT_ID)),
                    Texts.list(pod.path("addresses")), pod.path("interface").asText(), pod.path("shard").asText(),
                    counters.path("rxPackets").asText(),
                    Texts.bytes(counters.path("rxBytes").asLong()), counters.path("txPackets").asText(),
                    Texts.bytes(counters.path("txBytes").asLong()), counters.path("drops").asText(),
                    pod.path("netns").asText());
        }
        return table.isEmpty() ? "no pods are connected\n" : table.toString();
    }
}
