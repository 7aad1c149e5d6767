package dev.ringway.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks a daemon over its control socket, without the start of a program that its commands cost. */
final class ControlSocket {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ControlSocket() {
    }

    /**
     * The answer to an operation.
     *
     * @throws IOException nobody answers, or the daemon refuses
     */
    static JsonNode ask(Path socket, String op, ObjectNode arguments) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            final ObjectNode request = JSON.createObjectNode().put("v", 1).put("op", op);
            if (!arguments.isEmpty()) {
                request.set("args", arguments);
            }
            final ByteBuffer out = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            final String line = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).readLine();
            if (line == null) {
                throw new IOException("the daemon has closed the connection");
            }
            final JsonNode answer = JSON.readTree(line);
            if (!answer.path("ok").asBoolean()) {
                throw new IOException(answer.toString());
            }
            return answer.path("result");
        }
    }
}
