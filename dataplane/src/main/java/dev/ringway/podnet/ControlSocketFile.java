package dev.ringway.podnet;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The right to a control socket's path, and with it to be this node's switch: a lock on a file beside it, which the
 * kernel gives up however a daemon ends. Taken before anything of the node is touched, as two daemons on one set of
 * devices would share their packets.
 */
public final class ControlSocketFile implements AutoCloseable {
    private final Path socket;
    private final FileChannel channel;

    private ControlSocketFile(Path socket, FileChannel channel) {
        this.socket = socket;
        this.channel = channel;
    }

    /**
     * Takes the path, removing the socket that a crashed daemon left.
     *
     * @throws IOException if a live daemon has it, or something that is no socket is there
     */
    public static ControlSocketFile claim(Path socket) throws IOException {
        final Path directory = socket.getParent();
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        final Path lockFile = directory.resolve(socket.getFileName() + ".lock");
        final FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            lock(channel, lockFile, socket);
            removeStale(socket);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return new ControlSocketFile(socket, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    public Path socket() {
        return socket;
    }

    /** Removes the socket and gives the path up. The lock's file stays: removing it would race with the next daemon. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(socket);
        channel.close();
    }

    private static void lock(FileChannel channel, Path lockFile, Path socket) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            final String holder = Files.readString(lockFile).strip();
            throw new IOException("another switch runs with control socket " + socket
                    + (holder.isEmpty() ? "" : " (process " + holder + ")")
                    + "; stop it first, or give this one its own control.socket");
        }
    }

    private static void removeStale(Path socket) throws IOException {
        if (!Files.exists(socket)) {
            return;
        }
        if (!Files.readAttributes(socket, BasicFileAttributes.class).isOther()) {
            throw new IOException(socket + " is there and is no socket; remove it or change control.socket");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            // Refused: nobody listens any more.
            Files.deleteIfExists(socket);
            return;
        }
        throw new IOException("something else answers at control socket " + socket + "; stop it first");
    }
}
