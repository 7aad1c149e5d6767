package dev.ringway.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.FirstLines;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file of Services and EndpointSlices as kubectl prints them: documents or Lists, YAML or JSON. Read object by
 * object, so that a file of a hundred megabytes needs little memory besides what comes out. Whatever is wrong with one
 * object refuses the file, and so does what shows that it is not whole: writers truncate before they write, and a file
 * may be looked at in between.
 */
public final class ServiceFile {
    private static final String SERVICE = "Service";
    private static final String SLICE = "EndpointSlice";
    private static final String LIST = "List";

    private final Path file;
    private final ServiceText text;
    private final Taker taker;
    private final ServiceReader services;
    private final EndpointSliceReader slices;
    private final FirstLines warnings;
    private final PassedOver passedOver = new PassedOver();
    private final Problems problems;
    private int objects;
    private boolean emptyList;

    /** Takes what a file holds, object by object in its order, also of one that is refused in the end. */
    public interface Taker {
        /** @param place where it stood, for {@link Places#text} */
        void take(ServiceSpec service, long place);

        /** @param place where it stood, for {@link Places#text} */
        void take(EndpointSliceSpec slice, long place);
    }

    /**
     * What is to be said of a file that was read.
     *
     * @param empty    no Service or EndpointSlice is in it
     * @param meant    it is empty because it says so, by a List without items
     * @param warnings what is passed over
     */
    public record Result(boolean empty, boolean meant, List<String> warnings) {
        public Result {
            warnings = List.copyOf(warnings);
        }
    }

    private ServiceFile(Path file, ServiceText text, StringPool pool, Taker taker, int most) {
        this.file = file;
        this.text = text;
        this.taker = taker;
        services = new ServiceReader(pool);
        slices = new EndpointSliceReader(pool);
        warnings = new FirstLines(most);
        problems = Problems.ofObjects(file, warnings::add, most);
    }

    /**
     * Reads a file.
     *
     * @param most problems and warnings that are told; of the others only how many there are
     * @throws ConfigException that tells what is wrong, and where
     */
    public static Result read(Path file, StringPool pool, Taker taker, int most) throws ConfigException {
        try (ServiceText text = ServiceText.open(file)) {
            return new ServiceFile(file, text, pool, taker, most).documents(text.parser());
        }
    }

    private Result documents(JsonParser parser) throws ConfigException {
        try (parser) {
            return read(parser);
        } catch (IOException e) {
            throw text.refusal(e, Places.of(parser.currentTokenLocation()));
        }
    }

    private Result read(JsonParser parser) throws IOException, ConfigException {
        int number = 0;
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            number++;
            if (token == JsonToken.START_OBJECT) {
                document(parser, number);
            } else if (!isNothing(parser)) {
                throw refused(place(parser), "document " + number + ": must be a mapping, as in kubectl get -o yaml");
            }
        }
        problems.throwIfAny();
        passedOver.tell(file.toString(), warnings);
        return new Result(objects == 0, emptyList, warnings.lines(file + ": "));
    }

    private void document(JsonParser parser, int number) throws IOException, ConfigException {
        final long place = place(parser);
        final String title = "document " + number;
        final ObjectTree trees = new ObjectTree(parser);
        final PlacedMapping root = new PlacedMapping();
        boolean list = false;
        boolean empty = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            if (!list && parser.currentName().equals("items")) {
                list = true;
                empty = !items(parser, trees, number, root);
            } else {
                trees.entry(root);
            }
        }
        if (!list) {
            object(root, title, place, ListHeader.NONE);
            return;
        }
        final String kind = ListHeader.of(root).kind();
        if (!kind.endsWith(LIST)) {
            throw refused(place, title + ": has items, but its kind is " + (kind.isEmpty() ? "missing" : "'" + kind
                    + "' and not List") + "; kubectl writes it behind the items: is the file cut off?");
        }
        emptyList |= empty && List.of(LIST, SERVICE + LIST, SLICE + LIST).contains(kind);
    }

    /** @return false if the list is there and has none */
    private boolean items(JsonParser parser, ObjectTree trees, int number, PlacedMapping root)
            throws IOException, ConfigException {
        final JsonToken start = parser.nextToken();
        if (isNothing(parser)) {
            return true;
        }
        if (start != JsonToken.START_ARRAY) {
            throw refused(place(parser), "document " + number + ".items: must be a list");
        }
        ListHeader header = ListHeader.of(root);
        boolean known = header.isWhole();
        int i = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            final long place = place(parser);
            final JsonNode item = trees.object();
            if (!known && !item.has("kind")) {
                header = ListHeader.find(text, number);
                known = true;
            }
            object(item, "document " + number + ".items[" + i++ + "]", place, header);
        }
        return i > 0;
    }

    private void object(JsonNode node, String title, long place, ListHeader list) {
        problems.about(title);
        final Section root = new Value(node, KeyPath.root(place), problems).section();
        final Value kindKey = root.value("kind");
        final boolean listed = kindKey.isAbsent() && list.kind().endsWith(LIST) && !list.kind().equals(LIST);
        final String kind = listed ? list.kind().substring(0, list.kind().length() - LIST.length())
                : kindKey.requiredText("Service or EndpointSlice");
        final String version = root.value("apiVersion").text(listed ? list.apiVersion() : "");
        if (kind == null || version == null) {
            return;
        }
        final Value metadata = root.value("metadata");
        final boolean service = kind.equals(SERVICE);
        if (!service && !kind.equals(SLICE)) {
            if (metadata.isAbsent() && (SERVICE.startsWith(kind) || SLICE.startsWith(kind))) {
                kindKey.refuse("'" + kind + "' is cut off");
            }
            passedOver.add(kind, place);
            return;
        }
        if (!version.isEmpty() && !version.equals(service ? "v1" : "discovery.k8s.io/v1")) {
            passedOver.add(kind + " of " + version, place);
            return;
        }
        final JsonNode name = node.path("metadata").path("name");
        if (name.isTextual()) {
            problems.about(kind + " " + node.path("metadata").path("namespace").asText("default") + "/"
                    + name.textValue());
        }
        objects++;
        if (service) {
            taker.take(services.read(root), place);
        } else {
            slice(root, place);
        }
    }

    private void slice(Section root, long place) {
        for (String key : List.of("endpoints", "ports")) {
            final Value list = root.value(key);
            if (list.isAbsent()) {
                list.refuse("is missing, and the API always writes it, if only as []: is the object cut off?");
            }
        }
        final EndpointSliceSpec slice = slices.read(root);
        if (slice != null) {
            taker.take(slice, place);
        }
    }

    /** Nothing at all, or a null, or an empty text, which is what a parser makes of nothing. */
    private static boolean isNothing(JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NULL
                || parser.currentToken() == JsonToken.VALUE_STRING && parser.getText().isEmpty();
    }

    private static long place(JsonParser parser) {
        return Places.of(parser.currentTokenLocation());
    }

    private ConfigException refused(long place, String message) {
        return ServiceText.refusal(file, place, message);
    }
}
