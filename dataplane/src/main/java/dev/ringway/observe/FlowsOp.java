package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.Protocols;
import dev.ringway.podnet.ControlException;
import dev.ringway.podnet.ControlOp;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Vtep;
import dev.ringway.service.Frontend;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.shard.Dataplane;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * {@code flows}: connections through Services. Arguments: {@code filter}, a part of an address with port or of a
 * Service's name; {@code order}, one of bytes, packets, age and idle; {@code limit}.
 */
public final class FlowsOp implements ControlOp {
    private static final int LIMIT = 100;
    private static final int MOST_LIMIT = 10_000;

    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;

    public FlowsOp(Dataplane dataplane, SnapshotPublisher publisher) {
        this.dataplane = dataplane;
        this.publisher = publisher;
    }

    @Override
    public String name() {
        return "flows";
    }

    @Override
    public JsonNode run(JsonNode arguments) throws ControlException {
        final String filter = arguments.path("filter").asText("");
        final Comparator<FlowReading> order = order(arguments.path("order").asText("bytes"));
        final int limit = arguments.path("limit").asInt(LIMIT);
        if (limit < 1 || limit > MOST_LIMIT) {
            throw new ControlException("bad-request", "limit must be 1.." + MOST_LIMIT);
        }
        final Snapshot snapshot = publisher.current();
        final List<FlowReading> found = new ArrayList<>();
        int total = 0;
        for (FlowReading flow : FlowReading.all(dataplane.flows())) {
            if (matches(flow, service(snapshot, flow), filter)) {
                total++;
                found.add(flow);
            }
        }
        found.sort(order);
        final ObjectNode result = JsonNodeFactory.instance.objectNode().put("total", total);
        final ArrayNode flows = result.putArray("flows");
        for (FlowReading flow : found.subList(0, Math.min(limit, found.size()))) {
            final ObjectNode node = flows.addObject();
            put(node, flow, service(snapshot, flow));
            if (flow.entrance() != 0) {
                final Vtep by = flow.entrance() < 0 ? null : snapshot.vteps().byIndex(flow.entrance() - 1);
                node.put("enteredBy", by == null ? "unknown" : by.node());
            }
            if (flow.isHandedOn()) {
                final IpAddress backend = flow.backend().address();
                final Adjacency way = snapshot.fib().lookup(backend.version(), backend.hi(), backend.lo());
                node.put("handedOnTo", way == null || way.vtep() == null ? "unknown" : way.vtep().node());
            }
        }
        return result;
    }

    private static Comparator<FlowReading> order(String word) throws ControlException {
        return switch (word) {
            case "bytes" -> Comparator.comparingLong((FlowReading flow) -> flow.bytes(false) + flow.bytes(true))
                    .reversed();
            case "packets" -> Comparator.comparingLong((FlowReading flow) -> flow.packets(false) + flow.packets(true))
                    .reversed();
            case "age" -> Comparator.comparingInt(FlowReading::ageS).reversed();
            case "idle" -> Comparator.comparingInt(FlowReading::idleS).reversed();
            default -> throw new ControlException("bad-request", "order must be bytes, packets, age or idle");
        };
    }

    private static boolean matches(FlowReading flow, String service, String filter) {
        return filter.isEmpty() || service.contains(filter) || text(flow.client()).contains(filter)
                || text(flow.vip()).contains(filter) || text(flow.backend()).contains(filter);
    }

    /** The name of the Service's port, or empty if there is none any more. */
    private static String service(Snapshot snapshot, FlowReading flow) {
        final IpAddress address = flow.vip().address();
        final Frontend known = snapshot.services().lookup(address.version(), address.hi(), address.lo(),
                flow.protocol(), flow.vip().port());
        final Frontend frontend = known != null || flow.entrance() != 0 ? known
                : snapshot.nodePort(address.version(), flow.protocol(), flow.vip().port());
        return frontend == null ? "" : frontend.port.name;
    }

    private static void put(ObjectNode node, FlowReading flow, String service) {
        node.put("service", service).put("protocol", Protocols.word(flow.protocol()))
                .put("client", text(flow.client())).put("address", text(flow.vip()))
                .put("backend", text(flow.backend())).put("seenAs", text(flow.seen())).put("state", flow.state())
                .put("ageSeconds", flow.ageS()).put("idleSeconds", flow.idleS());
        node.putObject("toBackend").put("packets", flow.packets(false)).put("bytes", flow.bytes(false));
        node.putObject("toClient").put("packets", flow.packets(true)).put("bytes", flow.bytes(true));
    }

    private static String text(FlowReading.End end) {
        return IpText.endpoint(end.address(), end.port());
    }
}
