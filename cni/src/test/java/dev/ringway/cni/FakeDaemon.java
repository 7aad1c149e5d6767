package dev.ringway.cni;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** The daemon's side of the socket, in this process: keeps what it was asked, answers what it is told to. */
final class FakeDaemon implements AutoCloseable {
    static final String DONE = "{\"v\":1,\"ok\":true}";

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ServerSocketChannel server;
    private volatile UnaryOperator<String> answer;

    /** @param answer from a request line to its answer; null closes the connection without one */
    FakeDaemon(Path socket, UnaryOperator<String> answer) throws IOException {
        this.answer = answer;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket), 128);
        Thread.ofPlatform().daemon().start(this::run);
    }

    static String result(String json) {
        return "{\"v\":1,\"ok\":true,\"result\":" + json + "}";
    }

    static String error(int code, String message, String details) {
        return "{\"v\":1,\"ok\":false,\"error\":{\"code\":\"cni\",\"cni\":{\"cniVersion\":\"1.1.0\",\"code\":" + code
                + ",\"msg\":\"" + message + "\",\"details\":\"" + details + "\"}}}";
    }

    void answer(UnaryOperator<String> next) {
        answer = next;
    }

    List<String> requests() {
        return requests;
    }

    String onlyRequest() {
        if (requests.size() != 1) {
            throw new AssertionError("one request expected, not " + requests);
        }
        return requests.getFirst();
    }

    private void run() {
        try {
            while (true) {
                final SocketChannel client = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(SocketChannel client) {
        try (client; BufferedReader in = new BufferedReader(new InputStreamReader(Channels.newInputStream(client),
                StandardCharsets.UTF_8))) {
            final String request = in.readLine();
            if (request == null) {
                return;
            }
            requests.add(request);
            final String line = answer.apply(request);
            if (line != null) {
                final ByteBuffer out = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
                while (out.hasRemaining()) {
                    client.write(out);
                }
            }
        } catch (IOException e) {
            // The client has gone; its own outcome tells why.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
