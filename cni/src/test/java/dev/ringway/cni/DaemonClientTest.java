package dev.ringway.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time-outs, with short ones: the program's own is too long to wait for. */
class DaemonClientTest {
    private static final int TIMEOUT_MS = 200;

    @TempDir
    private Path temp;

    private CniError ask(Path socket) {
        return assertThrows(CniError.class, () -> new DaemonClient(socket.toString(), TIMEOUT_MS).ask("{}"));
    }

    @Test
    void aDaemonThatDoesNotAnswerMayHaveDoneIt() throws IOException {
        final CountDownLatch end = new CountDownLatch(1);
        try (FakeDaemon daemon = new FakeDaemon(temp.resolve("s"), request -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        })) {
            final CniError error = ask(temp.resolve("s"));
            assertTrue(error instanceof UnknownOutcome);
            assertEquals(CniError.TRY_AGAIN, error.code());
            assertTrue(error.getMessage().contains("does not answer within 200 ms"), error.getMessage());
            assertEquals(1, daemon.requests().size());
            end.countDown();
        }
    }

    /** A daemon that hangs accepts nothing; once its queue is full, connect(2) blocks. */
    @Test
    void aDaemonThatDoesNotAcceptHasNotDoneIt() throws IOException {
        final Path socket = temp.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            int waiting = 0;
            CniError error = ask(socket);
            while (error instanceof UnknownOutcome) {
                assertTrue(++waiting < 16, "the queue is never full");
                error = ask(socket);
            }
            assertEquals(CniError.TRY_AGAIN, error.code());
            assertTrue(error.getMessage().contains("does not answer within"), error.getMessage());
        }
    }

    @Test
    void aDaemonThatStaysBusyIsTryAgainLater() throws IOException {
        try (FakeDaemon daemon = new FakeDaemon(temp.resolve("s"), request ->
                "{\"v\":1,\"ok\":false,\"error\":{\"code\":\"busy\",\"message\":\"more than 16\"}}")) {
            assertEquals(CniError.TRY_AGAIN, ask(temp.resolve("s")).code());
            assertTrue(daemon.requests().size() > 1);
        }
    }
}
