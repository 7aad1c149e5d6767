package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.observe.metrics.Reference;
import dev.ringway.packet.DropReason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringway counters}. */
@Command(name = "counters",
        description = "Shows this node's traffic since the daemon started, and what was dropped and why.")
final class CountersCommand extends QueryCommand {
    @Option(names = "--all", description = "Also list reasons for which nothing was dropped.")
    private boolean all;

    @Option(names = "--reasons", description = "Only list the reasons why packets are dropped and what each means;"
            + " asks no daemon.")
    private boolean reasons;

    @Option(names = "--markdown", description = "With --reasons: as docs/DROPS.md has them.")
    private boolean markdown;

    CountersCommand() {
        super("counters");
    }

    @Override
    public Integer call() {
        if (!reasons && !markdown) {
            return super.call();
        }
        if (!reasons) {
            throw wrongUse("--markdown goes with --reasons");
        }
        final Table table = new Table("REASON", "MEANING");
        for (DropReason reason : DropReason.values()) {
            table.row(reason.name(), reason.label());
        }
        print(markdown ? Reference.drops() : table.toString());
        return 0;
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
