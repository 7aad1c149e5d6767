package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.conntrack.Flow;
import dev.ringway.control.SearchWord;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.podnet.ControlException;
import dev.ringway.podnet.ControlOp;
import dev.ringway.shard.Dataplane;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code flows}: connections through Services, a page of them. Arguments: {@code filter}, words as {@link FlowFilter}
 * has them; {@code order}, one of bytes, packets, age and idle; {@code limit}, how many at most; {@code after}, what
 * the page before told as {@code next}.
 *
 * <p>Flows change between pages: one that overtakes the others meanwhile is missed.
 */
public final class FlowsOp implements ControlOp {
    private static final int LIMIT = 100;
    /** An answer is made in memory, some kilobytes a flow. */
    private static final int MOST_LIMIT = 500;

    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;

    public FlowsOp(Dataplane dataplane, SnapshotPublisher publisher) {
        this.dataplane = dataplane;
        this.publisher = publisher;
    }

    /** A place in the order. */
    private record Cursor(long key, long id) {
        private static final Cursor START = new Cursor(Long.MAX_VALUE, -1);

        static Cursor of(String text) throws ControlException {
            try {
                final int slash = text.indexOf('/');
                return text.isEmpty() ? START : new Cursor(Long.parseLong(text.substring(0, Math.max(0, slash))),
                        Long.parseLong(text.substring(slash + 1)));
            } catch (NumberFormatException e) {
                throw new ControlException("bad-request", "after must be what a page before told as next");
            }
        }

        @Override
        public String toString() {
            return key + "/" + id;
        }
    }

    /** What the flows are ordered by. */
    private enum Order {
        BYTES, PACKETS, AGE, IDLE;

        static Order of(String word) throws ControlException {
            for (Order one : values()) {
                if (one.name().equalsIgnoreCase(word)) {
                    return one;
                }
            }
            throw new ControlException("bad-request", "order must be bytes, packets, age or idle");
        }

        /** The greater comes first. */
        long key(long flow) {
            return switch (this) {
                case BYTES -> Flow.bytes(flow, false) + Flow.bytes(flow, true);
                case PACKETS -> Flow.packets(flow, false) + Flow.packets(flow, true);
                case AGE -> -(long) Flow.createdS(flow);
                case IDLE -> -(long) Flow.lastSeenS(flow);
            };
        }
    }

    /** What the flows are looked through for. */
    private static final class Count {
        private int total;
        private int left;
    }

    @Override
    public String name() {
        return "flows";
    }

    @Override
    public JsonNode run(JsonNode arguments) throws ControlException {
        final List<SearchWord> words = Arguments.words(arguments, "filter");
        final Order order = Order.of(Arguments.text(arguments, "order", "bytes"));
        final int limit = Arguments.number(arguments, "limit", LIMIT, MOST_LIMIT);
        final Cursor after = Cursor.of(Arguments.text(arguments, "after", ""));
        final Places places = new Places(publisher.view());
        final FlowFilter filter = new FlowFilter(words, places);
        final Count count = new Count();
        try (BestFlows best = new BestFlows(limit)) {
            FlowScan.of(dataplane, (flow, id, copy) -> {
                if (Flow.isAnswersOnly(flow) || !filter.takes(flow)) {
                    return;
                }
                count.total++;
                final long key = order.key(flow);
                if (BestFlows.isBefore(after.key, after.id, key, id)) {
                    count.left++;
                    best.offer(key, id, copy);
                }
            });
            return answer(best, count, places);
        }
    }

    private static JsonNode answer(BestFlows best, Count count, Places places) {
        final long nowNs = System.nanoTime();
        final FlowNames names = new FlowNames(places, (int) TimeUnit.NANOSECONDS.toSeconds(nowNs));
        // When this was, for who compares two answers.
        final ObjectNode result = JsonNodeFactory.instance.objectNode().put("total", count.total)
                .put("clockMs", TimeUnit.NANOSECONDS.toMillis(nowNs));
        final ArrayNode flows = result.putArray("flows");
        final boolean more = count.left > best.size();
        final int shown = best.size();
        for (int i = 0; i < shown; i++) {
            best.takeLast();
            if (i == 0 && more) {
                result.put("next", new Cursor(best.key(), best.id()).toString());
            }
            names.put(flows.insertObject(0), best.flow());
        }
        return result;
    }
}
