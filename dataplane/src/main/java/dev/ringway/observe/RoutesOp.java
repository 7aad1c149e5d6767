package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ringway.control.IpText;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Prefix;
import dev.ringway.podnet.ControlOp;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** {@code routes}: the forwarding table as the packets see it, in order of address. */
public final class RoutesOp implements ControlOp {
    private static final Comparator<Prefix> ORDER = Comparator.comparingInt(Prefix::version)
            .thenComparing(Prefix::hi, Long::compareUnsigned).thenComparing(Prefix::lo, Long::compareUnsigned)
            .thenComparingInt(Prefix::length);

    private final SnapshotPublisher publisher;

    public RoutesOp(SnapshotPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public String name() {
        return "routes";
    }

    @Override
    public JsonNode run(JsonNode arguments) {
        final Snapshot snapshot = publisher.current();
        final Map<Prefix, Adjacency> routes = snapshot.fib().routes();
        final List<Prefix> prefixes = new ArrayList<>(routes.keySet());
        prefixes.sort(ORDER);
        final ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Prefix prefix : prefixes) {
            all.addObject().put("prefix", IpText.text(prefix)).put("via", via(snapshot, routes.get(prefix)));
        }
        return all;
    }

    private static String via(Snapshot snapshot, Adjacency adjacency) {
        return switch (adjacency.kind()) {
            case POD -> {
                final TunPort port = snapshot.port(adjacency.port());
                yield "pod " + (port == null ? "?" : port.name());
            }
            case TUNNEL -> "node " + adjacency.vtep().node();
            case HOST -> "host";
            case UNREACHABLE -> "unreachable";
        };
    }
}
