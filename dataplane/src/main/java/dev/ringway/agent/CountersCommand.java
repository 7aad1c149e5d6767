package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringway counters}. */
@Command(name = "counters",
        description = "Shows this node's traffic since the daemon started, and what was dropped and why.")
final class CountersCommand extends QueryCommand {
    @Option(names = "--all", description = "Also list reasons for which nothing was dropped.")
    private boolean all;

    CountersCommand() {
        super("counters");
    }

    @Override
    String text(JsonNode counters) {
        final Table traffic = new Table("TRAFFIC WITH", ">RX PACKETS", ">RX", ">TX PACKETS", ">TX");
        counters.path("packets").properties().forEach(entry -> traffic.row(entry.getKey(),
                entry.getValue().path("rxPackets").asText(), Texts.bytes(entry.getValue().path("rxBytes").asLong()),
                entry.getValue().path("txPackets").asText(), Texts.bytes(entry.getValue().path("txBytes").asLong())));
        final Table drops = new Table("DROPPED BECAUSE", ">PACKETS", "MEANING");
        counters.path("drops").properties().forEach(entry -> {
            if (all || entry.getValue().path("count").asLong() != 0) {
                drops.row(entry.getKey(), entry.getValue().path("count").asText(),
                        entry.getValue().path("label").asText());
            }
        });
        return traffic + "\n" + (drops.isEmpty() ? "nothing was dropped\n" : drops.toString());
    }
}
