package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringway services}. */
@Command(name = "services",
        description = "Lists the Services in this node's tables, a line for each port; with a NAME, those whose"
                + " namespace/name contains it, and their backends.")
final class ServicesCommand extends QueryCommand {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "A part of namespace/name.")
    private String name;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "1000",
            description = "At most so many Services, 1..5000 (default: ${DEFAULT-VALUE}).")
    private int limit;

    ServicesCommand() {
        super("services");
    }

    @Override
    void arguments(ObjectNode arguments) {
        if (name != null) {
            arguments.put("filter", name);
        }
        arguments.put("limit", limit);
    }

    @Override
    String text(JsonNode result) {
        final StringBuilder text = new StringBuilder();
        final JsonNode services = result.path("services");
        if (services.isEmpty()) {
            text.append(name == null ? "there are no Services\n" : "no Service has '" + name + "' in its name\n");
        } else {
            text.append(ports(services));
            if (name != null) {
                text.append('\n').append(backends(services));
            }
        }
        final int more = result.path("total").asInt() - services.size();
        if (more > 0) {
            text.append("and ").append(more).append(" more; give a NAME or a --limit\n");
        }
        for (JsonNode warning : result.path("warnings")) {
            text.append("warning: ").append(warning.asText()).append('\n');
        }
        return text.toString();
    }

    private static Table ports(JsonNode services) {
        final Table table = new Table("SERVICE", "TYPE", "ADDRESSES", ">READY", ">BACKENDS", ">FLOWS", ">OPEN",
                "NOTES");
        for (JsonNode service : services) {
            for (JsonNode port : service.path("ports")) {
                int ready = 0;
                for (JsonNode backend : port.path("backends")) {
                    ready += backend.path("state").asText().equals("ready") ? 1 : 0;
                }
                table.row(portName(service, port), service.path("type").asText(), addresses(port),
                        Integer.toString(ready), Integer.toString(port.path("backends").size()),
                        count(port, "flows"), count(port, "openFlows"),
                        notes(port));
            }
        }
        return table;
    }

    private static Table backends(JsonNode services) {
        final Table table = new Table("SERVICE", "BACKEND", "STATE", "NEW FLOWS", "NODE", "ZONE", ">WEIGHT",
                ">FLOWS", ">REFUSED", ">UNANSWERED");
        for (JsonNode service : services) {
            for (JsonNode port : service.path("ports")) {
                for (JsonNode backend : port.path("backends")) {
                    table.row(portName(service, port), endpoint(backend), backend.path("state").asText(),
                            backend.path("used").asBoolean() ? "yes" : "no", where(backend),
                            backend.path("zone").asText("-"), backend.path("weight").asText(), count(backend, "flows"),
                            count(backend, "refused"), count(backend, "unanswered"));
                }
            }
        }
        return table;
    }

    private static String count(JsonNode node, String what) {
        return node.path("traffic").path(what).asText("0");
    }

    private static String portName(JsonNode service, JsonNode port) {
        final String name = port.path("name").asText();
        return service.path("namespace").asText() + "/" + service.path("name").asText()
                + (name.isEmpty() ? "" : ":" + name);
    }

    private static String addresses(JsonNode port) {
        final List<String> all = new ArrayList<>();
        String nodePort = null;
        for (JsonNode address : port.path("addresses")) {
            if (address.path("kind").asText().equals("nodePort")) {
                // One for each of the node's addresses.
                nodePort = "node:" + address.path("port").asText();
            } else {
                all.add(endpoint(address));
            }
        }
        if (nodePort != null) {
            all.add(nodePort);
        }
        return String.join(",", all) + "/" + port.path("protocol").asText();
    }

    private static String endpoint(JsonNode node) {
        final String address = node.path("address").asText();
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + node.path("port").asText();
    }

    private static String where(JsonNode backend) {
        return backend.path("node").asText("-") + (backend.path("local").asBoolean() ? " (here)" : "");
    }

    private static String notes(JsonNode port) {
        final List<String> notes = new ArrayList<>();
        if (!port.path("balance").asText().equals("random")) {
            notes.add(port.path("balance").asText());
        }
        if (port.path("internalTrafficPolicy").asText().equals("Local")) {
            notes.add("internal Local");
        }
        if (port.path("externalTrafficPolicy").asText().equals("Local")) {
            notes.add("external Local");
        }
        if (port.path("affinitySeconds").asInt() > 0) {
            notes.add("affinity " + Texts.duration(port.path("affinitySeconds").asLong() * 1000));
        }
        for (JsonNode address : port.path("addresses")) {
            if (address.path("restricted").asBoolean()) {
                notes.add("source ranges");
                break;
            }
        }
        return String.join(", ", notes);
    }
}
