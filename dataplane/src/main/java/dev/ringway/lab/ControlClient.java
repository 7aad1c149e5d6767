package dev.ringway.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Asks a switch one question over its control socket: a JSON object a line each way, on a connection of its own. */
final class ControlClient {
    private static final int BUFFER = 16 * 1024;
    private static final int MOST_ANSWER = 64 << 20;

    private ControlClient() {
    }

    static JsonNode call(Path socket, String op, Duration limit) throws IOException {
        return call(socket, op, JsonNodeFactory.instance.objectNode(), limit);
    }

    /** The {@code result} of the answer. Blocks the caller for at most the limit. */
    static JsonNode call(Path socket, String op, ObjectNode arguments, Duration limit) throws IOException {
        final ObjectNode asked = JsonNodeFactory.instance.objectNode().put("v", 1).put("op", op);
        if (!arguments.isEmpty()) {
            asked.set("args", arguments);
        }
        final String request = Json.line(asked) + "\n";
        final JsonNode answer;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            final ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            answer = Json.parse(readLine(channel, limit));
        }
        if (!answer.path("ok").asBoolean()) {
            throw new IOException("the switch refused '" + op + "': "
                    + answer.path("error").path("message").asText(answer.toString()));
        }
        return answer.path("result");
    }

    private static String readLine(SocketChannel channel, Duration limit) throws IOException {
        final long startNs = System.nanoTime();
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        channel.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            while (line.size() < MOST_ANSWER) {
                final long leftMs = limit.toMillis() - (System.nanoTime() - startNs) / 1_000_000;
                if (leftMs <= 0) {
                    throw new IOException("no answer within " + limit.toMillis() + " ms");
                }
                selector.select(leftMs);
                selector.selectedKeys().clear();
                if (channel.read(buffer.clear()) < 0) {
                    throw new EOFException("the switch closed the connection without an answer");
                }
                for (int i = 0; i < buffer.position(); i++) {
                    if (buffer.get(i) == '\n') {
                        return line.toString(StandardCharsets.UTF_8);
                    }
                    line.write(buffer.get(i));
                }
            }
        }
        throw new IOException("the answer is larger than " + MOST_ANSWER + " bytes");
    }
}
