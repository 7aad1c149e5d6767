package dev.ringway.cni;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One request to the daemon: a line each way. A daemon that is not there is told at once; one that does not answer,
 * after a time-out, which a second thread keeps by closing the socket.
 */
final class DaemonClient {
    private static final int MOST_ANSWER = 4 << 20;
    private static final int BUFFER = 16 << 10;
    private static final int BUSY_PAUSE_MS = 20;

    private final String socket;
    private final long deadlineNs;
    private final int timeoutMs;

    DaemonClient(String socket, int timeoutMs) {
        this.socket = socket;
        this.timeoutMs = timeoutMs;
        deadlineNs = System.nanoTime() + timeoutMs * 1_000_000L;
    }

    /**
     * Sends a request, without its line feed, and returns the result, or an empty text if it has none.
     *
     * @throws UnknownOutcome when the daemon may or may not have done it
     */
    String ask(String request) throws CniError {
        while (true) {
            final String answer = exchange(request);
            try {
                final Map<String, String> members = Json.members(answer);
                if ("true".equals(members.get("ok"))) {
                    final String result = members.get("result");
                    return result == null || result.equals("null") ? "" : result;
                }
                final Map<String, String> error = Json.members(members.get("error"));
                if (!"busy".equals(Json.string(error.get("code"))) || System.nanoTime() > deadlineNs) {
                    throw failure(error);
                }
            } catch (JsonException | RuntimeException e) {
                throw new CniError(CniError.INTERNAL, "the Ringway daemon's answer is not understood",
                        e.getMessage() + ": " + answer);
            }
            pause();
        }
    }

    private String exchange(String request) throws CniError {
        boolean sent = false;
        Thread guard = null;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            guard = guard(channel);
            channel.connect(UnixDomainSocketAddress.of(socket));
            final ByteBuffer out = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
                sent = true;
            }
            return Json.compact(line(channel));
        } catch (AsynchronousCloseException e) {
            throw lost(sent, "the Ringway daemon does not answer within " + timeoutMs + " ms", socket);
        } catch (IOException e) {
            throw sent ? lost(true, "the Ringway daemon ended before it answered", socket + ": " + e.getMessage())
                    : notRunning(e.getMessage());
        } catch (JsonException e) {
            throw new CniError(CniError.INTERNAL, "the Ringway daemon's answer is not JSON", e.getMessage());
        } finally {
            if (guard != null) {
                guard.interrupt();
            }
        }
    }

    private Thread guard(SocketChannel channel) {
        final Thread guard = new Thread(new Guard(channel, deadlineNs), "guard");
        guard.setDaemon(true);
        guard.start();
        return guard;
    }

    private static byte[] line(SocketChannel channel) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream(BUFFER);
        final ByteBuffer in = ByteBuffer.allocate(BUFFER);
        while (line.size() < MOST_ANSWER) {
            if (channel.read(in.clear()) < 0) {
                throw new IOException("the connection was closed");
            }
            line.write(in.array(), 0, in.position());
            if (in.position() > 0 && in.get(in.position() - 1) == '\n') {
                return line.toByteArray();
            }
        }
        throw new IOException("an answer of more than " + MOST_ANSWER + " bytes");
    }

    private void pause() throws CniError {
        try {
            Thread.sleep(BUSY_PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniError(CniError.INTERNAL, "interrupted");
        }
    }

    private static CniError failure(Map<String, String> error) throws JsonException {
        final String code = Json.string(error.get("code"));
        final String message = Json.string(error.get("message"));
        final String cni = error.get("cni");
        if (Json.isObject(cni)) {
            final Map<String, String> told = Json.members(cni);
            final String details = Json.string(told.get("details"));
            return new CniError(Integer.parseInt(told.get("code")), Json.string(told.get("msg")),
                    details == null ? "" : details);
        }
        return switch (String.valueOf(code)) {
            case "busy" -> new CniError(CniError.TRY_AGAIN, "the Ringway daemon is busy", message);
            case "forbidden" -> new CniError(CniError.IO, "the Ringway daemon refuses this user", message);
            case "too-large", "bad-json" -> new CniError(CniError.INVALID_CONFIG,
                    "the Ringway daemon refuses the network configuration", message);
            case "unknown-op" -> new CniError(CniError.TRY_AGAIN, "this Ringway daemon does not know CNI",
                    "plugin and daemon are of different versions: install-cni again, with the daemon's");
            default -> new CniError(CniError.INTERNAL, "the Ringway daemon failed: " + message);
        };
    }

    private CniError notRunning(String why) {
        return new CniError(CniError.TRY_AGAIN, "the Ringway daemon of this node is not running",
                socket + ": " + why + "; look with: ringway status --socket " + socket);
    }

    private static CniError lost(boolean sent, String message, String details) {
        return sent ? new UnknownOutcome(message, details) : new CniError(CniError.TRY_AGAIN, message, details);
    }

    /** Closes the channel at the deadline; interrupted when the answer is there. */
    private record Guard(SocketChannel channel, long deadlineNs) implements Runnable {
        @Override
        public void run() {
            try {
                Thread.sleep(Math.max(0, (deadlineNs - System.nanoTime()) / 1_000_000));
                channel.close();
            } catch (InterruptedException | IOException e) {
                // Either way nobody waits on the channel any more.
                Thread.currentThread().interrupt();
            }
        }
    }
}
