package dev.ringway.control.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.config.ObjectText;
import dev.ringway.config.ServiceObjectReader;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All kinds of keys, each with its section, and what is written of each. Any thread, one at a time. */
final class Feeds {
    static final String NODES = "nodes";
    static final String RANGES = "ranges";
    static final String SERVICES = "services";
    static final String SLICES = "endpointslices";

    final EtcdFeed<PeerNode> nodes = new EtcdFeed<>((name, title, entry, warnings) ->
            PeerNode.read(name, entry.value(), entry.revision()));
    final EtcdFeed<Claim> ranges = new EtcdFeed<>((name, title, entry, warnings) ->
            Claim.read(name, entry.value(), entry.created()));
    final EtcdFeed<ServiceSpec> services = serviceFeed();
    final EtcdFeed<EndpointSliceSpec> slices = sliceFeed();
    private final EtcdFeed<Object> others = new EtcdFeed<>((name, title, entry, warnings) -> {
        warnings.add(title + " is in none of nodes/, ranges/, services/, endpointslices/ and is passed over");
        return null;
    });
    private final Map<String, EtcdFeed<?>> bySection =
            Map.of(NODES, nodes, RANGES, ranges, SERVICES, services, SLICES, slices);
    private final String prefix;

    Feeds(String prefix) {
        this.prefix = prefix;
    }

    private static EtcdFeed<ServiceSpec> serviceFeed() {
        final List<String> passedOver = new ArrayList<>();
        final ServiceObjectReader reader = new ServiceObjectReader(passedOver::add);
        return new EtcdFeed<>((name, title, entry, warnings) -> {
            passedOver.clear();
            final ServiceSpec read = reader.service(object(name, "Service", entry), title);
            warnings.addAll(passedOver);
            return read;
        });
    }

    private static EtcdFeed<EndpointSliceSpec> sliceFeed() {
        final List<String> passedOver = new ArrayList<>();
        final ServiceObjectReader reader = new ServiceObjectReader(passedOver::add);
        return new EtcdFeed<>((name, title, entry, warnings) -> {
            passedOver.clear();
            final EndpointSliceSpec read = reader.slice(object(name, "EndpointSlice", entry), title);
            warnings.addAll(passedOver);
            return read;
        });
    }

    /** The object in a value, which must be what its key says. */
    private static JsonNode object(String key, String kind, Entry entry) {
        final int slash = key.indexOf('/');
        if (slash <= 0 || slash != key.lastIndexOf('/') || slash == key.length() - 1) {
            throw new IllegalArgumentException("the key must end in <namespace>/<name>");
        }
        final JsonNode object = ObjectText.parse(entry.value());
        expect("kind", object.path("kind"), kind);
        if (object.path("metadata") instanceof ObjectNode metadata) {
            expect("metadata.namespace", metadata.path("namespace"), key.substring(0, slash));
            expect("metadata.name", metadata.path("name"), key.substring(slash + 1));
            metadata.put("namespace", key.substring(0, slash));
        }
        return object;
    }

    private static void expect(String what, JsonNode value, String wanted) {
        if (!value.isMissingNode() && !value.asText().equals(wanted)) {
            throw new IllegalArgumentException(what + " is " + value.asText() + ", and by the key it is " + wanted);
        }
    }

    void onNews(Runnable wake) {
        bySection.values().forEach(feed -> feed.mailbox().onNews(wake));
    }

    void beginList(boolean anew) {
        all().forEach(feed -> feed.beginList(anew));
    }

    void list(Entry entry) {
        feed(entry).list(name(entry), prefix + "/" + entry.key(), entry);
    }

    void endList() {
        all().forEach(EtcdFeed::endList);
    }

    void apply(Entry entry) {
        feed(entry).apply(name(entry), prefix + "/" + entry.key(), entry);
    }

    boolean isListed() {
        return bySection.values().stream().allMatch(feed -> feed.mailbox().isListed());
    }

    List<String> warnings() {
        return Stream.of(nodes, ranges, services, slices, others).flatMap(feed -> feed.warnings().stream()).toList();
    }

    private Stream<EtcdFeed<?>> all() {
        return Stream.concat(bySection.values().stream(), Stream.of(others));
    }

    private EtcdFeed<?> feed(Entry entry) {
        final int slash = entry.key().indexOf('/');
        return slash < 0 ? others : bySection.getOrDefault(entry.key().substring(0, slash), others);
    }

    private String name(Entry entry) {
        return feed(entry) == others ? entry.key() : entry.key().substring(entry.key().indexOf('/') + 1);
    }
}
