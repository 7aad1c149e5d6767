package dev.ringway.linux;

import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes of directories and files as inotify(7) tells them. The JDK's WatchService uses the same, but does not tell
 * when a writer has closed a file. Belongs to one thread, which also closes it: its number may be another file's then.
 */
public final class Inotify implements AutoCloseable {
    public static final int IN_MODIFY = 0x2;
    public static final int IN_CLOSE_WRITE = 0x8;
    public static final int IN_MOVED_FROM = 0x40;
    public static final int IN_MOVED_TO = 0x80;
    public static final int IN_CREATE = 0x100;
    public static final int IN_DELETE = 0x200;
    public static final int IN_DELETE_SELF = 0x400;
    public static final int IN_MOVE_SELF = 0x800;
    /** Events were lost. */
    public static final int IN_Q_OVERFLOW = 0x4000;
    /** The watch has ended. */
    public static final int IN_IGNORED = 0x8000;

    private static final int IN_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
    private static final int POLLIN = 1;
    private static final int POLLFD_LENGTH = 8;
    private static final int REVENTS = 6;
    private static final int BUFFER = 1 << 16;
    /** struct inotify_event: watch descriptor, mask, cookie, length of the name behind it. */
    private static final int MASK = 4;
    private static final int NAME_LENGTH = 12;
    private static final int NAME = 16;

    private final Fd fd;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment buffer = arena.allocate(BUFFER, 8);
    private final MemorySegment pollfd = arena.allocate(POLLFD_LENGTH, 8);

    /**
     * Something has happened.
     *
     * @param watch what {@link #watch} has returned; -1 with IN_Q_OVERFLOW
     * @param name  of the entry of a directory that is watched; empty: of what is watched itself
     */
    public record Event(int watch, int mask, String name) {
        public boolean is(int bits) {
            return (mask & bits) != 0;
        }
    }

    private Inotify(Fd fd) {
        this.fd = fd;
    }

    public static Inotify open() throws LinuxException {
        final int fd = Libc.inotifyInit(IN_CLOEXEC_NONBLOCK);
        if (fd < 0) {
            throw new LinuxException("inotify", -fd);
        }
        return new Inotify(new Fd(fd));
    }

    /**
     * Watches a directory or a file, which may be watched already.
     *
     * @return number of the watch, the same as long as it is the same directory or file
     */
    public int watch(Path path, int events) throws LinuxException {
        final int watch = Libc.inotifyAddWatch(fd.number(), path.toString(), events);
        if (watch < 0) {
            throw new LinuxException("watching " + path, -watch);
        }
        return watch;
    }

    /** Ends a watch; one that has ended already, too. */
    public void unwatch(int watch) {
        Libc.inotifyRemoveWatch(fd.number(), watch);
    }

    /** Waits until there is something to {@link #read}. @return false if there is nothing after so long */
    public boolean await(int timeoutMs) {
        Memory.putInt(pollfd.address(), fd.number());
        Memory.putInt(pollfd.address() + 4, POLLIN);
        return Libc.poll(pollfd.address(), 1, timeoutMs) > 0
                && (Memory.getShort(pollfd.address() + REVENTS) & POLLIN) != 0;
    }

    /** What has happened since the last time, without waiting; what does not fit is there the next time. */
    public List<Event> read() {
        final List<Event> events = new ArrayList<>();
        final int length = Libc.read(fd.number(), buffer.address(), BUFFER);
        for (long at = buffer.address(); at < buffer.address() + length;) {
            final int name = Memory.getInt(at + NAME_LENGTH);
            events.add(new Event(Memory.getInt(at), Memory.getInt(at + MASK), text(at + NAME, name)));
            at += NAME + name;
        }
        return events;
    }

    private static String text(long at, int length) {
        final byte[] bytes = new byte[length];
        Memory.getBytes(at, bytes);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        fd.close();
    }
}
