package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code ringway pods}. */
@Command(name = "pods",
        description = "Lists the pods connected to this node's switch and their traffic. RX is from the pod, TX to it;"
                + " packets are counted as they are on the wire, a super-packet as its segments.")
final class PodsCommand extends QueryCommand {
    PodsCommand() {
        super("pods");
    }

    @Override
    String text(JsonNode pods) {
        final Table table = new Table("POD", "ADDRESSES", "INTERFACE", ">SHARD", ">RX PACKETS", ">RX", ">TX PACKETS",
                ">TX", ">DROPS", "NETNS");
        for (JsonNode pod : pods) {
            final JsonNode counters = pod.path("counters");
            table.row(pod.path("name").asText(), Texts.list(pod.path("addresses")), pod.path("interface").asText(),
                    pod.path("shard").asText(), counters.path("rxPackets").asText(),
                    Texts.bytes(counters.path("rxBytes").asLong()), counters.path("txPackets").asText(),
                    Texts.bytes(counters.path("txBytes").asLong()), counters.path("drops").asText(),
                    pod.path("netns").asText());
        }
        return table.isEmpty() ? "no pods are connected\n" : table.toString();
    }
}
