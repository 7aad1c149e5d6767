package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Asks a running daemon over its control socket. With the JDK's own unix sockets: the library that the daemon listens
 * with takes longer to load than an answer takes.
 */
final class ControlClient {
    private static final int TIMEOUT_MS = 10_000;
    private static final JsonMapper JSON = new JsonMapper();

    private ControlClient() {
    }

    /** The answer to an operation. */
    static JsonNode ask(Path socket, String op, ObjectNode arguments) throws ControlFailure {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            connect(channel, socket);
            final Thread guard = Thread.ofPlatform().daemon().start(() -> giveUpLate(channel));
            final JsonNode answer = exchange(channel, request(op, arguments));
            guard.interrupt();
            if (!answer.path("ok").asBoolean()) {
                throw new ControlFailure("the daemon refused: " + answer.path("error").path("message")
                        .asText("an answer that is none"));
            }
            return answer.path("result");
        } catch (AsynchronousCloseException e) {
            throw new ControlFailure("the daemon at " + socket + " does not answer within " + TIMEOUT_MS + " ms");
        } catch (IOException e) {
            throw new ControlFailure("talking to the daemon at " + socket + ": " + e.getMessage());
        }
    }

    private static String request(String op, ObjectNode arguments) {
        final ObjectNode request = JSON.createObjectNode().put("v", 1).put("op", op);
        if (!arguments.isEmpty()) {
            request.set("args", arguments);
        }
        return request + "\n";
    }

    private static void connect(SocketChannel channel, Path socket) throws ControlFailure {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            final String why = !Files.exists(socket) ? "there is no such socket"
                    : !Files.isWritable(socket) ? "permission denied; only root may" : "nobody listens there any more";
            throw new ControlFailure("no daemon answers at " + socket + " (" + why + "); start one with\n"
                    + "    ringway switch --config FILE\nor name its control.socket with --socket");
        }
    }

    private static JsonNode exchange(SocketChannel channel, String request) throws IOException {
        final ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
        while (out.hasRemaining()) {
            channel.write(out);
        }
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        final ByteBuffer in = ByteBuffer.allocate(65_536);
        while (channel.read(in) >= 0) {
            line.write(in.array(), 0, in.position());
            final boolean whole = in.position() > 0 && in.get(in.position() - 1) == '\n';
            in.clear();
            if (whole) {
                break;
            }
        }
        final JsonNode answer = JSON.readTree(line.toByteArray());
        if (answer == null || !answer.isObject()) {
            throw new IOException("it closed the connection without an answer");
        }
        return answer;
    }

    private static void giveUpLate(SocketChannel channel) {
        try {
            Thread.sleep(TIMEOUT_MS);
            channel.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException("closing a socket", e);
        }
    }
}
