package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real socket, real clients. */
class ControlServerTest {
    private static final String ECHO = "{\"v\":1,\"op\":\"echo\"}\n";
    private static final String ECHOED = "{\"v\":1,\"ok\":true,\"result\":{}}";

    @TempDir
    private Path directory;

    private final CountDownLatch release = new CountDownLatch(1);
    private ControlSocketFile file;
    private ControlServer server;

    @AfterEach
    void stop() throws IOException {
        release.countDown();
        server.close();
        file.close();
        assertFalse(Files.exists(path()));
    }

    @Test
    void requestsAreAnsweredInTurn() throws Exception {
        start(uid());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
        try (Client client = new Client()) {
            client.send(ECHO + "x\n" + ECHO);
            assertEquals(ECHOED, client.line());
            assertTrue(client.line().contains("bad-json"));
            assertEquals(ECHOED, client.line());
            client.send(ECHO.strip());
            client.channel.shutdownOutput();
            assertEquals(ECHOED, client.line());
            assertEquals(null, client.line());
        }
    }

    @Test
    void theLongestRequestAndOneByteMore() throws Exception {
        start(uid());
        try (Client client = new Client()) {
            client.send(ECHO.strip() + " ".repeat(ControlProtocol.MOST_REQUEST - ECHO.length() + 1) + "\n");
            assertEquals(ECHOED, client.line());
        }
        try (Client client = new Client()) {
            client.send(ECHO.strip() + " ".repeat(ControlProtocol.MOST_REQUEST - ECHO.length() + 2) + "\n");
            assertTrue(client.line().contains("too-large"));
            assertEquals(null, client.line());
        }
    }

    @Test
    void aSlowOperationHoldsUpNobodyElse() throws Exception {
        start(uid());
        try (Client slow = new Client(); Client quick = new Client()) {
            slow.send("{\"v\":1,\"op\":\"wait\"}\n");
            quick.send(ECHO);
            assertEquals(ECHOED, quick.line());
            release.countDown();
            assertEquals(ECHOED, slow.line());
        }
    }

    @Test
    void connectionsAreFew() throws Exception {
        start(uid());
        final List<Client> clients = new ArrayList<>();
        for (int i = 0; i < ControlServer.MOST_CONNECTIONS; i++) {
            clients.add(new Client());
            clients.getLast().send(ECHO);
            assertEquals(ECHOED, clients.getLast().line());
        }
        try (Client more = new Client()) {
            assertTrue(more.line().contains("busy"));
            assertEquals(null, more.line());
        }
        clients.getFirst().send(ECHO);
        assertEquals(ECHOED, clients.getFirst().line());
        for (Client client : clients) {
            client.close();
        }
    }

    @Test
    void othersAreRefused() throws Exception {
        start(uid() + 1);
        try (Client client = new Client()) {
            assertTrue(client.line().contains("\"code\":\"forbidden\""));
            assertEquals(null, client.line());
        }
    }

    @Test
    void closingEndsConnections() throws Exception {
        start(uid());
        try (Client client = new Client()) {
            client.send(ECHO);
            assertEquals(ECHOED, client.line());
            server.close();
            assertEquals(null, client.line());
        }
    }

    private void start(int user) throws Exception {
        file = ControlSocketFile.claim(path());
        server = new ControlServer(file, List.of(new TestOp("echo", arguments -> arguments),
                new TestOp("wait", arguments -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return arguments;
                })), user);
        server.start();
        while (!Files.exists(path()) || Files.getPosixFilePermissions(path()).size() != 2) {
            Thread.sleep(5);
        }
    }

    private Path path() {
        return directory.resolve("ringway.sock");
    }

    private static int uid() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private final class Client implements AutoCloseable {
        private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        private final BufferedReader reader;

        Client() throws IOException {
            channel.connect(UnixDomainSocketAddress.of(path()));
            reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        }

        void send(String text) throws IOException {
            final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        /** The next line, or null at the end. */
        String line() throws IOException {
            return reader.readLine();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
