package dev.ringway.observe.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ringway.observe.HttpLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code /metrics}, {@code /healthz} and {@code /readyz} by HTTP, and kube-proxy's {@code /proxyMode}. Each request has
 * a virtual thread, so that one that waits for a packet keeps none from an answer.
 */
public final class MetricsServer implements AutoCloseable {
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int WRONG_METHOD = 405;
    private static final int FAILED = 500;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;
    private final ExecutorService threads;
    private final Page page;
    private final Health health;

    /** @throws IOException if the port is taken or the address is not this machine's */
    public MetricsServer(InetSocketAddress listen, Page page, Health health) throws IOException {
        this.page = page;
        this.health = health;
        HttpLimits.set();
        server = HttpServer.create(listen, 64);
        threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("metrics-client").factory());
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            final String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, WRONG_METHOD, PLAIN, "only GET and HEAD");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/metrics" -> metrics(exchange);
                case "/healthz" -> state(exchange, health::lives);
                case "/readyz" -> state(exchange, health::forwards);
                // As kube-proxy tells it, without a line's end.
                case "/proxyMode" -> send(exchange, OK, PLAIN, "ringway".getBytes(StandardCharsets.UTF_8));
                default -> send(exchange, NOT_FOUND, PLAIN, "there is /metrics, /healthz, /readyz and /proxyMode");
            }
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        final Page.Text text;
        try {
            text = page.read(exchange.getRequestHeaders().getFirst("Accept"));
        } catch (RuntimeException e) {
            System.getLogger(MetricsServer.class.getName()).log(System.Logger.Level.ERROR,
                    "the metrics cannot be read; please report it", e);
            send(exchange, FAILED, PLAIN, "a defect; the log has the stack trace");
            return;
        }
        send(exchange, OK, text.type(), text.body());
    }

    private static void state(HttpExchange exchange, Supplier<String> question) throws IOException {
        String problem;
        try {
            problem = question.get();
        } catch (RuntimeException e) {
            problem = "cannot be told: " + e;
        }
        send(exchange, problem == null ? OK : UNAVAILABLE, PLAIN, problem == null ? "ok" : problem);
    }

    private static void send(HttpExchange exchange, int status, String type, String line) throws IOException {
        send(exchange, status, type, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
