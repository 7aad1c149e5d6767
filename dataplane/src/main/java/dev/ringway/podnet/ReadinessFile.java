package dev.ringway.podnet;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file {@code cni-ready} beside the control socket, by which the CNI plugin answers STATUS without asking us:
 * locked while packets are forwarded, which /proc/locks shows to everybody and the kernel ends with the process. Its
 * line, {@code ringway 1 INODE PODS UNTIL}, tells the file's own inode number, how many pods are connected (whose
 * connections suffer when the lock is gone) and the second since boot after which it does not hold any more, so that a
 * daemon that hangs is found out. Belongs to the daemon's main thread.
 *
 * <p>A lock of fcntl(2) ends when its process closes any descriptor of the file: nothing else here may open it.
 */
public final class ReadinessFile implements AutoCloseable {
    public static final String NAME = "cni-ready";

    private static final System.Logger LOG = System.getLogger(ReadinessFile.class.getName());
    private static final long HOLDS_S = 30;
    private static final Path UPTIME = Path.of("/proc/uptime");

    private final FileChannel channel;
    private final Object inode;
    private FileLock lock;
    private boolean told;

    /** @param directory that of the control socket, whose lock is ours */
    public ReadinessFile(Path directory) throws IOException {
        final Path file = directory.resolve(NAME);
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        inode = Files.getAttribute(file, "unix:ino");
    }

    /**
     * Says how things are; to be called about once a second.
     *
     * @param forwards packets are forwarded and pods can be added
     */
    public void update(boolean forwards, int pods) {
        try {
            if (forwards && lock == null) {
                lock = channel.tryLock();
            }
            if (lock != null) {
                write(pods);
            } else if (forwards && !told) {
                told = true;
                LOG.log(WARNING, "another switch with a control socket in the same directory answers container"
                        + " runtimes' STATUS for this one too; give each control.socket a directory of its own");
            }
            if (!forwards && lock != null) {
                lock.release();
                lock = null;
            }
        } catch (IOException e) {
            LOG.log(WARNING, "container runtimes may take this node for not ready: " + NAME + ": " + e.getMessage());
        }
    }

    /** One write, always of the same length: readers see the old line or the new one. */
    private void write(int pods) throws IOException {
        final String uptime = Files.readString(UPTIME);
        final long until = Long.parseLong(uptime.substring(0, uptime.indexOf('.'))) + HOLDS_S;
        channel.write(ByteBuffer.wrap(String.format("ringway 1 %-20s %-6d %-12d%n", inode, pods, until)
                .getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** Gives up the lock; the file stays and tells how many pods there were. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
