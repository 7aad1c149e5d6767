package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What the commands have in common whose answers come in pages: each is printed before the next is asked for, so that a
 * list of any length takes the memory of a page.
 */
abstract class PagedCommand extends QueryCommand {
    private final String list;
    private final int mostPage;

    /**
     * @param list     what of the answer comes in pages
     * @param mostPage how many there are in a page at most
     */
    PagedCommand(String op, String list, int mostPage) {
        super(op);
        this.list = list;
        this.mostPage = mostPage;
    }

    /** How many are wanted; 0: all. */
    abstract int limit();

    /** Prints a page for people. */
    abstract void show(JsonNode page);

    /**
     * Prints what follows the last page.
     *
     * @param first what the first page has besides the list
     * @param shown how many were shown
     */
    abstract void end(JsonNode first, int shown);

    @Override
    final String text(JsonNode result) {
        throw new UnsupportedOperationException("there are several");
    }

    @Override
    int run(ObjectNode arguments) throws ControlFailure {
        final int most = limit() == 0 ? Integer.MAX_VALUE : limit();
        ObjectNode first = null;
        int shown = 0;
        try (JsonPages json = isJson() ? new JsonPages(out(), list) : null) {
            boolean partial = false;
            boolean more = true;
            while (more) {
                // What is left of one that is shown already comes as one more.
                arguments.put("limit", (int) Math.min(mostPage, (long) most - shown + (partial ? 1 : 0)));
                final JsonNode page = ask(arguments);
                for (JsonNode one : page.path(list)) {
                    shown += JsonPages.isContinued(one) ? 0 : 1;
                }
                if (first == null) {
                    first = page.deepCopy();
                    first.remove(List.of(list, "next", "partial"));
                }
                if (json != null) {
                    json.add(first, page.path(list));
                } else {
                    show(page);
                }
                if (isOutputGone()) {
                    return 1;
                }
                partial = page.path("partial").asBoolean();
                more = page.has("next") && (shown < most || partial);
                arguments.set("after", page.path("next"));
            }
        }
        if (!isJson()) {
            end(first, shown);
        }
        out().flush();
        return 0;
    }
}
