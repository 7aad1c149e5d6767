package dev.ringway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.control.services.HealthCheck;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** S50: what a load balancer's real HTTP client gets from health check node ports. */
class HealthCheckServerTest {
    private volatile boolean healthy = true;
    private final HealthCheckServer server = new HealthCheckServer(() -> healthy);
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    private void apply(List<HealthCheck> checks) {
        server.apply(checks, null);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private HttpResponse<String> get(String host, int port, String method) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/any/path?x"))
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aNodeWithEndpoints() throws Exception {
        final int port = freePort();
        apply(List.of(new HealthCheck("shop", "web", port, 3)));
        for (String host : List.of("127.0.0.1", "[::1]")) {
            final HttpResponse<String> answer = get(host, port, "GET");
            assertEquals(200, answer.statusCode());
            assertEquals("application/json", answer.headers().firstValue("Content-Type").orElse(""));
            assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
            assertEquals("3", answer.headers().firstValue("X-Load-Balancing-Endpoint-Weight").orElse(""));
            assertEquals("{\"service\":{\"namespace\":\"shop\",\"name\":\"web\"},\"localEndpoints\":3,"
                    + "\"serviceProxyHealthy\":true}", answer.body());
        }
        final HttpResponse<String> head = get("127.0.0.1", port, "HEAD");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
    }

    @Test
    void aNodeWithoutEndpointsAndASickOne() throws Exception {
        final int port = freePort();
        apply(List.of(new HealthCheck("shop", "web", port, 0)));
        final HttpResponse<String> none = get("127.0.0.1", port, "GET");
        assertEquals(503, none.statusCode());
        assertEquals("0", none.headers().firstValue("X-Load-Balancing-Endpoint-Weight").orElse(""));
        apply(List.of(new HealthCheck("shop", "web", port, 1)));
        assertEquals(200, get("127.0.0.1", port, "GET").statusCode());
        healthy = false;
        final HttpResponse<String> sick = get("127.0.0.1", port, "GET");
        assertEquals(503, sick.statusCode());
        assertTrue(sick.body().endsWith("\"localEndpoints\":1,\"serviceProxyHealthy\":false}"), sick.body());
    }

    @Test
    void portsOpenAndCloseWithTheList() throws Exception {
        final int one = freePort();
        apply(List.of(new HealthCheck("a", "one", one, 1)));
        final int two = freePort();
        apply(List.of(new HealthCheck("a", "two", two, 1)));
        assertTrue(get("127.0.0.1", two, "GET").body().contains("\"two\""));
        assertThrows(ConnectException.class, () -> get("127.0.0.1", one, "GET"));
        apply(List.of());
        assertThrows(ConnectException.class, () -> get("127.0.0.1", two, "GET"));
    }

    @Test
    void aTakenPortIsTriedAgain() throws Exception {
        final List<HealthCheck> wanted;
        try (ServerSocket other = new ServerSocket(0)) {
            wanted = List.of(new HealthCheck("a", "b", other.getLocalPort(), 1));
            apply(wanted);
            apply(wanted);
            assertEquals(List.of(other.getLocalPort()), server.missing());
        }
        apply(wanted);
        assertEquals(List.of(), server.missing());
        assertEquals(200, get("127.0.0.1", wanted.getFirst().nodePort(), "GET").statusCode());
    }

    /** {@code services.nodePortAddresses}; an address that is not there, or not yet, keeps no other from its answer. */
    @Test
    void onlySomeAddresses() throws Exception {
        final int port = freePort();
        final List<HealthCheck> checks = List.of(new HealthCheck("a", "b", port, 1));
        apply(checks);
        server.apply(checks, List.of(IpText.address("127.0.0.2"), IpText.address("192.0.2.1")));
        assertEquals(200, get("127.0.0.2", port, "GET").statusCode());
        assertThrows(ConnectException.class, () -> get("127.0.0.1", port, "GET"));
        assertEquals(List.of(port), server.missing());
        server.apply(checks, List.of(IpText.address("127.0.0.1"), IpText.address("::1")));
        assertEquals(200, get("127.0.0.1", port, "GET").statusCode());
        assertEquals(200, get("[::1]", port, "GET").statusCode());
        assertThrows(ConnectException.class, () -> get("127.0.0.2", port, "GET"));
        assertEquals(List.of(), server.missing());
        server.apply(checks, List.of());
        assertThrows(ConnectException.class, () -> get("127.0.0.1", port, "GET"));
    }

    @Test
    void twoServicesOfOnePortAreServedAsOne() throws Exception {
        final int port = freePort();
        apply(List.of(new HealthCheck("a", "first", port, 1), new HealthCheck("a", "second", port, 0)));
        assertTrue(get("127.0.0.1", port, "GET").body().contains("first"));
    }

    /** What is not HTTP is refused, what says nothing harms nobody, and a client that floods is not read for ever. */
    @Test
    void strangeClients() throws Exception {
        final int port = freePort();
        apply(List.of(new HealthCheck("a", "b", port, 1)));
        assertTrue(raw(port, "hello\r\n\r\n").startsWith("HTTP/1.1 400 "));
        assertTrue(raw(port, "GET / HTTP/1.0\n\n").startsWith("HTTP/1.1 200 "));
        assertTrue(raw(port, "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc").startsWith("HTTP/1.1 200 "));
        final List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            silent.add(new Socket("127.0.0.1", port));
        }
        assertEquals(200, get("127.0.0.1", port, "GET").statusCode());
        try (Socket flood = new Socket("127.0.0.1", port)) {
            assertThrows(IOException.class, () -> {
                while (true) {
                    flood.getOutputStream().write(new byte[1000]);
                }
            });
        }
        for (Socket socket : silent) {
            socket.close();
        }
    }

    private static String raw(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
