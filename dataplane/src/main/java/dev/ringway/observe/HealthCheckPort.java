package dev.ringway.observe;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.services.HealthCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * One port of the node, on one of its addresses or all, where a load balancer asks for the endpoints of one Service:
 * any path, one answer a connection (RFC 9112 with {@code Connection: close}). A virtual thread waits for connections,
 * and each has another.
 */
final class HealthCheckPort implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_REQUEST = 8 << 10;
    private static final int MOST_CONNECTIONS = 64;
    private static final int PATIENCE_MS = 5_000;

    private static final Duration MOST_CLOSE = Duration.ofSeconds(1);

    private final ServerSocket listening = new ServerSocket();
    private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);
    private final BooleanSupplier healthy;
    private final Thread acceptor;
    private volatile HealthCheck check;

    HealthCheckPort(InetSocketAddress place, HealthCheck check, BooleanSupplier healthy) throws IOException {
        this.check = check;
        this.healthy = healthy;
        try {
            listening.setReuseAddress(true);
            listening.bind(place, MOST_CONNECTIONS);
        } catch (IOException e) {
            listening.close();
            throw e;
        }
        acceptor = Thread.ofVirtual().name("health-" + place.getPort()).start(this::accept);
    }

    void set(HealthCheck now) {
        check = now;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                final Socket client = listening.accept();
                if (connections.tryAcquire()) {
                    Thread.ofVirtual().name("health-client").start(() -> serve(client));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                // Closed, or a client that was gone before it was accepted, or no descriptors left for now.
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(listening.isClosed() ? 0 : 100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setSoTimeout(PATIENCE_MS);
            final String head = head(client.getInputStream());
            if (head != null) {
                client.getOutputStream().write(answer(head));
                client.shutdownOutput();
                drain(client.getInputStream());
            }
        } catch (IOException e) {
            // A client that goes away or says nothing gets no answer.
        } finally {
            connections.release();
        }
    }

    /** The request up to its empty line; null if it ends before, or is too long for a health check. */
    private static String head(InputStream in) throws IOException {
        final StringBuilder head = new StringBuilder();
        while (head.length() < MOST_REQUEST) {
            final int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
            if (next == '\n' && (ends(head, "\r\n\r\n") || ends(head, "\n\n"))) {
                return head.toString();
            }
        }
        return null;
    }

    private static boolean ends(StringBuilder head, String end) {
        return head.length() >= end.length() && head.substring(head.length() - end.length()).equals(end);
    }

    private byte[] answer(String head) {
        final String[] request = head.substring(0, head.indexOf('\n')).strip().split(" ");
        if (request.length != 3 || !request[2].startsWith("HTTP/1.")) {
            return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
        }
        final HealthCheck now = check;
        final boolean works = healthy.getAsBoolean();
        final byte[] body = body(now, works);
        final byte[] header = ("HTTP/1.1 " + (works && now.localEndpoints() > 0 ? "200 OK" : "503 Service Unavailable")
                + "\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
                + "X-Load-Balancing-Endpoint-Weight: " + now.localEndpoints() + "\r\nContent-Length: " + body.length
                + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        final boolean whole = !request[0].equals("HEAD");
        final byte[] answer = new byte[header.length + (whole ? body.length : 0)];
        System.arraycopy(header, 0, answer, 0, header.length);
        System.arraycopy(body, 0, answer, header.length, answer.length - header.length);
        return answer;
    }

    private static byte[] body(HealthCheck check, boolean works) {
        final ObjectNode body = JSON.createObjectNode();
        body.putObject("service").put("namespace", check.namespace()).put("name", check.name());
        body.put("localEndpoints", check.localEndpoints()).put("serviceProxyHealthy", works);
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What the client still sends would make the kernel reset the connection, and the answer be lost. */
    private static void drain(InputStream in) throws IOException {
        final byte[] rest = new byte[1024];
        for (int left = MOST_REQUEST; left > 0;) {
            final int count = in.read(rest);
            if (count < 0) {
                return;
            }
            left -= count;
        }
    }

    /** When this returns the port is free: a socket stays open while a virtual thread is in its accept. */
    @Override
    public void close() {
        try {
            listening.close();
            acceptor.join(MOST_CLOSE);
        } catch (IOException e) {
            // Nothing is written here that could be lost.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
