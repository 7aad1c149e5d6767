package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Console;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringway flows}. */
@Command(name = "flows", description = {"Lists connections through Services that this node's switch translates, or"
        + " hands on to the backend's node, the largest first.",
    "ADDRESS is what the client has addressed. SEEN AS is what the backend sees as the client, where that is another"
        + " than the client itself. A ping has an identifier (id) in the place of its client's port."})
final class FlowsCommand extends PagedCommand {
    private static final int MOST_PAGE = 500;
    private static final int MOST_WATCHED = 10_000;
    private static final List<String> ORDERS = List.of("bytes", "packets", "age", "idle");
    /** To the top of the screen, and the rest of it empty. */
    private static final String CLEAR = "\033[H\033[J";

    @Parameters(arity = "0..*", paramLabel = "WORD", description = "An address of the client, of the Service, of the"
            + " backend or that it sees, with or without a port; or a part, in whatever case, of a Service's name, of"
            + " that of a pod of this node or of a node, of protocol or state. Of several all must match.")
    private List<String> words = List.of();

    @Option(names = "--top", paramLabel = "ORDER", defaultValue = "bytes",
            description = "What comes first: most bytes, packets, age or idle time (default: ${DEFAULT-VALUE}).")
    private String order;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100",
            description = "At most so many; 0: all (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--watch", description = "Show them again and again until Ctrl-C, with the packets and bytes a"
            + " second that each has had since the last time.")
    private boolean watch;

    @Option(names = "--interval", paramLabel = "SECONDS", defaultValue = "2",
            description = "How often --watch does (default: ${DEFAULT-VALUE}).")
    private double interval;

    private FlowRows rows;
    /** The next page is the first of a look. */
    private boolean fresh;

    FlowsCommand() {
        super("flows", "flows", MOST_PAGE);
    }

    @Override
    int limit() {
        return limit;
    }

    @Override
    void arguments(ObjectNode arguments) {
        if (!ORDERS.contains(order)) {
            throw wrongUse("--top must be bytes, packets, age or idle, not '" + order + "'");
        }
        if (limit < 0) {
            throw wrongUse("--limit must be 0 (all) or more");
        }
        if (watch && (isJson() || limit == 0 || limit > MOST_WATCHED || interval < 0.01 || interval > 86_400)) {
            throw wrongUse("--watch shows text, with a --limit of 1.." + MOST_WATCHED
                    + " and an --interval of 0.01..86400 seconds");
        }
        words.forEach(arguments.putArray("filter")::add);
        arguments.put("order", order);
    }

    @Override
    int run(ObjectNode arguments) throws ControlFailure {
        rows = new FlowRows(watch);
        if (!watch) {
            return super.run(arguments);
        }
        final Console console = System.console();
        final String before = console != null && console.isTerminal() ? CLEAR : "";
        try {
            do {
                fresh = true;
                out().print(before);
                super.run(arguments.deepCopy());
                out().print(before.isEmpty() ? "\n" : "");
                Thread.sleep((long) (interval * 1000));
            } while (!isOutputGone());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    @Override
    void show(JsonNode page) {
        if (fresh) {
            rows.look(page.path("clockMs").asLong());
            fresh = false;
        }
        page.path("flows").forEach(rows::add);
        out().print(rows.next());
    }

    @Override
    void end(JsonNode first, int shown) {
        if (shown == 0) {
            out().print("no flows" + (words.isEmpty() ? "" : " with '" + String.join(" ", words) + "'") + "\n");
        }
        final int more = first.path("total").asInt() - shown;
        if (limit > 0 && more > 0) {
            out().print("and " + more + " more\n");
        }
    }
}
