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
        final JsonNode services = status.path("services");
        if (services.isObject()) {
            table.row("Services", services(services));
        }
        status.path("offloads").properties().forEach(entry ->
                table.row("offload " + entry.getKey(), entry.getValue().asText()));
        status.path("gauges").properties().forEach(entry -> table.row(entry.getKey(), entry.getValue().asText()));
        status.path("waitingPods").properties().forEach(entry ->
                table.row("waiting", entry.getKey() + ": " + entry.getValue().asText()));
        return table.toString();
    }

    private static String services(JsonNode services) {
        final StringBuilder text = new StringBuilder(services.path("source").asText());
        if (services.has("readAt")) {
            text.append(", read ").append(services.path("readAt").asText());
        }
        if (services.path("kept").asBoolean()) {
            text.append(services.has("readAt") ? " before the restart" : ", known from before the restart");
        }
        if (!services.path("inLine").asBoolean()) {
            text.append("; what it says is not in force");
            if (services.has("refusedSince")) {
                text.append(" since ").append(services.path("refusedSince").asText());
            }
            text.append(services.has("problem") ? ": " + services.path("problem").asText() : "");
        }
        return text.toString();
    }
}
