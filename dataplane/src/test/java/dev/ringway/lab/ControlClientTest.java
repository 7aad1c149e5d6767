package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;
    private Path socket;
    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        socket = directory.resolve("node1.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void oneLineEachWay() throws IOException {
        final CompletableFuture<String> request = answer("{\"v\":1,\"ok\":true,\"result\":{\"ready\":true}}\n");
        assertTrue(ControlClient.call(socket, "status", PATIENCE).path("ready").asBoolean());
        assertEquals(Json.parse("{\"v\":1,\"op\":\"status\"}"), Json.parse(request.join()));
    }

    @Test
    void argumentsGoWithTheQuestion() throws IOException {
        final CompletableFuture<String> request = answer("{\"v\":1,\"ok\":true,\"result\":{}}\n");
        ControlClient.call(socket, "services", JsonNodeFactory.instance.objectNode().put("filter", "web"), PATIENCE);
        assertEquals(Json.parse("{\"v\":1,\"op\":\"services\",\"args\":{\"filter\":\"web\"}}"),
                Json.parse(request.join()));
    }

    @Test
    void anAnswerMayComeInPieces() throws IOException {
        answer("{\"v\":1,\"ok\":tr", "ue,\"result\":", "[7]}\n");
        assertEquals(7, ControlClient.call(socket, "pods", PATIENCE).path(0).asInt());
    }

    @Test
    void aRefusalIsTold() {
        answer("{\"v\":1,\"ok\":false,\"error\":{\"code\":\"unknown-op\",\"message\":\"no such thing\"}}\n");
        assertEquals("the switch refused 'x': no such thing", failure("x", PATIENCE));
    }

    @Test
    void aClosedConnectionIsTold() {
        answer("{\"v\":1");
        assertEquals("the switch closed the connection without an answer", failure("status", PATIENCE));
    }

    @Test
    void aSwitchThatHangsIsGivenUp() {
        // Connects, since the kernel accepts into the backlog, but nobody ever answers.
        assertEquals("no answer within 50 ms", failure("status", Duration.ofMillis(50)));
    }

    private String failure(String op, Duration limit) {
        return assertThrows(IOException.class, () -> ControlClient.call(socket, op, limit)).getMessage();
    }

    private CompletableFuture<String> answer(String... pieces) {
        return CompletableFuture.supplyAsync(() -> {
            try (SocketChannel channel = server.accept()) {
                final ByteArrayOutputStream line = new ByteArrayOutputStream();
                final ByteBuffer one = ByteBuffer.allocate(1);
                while (channel.read(one.clear()) > 0 && one.get(0) != '\n') {
                    line.write(one.get(0));
                }
                for (String piece : List.of(pieces)) {
                    channel.write(ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8)));
                    Thread.yield();
                }
                return line.toString(StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
