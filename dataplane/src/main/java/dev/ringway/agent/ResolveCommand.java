package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringway resolve}. */
@Command(name = "resolve", description = {"Tells where a connection's first packet would go from this node, and why:"
        + " a made-up packet takes the real way through the switch, and nothing of it leaves.",
        "What depends on the past (open flows, session affinity, ejected backends) does not show."})
final class ResolveCommand extends QueryCommand {
    @Parameters(index = "0", paramLabel = "SOURCE", description = "The client's address: a pod of this node, the node"
            + " itself, or anybody outside.")
    private String source;

    @Parameters(index = "1", paramLabel = "ADDRESS:PORT", description = "What it connects to; an IPv6 address in"
            + " brackets. The address alone for ICMP.")
    private String destination;

    @Option(names = "--protocol", paramLabel = "NAME", defaultValue = "TCP",
            description = "TCP, UDP, SCTP or ICMP, which is a ping (default: ${DEFAULT-VALUE}).")
    private String protocol;

    ResolveCommand() {
        super("resolve");
    }

    @Override
    void arguments(ObjectNode arguments) {
        final String word = protocol.toUpperCase(Locale.ROOT);
        arguments.put("source", source).put("protocol", word);
        if (word.equals("ICMP")) {
            arguments.put("destination", destination);
            return;
        }
        final int colon = destination.lastIndexOf(':');
        if (colon < 0 || !destination.substring(colon + 1).matches("\\d{1,5}")) {
            throw wrongUse("'" + destination + "' is not ADDRESS:PORT");
        }
        arguments.put("port", Integer.parseInt(destination.substring(colon + 1)))
                .put("destination", destination.substring(0, colon).replaceAll("^\\[|]$", ""));
    }

    @Override
    String text(JsonNode result) {
        final Table table = new Table("STAGE", "DECISION");
        for (JsonNode step : result.path("steps")) {
            table.row(step.path("stage").asText(), step.path("decision").asText());
        }
        return table + (result.path("delivered").asBoolean() ? "sent as " + result.path("packet").asText() + "\n" : "");
    }
}
