package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code ringway peers}. */
@Command(name = "peers",
        description = "Lists the other nodes of the cluster and the traffic with them. RX is from the node, TX to it;"
                + " PATH MTU is that of the underlay as configured or learned.")
final class PeersCommand extends QueryCommand {
    PeersCommand() {
        super("peers");
    }

    @Override
    String text(JsonNode peers) {
        final Table table = new Table("NODE", "ADDRESS", "MAC", "PODS", ">PATH MTU", ">RX PACKETS", ">RX",
                ">TX PACKETS", ">TX", ">DROPS");
        for (JsonNode peer : peers) {
            final JsonNode counters = peer.path("counters");
            table.row(peer.path("node").asText(), peer.path("address").asText(), peer.path("mac").asText(),
                    Texts.list(peer.path("podCidrs")), peer.path("pathMtu").asText(),
                    counters.path("rxPackets").asText(), Texts.bytes(counters.path("rxBytes").asLong()),
                    counters.path("txPackets").asText(), Texts.bytes(counters.path("txBytes").asLong()),
                    counters.path("drops").asText());
        }
        return table.isEmpty() ? "this node has no peers\n" : table.toString();
    }
}
