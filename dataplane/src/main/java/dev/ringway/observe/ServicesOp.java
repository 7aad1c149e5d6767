package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.podnet.ControlException;
import dev.ringway.podnet.ControlOp;
import dev.ringway.shard.Dataplane;
import java.util.List;

/**
 * {@code services}: what is in the tables, by name, a page of it. Arguments: {@code filter}, words as
 * {@link ServiceQuery} has them; {@code limit}, how many Services at most; {@code backends}, false to leave them out;
 * {@code after}, what the page before told as {@code next}. Totals and warnings are in the first page.
 *
 * <p>An answer is made in memory, some kilobytes a backend, so that a page also ends after a number of these: within a
 * Service, if that has more. The next page then begins with the same Service, {@code continued}.
 */
public final class ServicesOp implements ControlOp {
    private static final int MOST_LIMIT = 200;
    private static final int MOST_BACKENDS = 1000;
    private static final int MOST_WARNINGS = 1000;

    private final ServiceListing services;
    private final Dataplane dataplane;

    public ServicesOp(ServiceListing services, Dataplane dataplane) {
        this.services = services;
        this.dataplane = dataplane;
    }

    @Override
    public String name() {
        return "services";
    }

    @Override
    public JsonNode run(JsonNode arguments) throws ControlException {
        final JsonNode backends = arguments.path("backends");
        if (!backends.isMissingNode() && !backends.isBoolean()) {
            throw new ControlException("bad-request", "backends must be true or false");
        }
        final ServicePlace after = ServicePlace.of(Arguments.text(arguments, "after", ""));
        final ServiceListing.Found found = services.find(new ServiceQuery(Arguments.words(arguments, "filter"),
                after.service(), !after.isInside(), Arguments.number(arguments, "limit", MOST_LIMIT, MOST_LIMIT),
                MOST_BACKENDS, after.isStart()));
        final ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (after.isStart()) {
            result.put("total", found.total());
            final ObjectNode notServed = result.putObject("notServed");
            found.notServed().forEach((why, count) -> notServed.put(why.word(), count));
        }
        final ServicePage page = new ServicePage(dataplane, backends.asBoolean(true) ? MOST_BACKENDS : 0);
        page.put(result.putArray("services"), found.services(), after);
        if (page.stopped() != null) {
            result.put("next", page.stopped().toString());
            if (page.stopped().isInside()) {
                result.put("partial", true);
            }
        } else if (found.more()) {
            result.put("next", ServicePlace.behind(found.services().getLast()).toString());
        }
        if (after.isStart()) {
            warnings(result);
        }
        return result;
    }

    private void warnings(ObjectNode result) {
        final List<String> all = services.warnings();
        final ArrayNode shown = result.putArray("warnings");
        all.stream().limit(MOST_WARNINGS).forEach(shown::add);
        if (all.size() > MOST_WARNINGS) {
            shown.add("and " + (all.size() - MOST_WARNINGS) + " more");
        }
    }
}
