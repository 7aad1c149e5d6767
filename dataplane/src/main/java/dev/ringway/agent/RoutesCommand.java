package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code ringway routes}. */
@Command(name = "routes",
        description = "Lists the forwarding table of this node's switch. The longest prefix that contains a packet's"
                + " destination decides.")
final class RoutesCommand extends QueryCommand {
    RoutesCommand() {
        super("routes");
    }

    @Override
    String text(JsonNode routes) {
        final Table table = new Table("PREFIX", "VIA");
        for (JsonNode route : routes) {
            table.row(route.path("prefix").asText(), route.path("via").asText());
        }
        return table.toString();
    }
}
