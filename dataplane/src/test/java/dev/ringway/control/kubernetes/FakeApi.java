package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The parts of an API server that the source uses, as their documentation has them: lists by the page with continue
 * tokens, watches from a resource version on with 410 for what is forgotten, label selectors, strategic merge patches.
 * And faults at the test's word. Any thread.
 */
final class FakeApi implements AutoCloseable {
    static final String NODES = "/api/v1/nodes";
    static final String SERVICES = "/api/v1/services";
    static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";

    /** Held, or its level would be forgotten with it. */
    private static final Logger CHATTER = Logger.getLogger(MockWebServer.class.getName());

    private final Map<String, NavigableMap<String, ObjectNode>> objects = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> patches = new ArrayList<>();
    private final List<String> created = new ArrayList<>();
    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private final int port;
    private MockWebServer server = new MockWebServer();
    private long revision = 1000;
    private long forgotten;
    private int refusal;

    private record Event(String kind, long revision, String type, ObjectNode object) {
    }

    /** Written to by a thread of its own: the server's must not wait for who holds a lock. */
    private record Watch(String kind, List<String> selector, WebSocket socket, Executor writer) {
        void send(String line) {
            writer.execute(() -> socket.send(line));
        }

        void close() {
            writer.execute(() -> socket.close(1000, ""));
        }
    }

    FakeApi() {
        this(0);
    }

    /** @param wanted port, or 0: any */
    FakeApi(int wanted) {
        CHATTER.setLevel(Level.WARNING);
        listen(wanted);
        port = server.getPort();
    }

    String url() {
        return "http://localhost:" + port;
    }

    int port() {
        return port;
    }

    /** Ends all connections and refuses new ones. */
    void stop() {
        closeWatches();
        server.shutdown();
    }

    /** Listens again where it did, with what it has. */
    void restart() {
        server = new MockWebServer();
        listen(port);
    }

    private void listen(int wanted) {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answer(request);
            }
        });
        server.start(wanted);
    }

    synchronized void put(String kind, ObjectNode object) {
        final ObjectNode stored = object.deepCopy();
        final String key = key(stored);
        final boolean known = objects.computeIfAbsent(kind, all -> new TreeMap<>()).containsKey(key);
        ((ObjectNode) stored.path("metadata")).put("resourceVersion", Long.toString(++revision));
        objects.get(kind).put(key, stored);
        tell(new Event(kind, revision, known ? "MODIFIED" : "ADDED", stored));
    }

    synchronized void delete(String kind, String key) {
        final ObjectNode removed = objects.get(kind).remove(key).deepCopy();
        ((ObjectNode) removed.get("metadata")).put("resourceVersion", Long.toString(++revision));
        tell(new Event(kind, revision, "DELETED", removed));
    }

    /** An event to watches, as it is, of what is not stored. */
    synchronized void emit(String kind, String type, ObjectNode object) {
        watches.stream().filter(watch -> watch.kind().equals(kind)).forEach(watch -> watch.send(
                line(type, object)));
    }

    /** Goes on from this revision, with all before it forgotten: a server that has been restarted. */
    synchronized void goOnFrom(long number) {
        revision = number;
        forgotten = number;
    }

    synchronized long revision() {
        return revision;
    }

    /** The object as it is stored. */
    synchronized ObjectNode get(String kind, String key) {
        return objects.get(kind).get(key).deepCopy();
    }

    synchronized void closeWatches() {
        watches.forEach(watch -> watch.close());
        watches.clear();
    }

    /** Watches get the error that their resource version is too old, and so do those that come with one of before. */
    synchronized void forgetHistory() {
        forgotten = ++revision;
        watches.forEach(watch -> watch.send(line("ERROR", gone())));
        closeWatches();
    }

    /** Answers everything with this code from now on; 0: no more. */
    synchronized void refuse(int code) {
        refusal = code;
    }

    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    /** Events that were created, as they were sent. */
    synchronized List<String> created() {
        return List.copyOf(created);
    }

    synchronized List<String> patches() {
        return List.copyOf(patches);
    }

    private void tell(Event event) {
        events.add(event);
        watches.stream().filter(watch -> watch.kind().equals(event.kind())).forEach(watch -> add(watch, event));
    }

    /** What a selector leaves out looks deleted to who watches with it. */
    private static void add(Watch watch, Event event) {
        final String type = matches(event.object(), watch.selector()) ? event.type() : "DELETED";
        watch.send(line(type, event.object()));
    }

    private static String line(String type, JsonNode object) {
        final ObjectNode event = Objects.JSON.createObjectNode().put("type", type);
        event.set("object", object);
        return event + "\n";
    }

    private static ObjectNode gone() {
        return Objects.json("{'kind':'Status','apiVersion':'v1','metadata':{},'status':'Failure','message':"
                + "'too old resource version','reason':'Expired','code':410}");
    }

    static String key(ObjectNode object) {
        final JsonNode metadata = object.path("metadata");
        return (metadata.has("namespace") ? metadata.get("namespace").asText() + "/" : "")
                + metadata.path("name").asText();
    }

    private static boolean matches(ObjectNode object, List<String> selector) {
        for (String term : selector) {
            final boolean absent = term.startsWith("!");
            if (object.path("metadata").path("labels").has(absent ? term.substring(1) : term) == absent) {
                return false;
            }
        }
        return true;
    }

    private MockResponse answer(RecordedRequest request) {
        final URI uri = URI.create(request.getPath());
        final Map<String, String> query = new TreeMap<>();
        for (String pair : uri.getQuery() == null ? new String[0] : uri.getQuery().split("&")) {
            query.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        synchronized (this) {
            requests.add(request.getMethod() + " " + uri.getPath() + " " + query);
            if (refusal != 0) {
                return answer(refusal, Objects.json("{'kind':'Status','status':'Failure','message':'refused','code':"
                        + refusal + "}"));
            }
        }
        if (request.getMethod().equals("PUT")) {
            return replace(uri.getPath(), request);
        }
        if (request.getMethod().equals("POST")) {
            return create(uri.getPath(), request);
        }
        if (request.getMethod().equals("PATCH")) {
            return patch(request);
        }
        return "true".equals(query.get("watch")) ? watch(uri.getPath(), query) : list(uri.getPath(), query);
    }

    private synchronized MockResponse list(String kind, Map<String, String> query) {
        final ObjectNode list = Objects.JSON.createObjectNode().put("kind", "List").put("apiVersion", "v1");
        final NavigableMap<String, ObjectNode> from = objects.getOrDefault(kind, new TreeMap<>())
                .tailMap(query.getOrDefault("continue", ""), false);
        final int limit = Integer.parseInt(query.getOrDefault("limit", "1000000"));
        final List<ObjectNode> page = from.values().stream().filter(object -> matches(object, selector(query)))
                .limit(limit).toList();
        final ObjectNode metadata = list.putObject("metadata").put("resourceVersion", Long.toString(revision));
        if (page.size() == limit) {
            metadata.put("continue", key(page.getLast()));
        }
        // Items of a list do not say what they are.
        final ArrayNode items = list.putArray("items");
        page.forEach(object -> items.add(object.deepCopy().without(List.of("kind", "apiVersion"))));
        return answer(200, list);
    }

    private MockResponse watch(String kind, Map<String, String> query) {
        final long from = Long.parseLong(query.get("resourceVersion"));
        return new MockResponse().withWebSocketUpgrade(new WebSocketListener() {
            @Override
            public void onOpen(WebSocket socket, Response response) {
                open(new Watch(kind, selector(query), socket, writer), from);
            }
        });
    }

    private synchronized void open(Watch watch, long from) {
        if (from < forgotten) {
            watch.send(line("ERROR", gone()));
            watch.close();
            return;
        }
        events.stream().filter(event -> event.kind().equals(watch.kind()) && event.revision() > from)
                .forEach(event -> add(watch, event));
        watches.add(watch);
    }

    /** Of an object by its own path, {@code .../namespaces/NAMESPACE/KIND/NAME}. */
    private MockResponse replace(String path, RecordedRequest request) {
        try {
            final ObjectNode object = (ObjectNode) Objects.JSON.readTree(request.getUtf8Body());
            put(path.replaceFirst("/namespaces/[^/]*", "").replaceFirst("/[^/]*$", ""), object);
            return answer(200, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized MockResponse create(String path, RecordedRequest request) {
        if (!path.equals("/api/v1/namespaces/default/events")) {
            return answer(404, Objects.json("{'kind':'Status','status':'Failure','code':404}"));
        }
        created.add(request.getUtf8Body());
        try {
            return answer(201, Objects.JSON.readTree(request.getUtf8Body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the patch only what is merged into annotations, and conditions, which replace those of their type. */
    private synchronized MockResponse patch(RecordedRequest request) {
        final String path = request.getPath().replaceFirst("\\?.*", "");
        final String body = request.getUtf8Body();
        patches.add(path + " " + request.getHeader("Content-Type") + " " + body);
        final ObjectNode object = get(NODES, path.substring(NODES.length() + 1, path.length() - "/status".length()));
        final JsonNode patch;
        try {
            patch = Objects.JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        final ObjectNode annotations = object.withObject("/metadata/annotations");
        patch.path("metadata").path("annotations").properties().forEach(annotation -> {
            if (annotation.getValue().isNull()) {
                annotations.remove(annotation.getKey());
            } else {
                annotations.set(annotation.getKey(), annotation.getValue());
            }
        });
        for (JsonNode condition : patch.path("status").path("conditions")) {
            final ArrayNode conditions = object.withArray("/status/conditions");
            for (int i = conditions.size() - 1; i >= 0; i--) {
                if (conditions.get(i).path("type").equals(condition.path("type"))) {
                    conditions.remove(i);
                }
            }
            conditions.add(condition);
        }
        put(NODES, object);
        return answer(200, object);
    }

    private static List<String> selector(Map<String, String> query) {
        final String text = query.getOrDefault("labelSelector", "");
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }

    private static MockResponse answer(int code, JsonNode body) {
        return new MockResponse().setResponseCode(code).setHeader("Content-Type", "application/json")
                .setBody(body.toString());
    }

    @Override
    public void close() {
        server.shutdown();
        writer.shutdownNow();
    }
}
