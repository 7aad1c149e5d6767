package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringway flows}. */
@Command(name = "flows", description = "Lists connections through Services that this node's switch translates, or"
        + " hands on to the backend's node, the largest first.")
final class FlowsCommand extends QueryCommand {
    @Parameters(arity = "0..1", paramLabel = "FILTER",
            description = "A part of a Service's name, or of an address with port of client, Service or backend.")
    private String filter;

    @Option(names = "--top", paramLabel = "ORDER", defaultValue = "bytes",
            description = "What comes first: most bytes, packets, age or idle time (default: ${DEFAULT-VALUE}).")
    private String order;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100",
            description = "At most so many, 1..10000 (default: ${DEFAULT-VALUE}).")
    private int limit;

    FlowsCommand() {
        super("flows");
    }

    @Override
    void arguments(ObjectNode arguments) {
        if (filter != null) {
            arguments.put("filter", filter);
        }
        arguments.put("order", order).put("limit", limit);
    }

    @Override
    String text(JsonNode result) {
        final JsonNode flows = result.path("flows");
        if (flows.isEmpty()) {
            return "no flows" + (filter == null ? "" : " with '" + filter + "'") + "\n";
        }
        final Table table = new Table("SERVICE", "PROTOCOL", "CLIENT", "ADDRESS", "BACKEND", "STATE", ">AGE", ">IDLE",
                ">PACKETS", ">TO BACKEND", ">TO CLIENT");
        for (JsonNode flow : flows) {
            table.row(flow.has("enteredBy") ? "by node " + flow.path("enteredBy").asText()
                    : flow.path("service").asText(), flow.path("protocol").asText(), flow.path("client").asText(),
                    flow.path("address").asText(), flow.has("handedOnTo")
                            ? "by node " + flow.path("handedOnTo").asText() : flow.path("backend").asText(),
                    flow.path("state").asText(),
                    Texts.duration(flow.path("ageSeconds").asLong() * 1000),
                    Texts.duration(flow.path("idleSeconds").asLong() * 1000),
                    Long.toString(flow.path("toBackend").path("packets").asLong()
                            + flow.path("toClient").path("packets").asLong()),
                    Texts.bytes(flow.path("toBackend").path("bytes").asLong()),
                    Texts.bytes(flow.path("toClient").path("bytes").asLong()));
        }
        final int more = result.path("total").asInt() - flows.size();
        return table + (more > 0 ? "and " + more + " more\n" : "");
    }
}
