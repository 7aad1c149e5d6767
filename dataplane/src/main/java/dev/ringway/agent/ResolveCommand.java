package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpEndpoint;
import dev.ringway.control.IpText;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringway resolve}. */
@Command(name = "resolve", description = {"Tells where a connection's first packet would go from this node, and what"
        + " each stage decides and why: a made-up packet takes the real way through the switch, and nothing of it"
        + " leaves.",
    "Ejected backends count as they do now. Open flows and session affinity do not show. Where the balance is random,"
        + " each run may differ.",
    "Exit code: 0 it is delivered, 1 it is not, or the daemon could not be asked, 2 wrong use, 3 the node's kernel"
        + " decides without the switch."})
final class ResolveCommand extends QueryCommand {
    private static final String ICMP = "ICMP";
    private static final int NOT_OURS = 3;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The client: an address, of a pod of this node, of"
            + " the node itself or of anybody outside; or a pod's name, namespace/name, as ringway pods has it.")
    private String source;

    @Parameters(index = "1", paramLabel = "ADDRESS:PORT", description = "What it connects to, an IPv6 address in"
            + " brackets; or a Service, namespace/name:PORT or namespace/name:PORTNAME, by its cluster IP. Without a"
            + " port for ICMP.")
    private String destination;

    @Option(names = "--protocol", paramLabel = "NAME",
            description = "TCP, UDP, SCTP or ICMP, which is a ping (default: that of the Service's port, or TCP).")
    private String protocol;

    @Option(names = "--source-port", paramLabel = "PORT",
            description = "The client's port, or identifier of the ping (default: 40000).")
    private Integer sourcePort;

    ResolveCommand() {
        super("resolve");
    }

    @Override
    void arguments(ObjectNode arguments) {
        if (source.indexOf('/') < 0) {
            checkAddress(source);
        }
        arguments.put("source", source);
        if (sourcePort != null) {
            if (sourcePort < 1 || sourcePort > 65_535) {
                throw wrongUse("--source-port must be 1..65535");
            }
            arguments.put("sourcePort", sourcePort);
        }
        if (protocol != null) {
            arguments.put("protocol", protocol.toUpperCase(Locale.ROOT));
        }
        final boolean ping = ICMP.equalsIgnoreCase(protocol);
        if (destination.indexOf('/') >= 0) {
            service(arguments, ping);
            return;
        }
        final IpEndpoint to = parse(destination);
        if (ping == (to.port() != 0)) {
            throw wrongUse("'" + destination + "' " + (ping ? "has a port, and ICMP has none" : "has no port: write "
                    + (to.address().version() == 4 ? "ADDRESS:PORT" : "[ADDRESS]:PORT, with brackets")));
        }
        arguments.put("destination", IpText.text(to.address()));
        if (!ping) {
            arguments.put("port", to.port());
        }
    }

    private void service(ObjectNode arguments, boolean ping) {
        final int colon = destination.indexOf(':');
        if (ping != colon < 0 || colon == destination.length() - 1) {
            throw wrongUse("'" + destination + "' " + (ping ? "has a port, and ICMP has none"
                    : "has no port: write namespace/name:PORT or namespace/name:PORTNAME"));
        }
        arguments.put("destination", ping ? destination : destination.substring(0, colon));
        if (ping) {
            return;
        }
        final String port = destination.substring(colon + 1);
        if (port.matches("\\d{1,5}")) {
            arguments.put("port", Integer.parseInt(port));
        } else {
            arguments.put("port", port);
        }
    }

    private IpEndpoint parse(String text) {
        try {
            return IpEndpoint.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrongUse(e.getMessage());
        }
    }

    private void checkAddress(String text) {
        try {
            IpText.address(text);
        } catch (IllegalArgumentException e) {
            throw wrongUse("SOURCE: " + e.getMessage() + ", nor a pod's namespace/name");
        }
    }

    @Override
    int exitCode(JsonNode result) {
        return switch (result.path("verdict").asText()) {
            case "delivered" -> 0;
            case "kernel" -> NOT_OURS;
            default -> 1;
        };
    }

    @Override
    String text(JsonNode result) {
        final Table table = new Table("STAGE", "DECISION");
        for (JsonNode step : result.path("steps")) {
            table.row(step.path("stage").asText(), step.path("decision").asText());
        }
        final String verdict = result.path("verdict").asText();
        return table + switch (verdict) {
            case "delivered" -> "delivered: to " + result.path("to").asText() + ", as "
                    + result.path("packet").asText() + "\n";
            case "kernel" -> "the node's kernel decides, not the switch\n";
            default -> verdict + ": " + result.path("reason").asText("without a reason") + "\n";
        };
    }
}
