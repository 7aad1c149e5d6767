package dev.ringway.podnet;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/**
 * One client of the control socket, on a thread of its own: requests are answered in turn. A client that sends or
 * takes nothing for a while, or sends a line that is too long, is cut off.
 */
final class ControlConnection implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ControlConnection.class.getName());
    private static final int TIMEOUT_MS = 10_000;
    private static final int MOST_DISCARDS = 64;
    /** Room for most requests; grows with the few that are larger. */
    private static final int FIRST_BUFFER = 8 << 10;

    private final UnixSocketChannel client;
    private final ControlProtocol protocol;
    private ByteBuffer received = ByteBuffer.allocate(FIRST_BUFFER);

    ControlConnection(UnixSocketChannel client, ControlProtocol protocol) {
        this.client = client;
        this.protocol = protocol;
    }

    void run() {
        try (client) {
            client.setOption(UnixSocketOptions.SO_RCVTIMEO, TIMEOUT_MS);
            client.setOption(UnixSocketOptions.SO_SNDTIMEO, TIMEOUT_MS);
            serve();
        } catch (IOException | RuntimeException e) {
            LOG.log(DEBUG, "control client gone: " + e.getMessage());
        }
    }

    /** Wakes the thread from its read; it then closes the socket itself. */
    @Override
    public void close() {
        try {
            client.shutdownInput();
        } catch (IOException e) {
            LOG.log(DEBUG, "control client gone already: " + e.getMessage());
        }
    }

    private void serve() throws IOException {
        long startNs = System.nanoTime();
        int scanned = 0;
        while (true) {
            final int end = lineEnd(scanned);
            if (end >= 0) {
                answer(end);
                startNs = System.nanoTime();
                scanned = 0;
                continue;
            }
            scanned = received.position();
            if (!received.hasRemaining() && received.capacity() <= ControlProtocol.MOST_REQUEST) {
                received = ByteBuffer.allocate(Math.min(4 * received.capacity(), ControlProtocol.MOST_REQUEST + 1))
                        .put(received.flip());
            }
            if (!received.hasRemaining()) {
                write(protocol.failure("too-large", "a request is at most " + ControlProtocol.MOST_REQUEST + " bytes"));
                discardRest();
                return;
            }
            final int count = client.read(received);
            if (count < 0 && received.position() > 0) {
                // The last line may lack its line feed.
                received.put((byte) '\n');
                answer(received.position() - 1);
                return;
            }
            if (count <= 0 || System.nanoTime() - startNs > TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS)) {
                return;
            }
        }
    }

    /** Closing a socket with unread bytes resets the connection, perhaps before the client has read the answer. */
    private void discardRest() throws IOException {
        client.shutdownOutput();
        for (int i = 0; i < MOST_DISCARDS; i++) {
            received.clear();
            if (client.read(received) <= 0) {
                return;
            }
        }
    }

    private int lineEnd(int from) {
        for (int i = from; i < received.position(); i++) {
            if (received.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void answer(int end) throws IOException {
        write(protocol.answer(received.array(), end));
        received.flip().position(end + 1);
        received.compact();
    }

    private void write(byte[] line) throws IOException {
        final ByteBuffer out = ByteBuffer.wrap(line);
        final long startNs = System.nanoTime();
        while (out.hasRemaining()) {
            if (client.write(out) <= 0 || System.nanoTime() - startNs > TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS)) {
                throw new IOException("takes no answers");
            }
        }
    }
}
