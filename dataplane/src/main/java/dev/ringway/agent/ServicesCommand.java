package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringway services}. */
@Command(name = "services", description = {"Lists the Services in this node's tables, a line for each port and IP"
        + " version; with a WORD, those that it means, with their backends and what has gone through them.",
    "NEW FLOWS tells how many backends a new flow can go to, or why it gets none, from a pod of this node and, if there"
        + " is a difference, from outside. OPEN are flows that are not over. P50 and P99 are times from SYN to SYN-ACK:"
        + " half of them, and 99 of 100, were shorter."})
final class ServicesCommand extends PagedCommand {
    private static final int MOST_PAGE = 200;

    @Parameters(arity = "0..*", paramLabel = "WORD", description = "A part of namespace/name:portname, in whatever"
            + " case, or an address of the Service or of a backend, with or without a port. Of several all must match.")
    private List<String> words = List.of();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "0",
            description = "At most so many Services; 0: all (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--check", paramLabel = "FILE_OR_DIRECTORY", description = "Ask no daemon, but read these as"
            + " services.file would be, and tell all that is wrong; exit status 1 if they would not be taken over.")
    private Path check;

    private final ServiceTables tables = new ServiceTables();

    ServicesCommand() {
        super("services", "services", MOST_PAGE);
    }

    @Override
    int limit() {
        return limit;
    }

    @Override
    public Integer call() {
        if (check == null) {
            return super.call();
        }
        final ServicesCheck checked = ServicesCheck.of(check);
        print(isJson() ? checked.json().toPrettyString() + "\n" : checked.toString());
        return checked.status();
    }

    @Override
    void arguments(ObjectNode arguments) {
        if (limit < 0) {
            throw wrongUse("--limit must be 0 (all) or more");
        }
        if (!words.isEmpty()) {
            words.forEach(arguments.putArray("filter")::add);
        } else if (!isJson()) {
            arguments.put("backends", false);
        }
    }

    @Override
    void show(JsonNode page) {
        out().print(words.isEmpty() ? tables.list(page.path("services")) : tables.details(page.path("services")));
    }

    @Override
    void end(JsonNode first, int shown) {
        if (shown == 0) {
            out().print(words.isEmpty() ? "there are no Services\n" : "no Service matches '" + String.join(" ", words)
                    + "'\n");
        }
        final int more = first.path("total").asInt() - shown;
        if (limit > 0 && more > 0) {
            out().print("and " + more + " more; give a WORD or a higher --limit\n");
        }
        final List<String> reasons = new ArrayList<>();
        int notServed = 0;
        for (var reason : first.path("notServed").properties()) {
            notServed += reason.getValue().asInt();
            reasons.add(reason.getValue().asText() + " " + reason.getKey());
        }
        if (notServed > 0) {
            out().print("and " + notServed + " that are not served (" + String.join(", ", reasons)
                    + "); give a name to see why\n");
        }
        for (JsonNode warning : first.path("warnings")) {
            out().print("warning: " + warning.asText() + "\n");
        }
    }
}
