package dev.ringway.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Held while a lab is made or taken away, or while it is checked, so that two commands do not do so at once. The kernel
 * gives it back when the process dies. The first one's file stays: removing it would let a third command lock another
 * file of the same name.
 */
final class LabLock implements AutoCloseable {
    private final FileChannel channel;

    private LabLock(FileChannel channel) {
        this.channel = channel;
    }

    static LabLock take(LabFiles files) {
        return take(files.lock(), "making or removing");
    }

    /** A check kills a web server, which another one at the same time would take for a fault. */
    static LabLock takeForCheck(LabFiles files) {
        return take(files.checkLock(), "checking");
    }

    private static LabLock take(Path path, String doing) {
        try {
            final FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            final FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new LabException("another 'ringway lab' (process " + Files.readString(path).strip()
                        + ") is " + doing + " the lab", "wait for it, or stop it with Ctrl-C there");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return new LabLock(channel);
        } catch (IOException e) {
            throw new LabException("cannot lock " + path + ": " + e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LabException("cannot give back the lab's lock: " + e);
        }
    }
}
