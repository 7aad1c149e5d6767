package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code ringway status}. */
@Command(name = "status",
        description = "Shows how the daemon of this node is: whether it forwards, encapsulation, MTU, which offloads"
                + " are in use, pods that wait.")
final class StatusCommand extends QueryCommand {
    StatusCommand() {
        super("status");
    }

    @Override
    String text(JsonNode status) {
        final JsonNode underlay = status.path("underlay");
        final JsonNode threading = status.path("threading");
        final Table table = new Table("node", status.path("node").asText())
                .row("version", status.path("version").asText())
                .row("ready", status.path("ready").asBoolean()
                        ? "yes, " + status.path("startMs").asLong() + " ms after its start" : "no")
                .row("process", status.path("pid").asText() + ", up "
                        + Texts.duration(status.path("uptimeMs").asLong()))
                .row("underlay", underlay.path("interface").asText() + " " + underlay.path("address").asText()
                        + ", MTU " + underlay.path("mtu").asText())
                .row("encapsulation", Texts.pairs(status.path("encap")).replaceFirst("^type ", ""))
                .row("pods' ranges", Texts.list(status.path("podCidrs")))
                .row("pods' MTU", status.path("mtu").asText())
                .row("threading", threading.path("mode").asText() + ", shards " + threading.path("shards").asText())
                .row("pods", status.path("pods").asText())
                .row("peers", status.path("peers").asText())
                .row("generation", status.path("generation").asText());
        status.path("offloads").properties().forEach(entry ->
                table.row("offload " + entry.getKey(), entry.getValue().asText()));
        status.path("gauges").properties().forEach(entry -> table.row(entry.getKey(), entry.getValue().asText()));
        status.path("waitingPods").properties().forEach(entry ->
                table.row("waiting", entry.getKey() + ": " + entry.getValue().asText()));
        return table.toString();
    }
}
