package dev.ringway.cni;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The daemon's side of the readiness file. */
final class ReadyFile implements AutoCloseable {
    private final FileChannel channel;

    /** @param more words after the inode */
    ReadyFile(Path directory, boolean locked, String more) throws IOException {
        final Path file = directory.resolve("cni-ready");
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        if (locked && channel.tryLock() == null) {
            throw new AssertionError("locked already");
        }
        final String text = "ringway 1 " + Files.getAttribute(file, "unix:ino") + more + "\n";
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** What the kernel calls now: whole seconds since boot. */
    static long uptime() throws IOException {
        final String text = Files.readString(Path.of("/proc/uptime"));
        return Long.parseLong(text.substring(0, text.indexOf('.')));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
