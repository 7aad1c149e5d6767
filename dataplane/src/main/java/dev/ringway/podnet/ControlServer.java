package dev.ringway.podnet;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jnr.enxio.channels.NativeSelectorProvider;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/**
 * Listens on the control socket (unix stream) for clients of user 0. One thread accepts, each connection has one of
 * its own, and there are few of them, so that a client that is slow holds up nobody but itself. The native library
 * behind the sockets takes its time to load: it does so on the accepting thread, when packets already flow.
 */
public final class ControlServer implements AutoCloseable {
    static final int MOST_CONNECTIONS = 64;

    private static final System.Logger LOG = System.getLogger(ControlServer.class.getName());
    private static final int ROOT = 0;
    private static final int BACKLOG = 64;
    private static final long CLOSE_MS = 2_000;

    private final Path socket;
    private final int user;
    private final ControlProtocol protocol;
    private final Set<ControlConnection> connections = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;
    private volatile AbstractSelector selector;

    /** @param file the right to the socket's path, which the caller keeps until this is closed */
    public ControlServer(ControlSocketFile file, List<ControlOp> ops) {
        this(file, ops, ROOT);
    }

    /** @param user the one whose processes may connect */
    ControlServer(ControlSocketFile file, List<ControlOp> ops, int user) {
        this.user = user;
        socket = file.socket();
        protocol = new ControlProtocol(ops);
        thread = Thread.ofPlatform().daemon().name("control").unstarted(this::run);
    }

    /** Starts listening; returns at once. */
    public void start() {
        thread.start();
    }

    /** Stops listening and ends all connections. */
    @Override
    public void close() {
        closed = true;
        final AbstractSelector waiting = selector;
        if (waiting != null) {
            waiting.wakeup();
        }
        connections.forEach(ControlConnection::close);
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (AbstractSelector accepting = NativeSelectorProvider.getInstance().openSelector();
                UnixServerSocketChannel server = UnixServerSocketChannel.open()) {
            server.configureBlocking(false);
            server.socket().bind(new UnixSocketAddress(socket.toFile()), BACKLOG);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            server.register(accepting, SelectionKey.OP_ACCEPT);
            selector = accepting;
            while (!closed) {
                accepting.select();
                accepting.selectedKeys().clear();
                accept(server);
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.log(ERROR, "no control socket at " + socket + "; packets are switched, but ringway status and the"
                    + " like will not work", e);
        }
    }

    private void accept(UnixServerSocketChannel server) {
        try {
            UnixSocketChannel client = server.accept();
            while (client != null) {
                serve(client);
                client = server.accept();
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(WARNING, "accepting a connection to the control socket: " + e.getMessage());
        }
    }

    private void serve(UnixSocketChannel client) throws IOException {
        client.configureBlocking(true);
        final int peer = client.getOption(UnixSocketOptions.SO_PEERCRED).getUid();
        if (peer != user) {
            refuse(client, "forbidden", "only root may use the control socket, not user " + peer);
        } else if (connections.size() >= MOST_CONNECTIONS) {
            refuse(client, "busy", "more than " + MOST_CONNECTIONS + " connections; try again");
        } else {
            final ControlConnection connection = new ControlConnection(client, protocol);
            connections.add(connection);
            Thread.ofPlatform().daemon().name("control-client").start(() -> {
                try {
                    connection.run();
                } finally {
                    connections.remove(connection);
                }
            });
        }
    }

    private void refuse(UnixSocketChannel client, String code, String message) throws IOException {
        try (client) {
            // Fits into a fresh socket's buffer: this does not wait.
            client.write(ByteBuffer.wrap(protocol.failure(code, message)));
        }
    }
}
