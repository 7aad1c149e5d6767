package dev.ringway.observe;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * {@code /healthz} and {@code /livez} as kube-proxy has them on port 10256: where load balancers of clouds ask whether
 * this node is to get clients of Services with externalTrafficPolicy Cluster. A node that is about to be taken away is
 * not. Each request has a virtual thread.
 */
public final class ProxyHealthServer implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;
    private final ExecutorService threads;
    private final Status status;
    /** Good and bad answers of /healthz, then of /livez. */
    private final AtomicLongArray answers = new AtomicLongArray(4);

    /** What the node knows of itself; any thread asks. */
    public interface Status {
        /** True while Services are served. */
        boolean isHealthy();

        /** False if the node is being deleted, or scaled away. */
        boolean isEligible();

        /** When the tables were last as their source says, in milliseconds since 1970, or 0. */
        long lastUpdatedMs();

        /** True if Services of this IP version are served. */
        boolean has(int version);
    }

    /** @throws IOException if the port is taken or the address is not this machine's */
    public ProxyHealthServer(InetSocketAddress listen, Status status) throws IOException {
        this.status = status;
        HttpLimits.set();
        server = HttpServer.create(listen, 64);
        threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("proxy-health-client").factory());
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** How often it was answered so; any thread. */
    public long answers(boolean livez, boolean good) {
        return answers.get(index(livez, good));
    }

    private static int index(boolean livez, boolean good) {
        return (livez ? 2 : 0) + (good ? 0 : 1);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            final boolean healthy = status.isHealthy();
            final boolean eligible = status.isEligible();
            final String path = exchange.getRequestURI().getPath();
            final boolean lives = path.equals("/livez");
            if (!lives && !path.equals("/healthz")) {
                exchange.sendResponseHeaders(NOT_FOUND, -1);
                return;
            }
            final boolean good = healthy && (lives || eligible);
            answers.incrementAndGet(index(lives, good));
            final byte[] body = body(healthy, good, lives ? null : eligible);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.sendResponseHeaders(good ? OK : UNAVAILABLE, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /**
     * As kube-proxy: where all is well {@code lastUpdated} is now, as load balancers know it from of old; that of each
     * IP version tells when it was.
     *
     * @param eligible null: is not told
     */
    private byte[] body(boolean healthy, boolean good, Boolean eligible) {
        final ObjectNode body = JSON.createObjectNode();
        final String now = text(Instant.now());
        final long updatedMs = status.lastUpdatedMs();
        final String updated = updatedMs == 0 ? null : text(Instant.ofEpochMilli(updatedMs));
        body.put("lastUpdated", good ? now : updated).put("currentTime", now);
        if (eligible != null) {
            body.put("nodeEligible", eligible);
        }
        body.put("healthy", healthy);
        final ObjectNode versions = body.putObject("status");
        for (int version = 4; version <= 6; version += 2) {
            if (status.has(version)) {
                versions.putObject("IPv" + version).put("lastUpdated", updated).put("healthy", healthy);
            }
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
