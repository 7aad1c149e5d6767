package dev.ringway.control.files;

import static dev.ringway.linux.Inotify.IN_CLOSE_WRITE;
import static dev.ringway.linux.Inotify.IN_CREATE;
import static dev.ringway.linux.Inotify.IN_DELETE;
import static dev.ringway.linux.Inotify.IN_DELETE_SELF;
import static dev.ringway.linux.Inotify.IN_IGNORED;
import static dev.ringway.linux.Inotify.IN_MODIFY;
import static dev.ringway.linux.Inotify.IN_MOVED_FROM;
import static dev.ringway.linux.Inotify.IN_MOVED_TO;
import static dev.ringway.linux.Inotify.IN_MOVE_SELF;
import static dev.ringway.linux.Inotify.IN_Q_OVERFLOW;

import dev.ringway.linux.Errno;
import dev.ringway.linux.Inotify;
import dev.ringway.linux.LinuxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the kernel tells of files while they are written: which of them a writer has closed or moved into place, and
 * which some writer still has open. It tells nothing of what is done on the server of a network file system. Belongs to
 * the thread that reads files.
 */
final class FileEvents implements AutoCloseable {
    private static final int IN_DIRECTORY = IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE
            | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;
    /** A file may be mounted by itself, and then its directory here is not the one that the kernel tells of. */
    private static final int OF_FILE = IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF;

    private final Inotify inotify;
    /** What each watch watches, all links followed. */
    private final Map<Integer, Path> watched = new HashMap<>();
    private final Set<Path> finished = new HashSet<>();
    private final Set<Path> open = new HashSet<>();
    private Predicate<Path> wanted = path -> false;
    private boolean linked;
    private volatile String problem;

    /** @param inotify closed with this */
    FileEvents(Inotify inotify) {
        this.inotify = inotify;
    }

    /**
     * Watches these and nothing else; all with links followed.
     *
     * @param directories where names come and go
     * @param files       to be watched by themselves, of which there may be few only
     * @param interesting whether it matters that a file is written, comes or goes
     * @param anyName     true if it matters what else comes and goes in the directories: it may be a link on the way
     */
    void watch(Collection<Path> directories, Collection<Path> files, Predicate<Path> interesting, boolean anyName) {
        final Map<Integer, Path> now = new HashMap<>();
        problem = null;
        wanted = interesting;
        linked = anyName;
        directories.forEach(directory -> watch(now, directory, IN_DIRECTORY));
        files.forEach(file -> watch(now, file, OF_FILE));
        for (Integer before : watched.keySet()) {
            if (!now.containsKey(before)) {
                inotify.unwatch(before);
            }
        }
        watched.clear();
        watched.putAll(now);
    }

    private void watch(Map<Integer, Path> now, Path path, int events) {
        try {
            now.put(inotify.watch(path, events), path);
        } catch (LinuxException e) {
            // What is not there is told by who reads it.
            if (e.errno() != Errno.ENOENT) {
                problem = "changes are noticed within seconds instead of at once: " + e.getMessage();
            }
        }
    }

    /**
     * Waits for news.
     *
     * @return true if a file may have to be looked at; false after the time, or if a file is only being written
     */
    boolean await(int timeoutMs) {
        boolean news = false;
        if (inotify.await(timeoutMs)) {
            for (Inotify.Event event : inotify.read()) {
                news |= take(event);
            }
        }
        return news;
    }

    private boolean take(Inotify.Event event) {
        if (event.is(IN_Q_OVERFLOW)) {
            open.clear();
            return true;
        }
        final Path base = watched.get(event.watch());
        if (base == null) {
            return false;
        }
        if (event.is(IN_IGNORED)) {
            watched.remove(event.watch());
            return true;
        }
        final Path path;
        try {
            path = base.resolve(event.name());
        } catch (InvalidPathException e) {
            // A name in another character set than this process'.
            return !event.is(IN_MODIFY);
        }
        if (!wanted.test(path) && (event.is(IN_MODIFY | IN_CLOSE_WRITE) || !event.name().isEmpty() && !linked)) {
            return false;
        }
        if (event.is(IN_MODIFY)) {
            open.add(path);
            finished.remove(path);
            return false;
        }
        if (event.name().isEmpty() && event.is(IN_DELETE_SELF | IN_MOVE_SELF)) {
            // Something else may have taken its place, of which its directory tells.
            return true;
        }
        open.remove(path);
        if (event.is(IN_CLOSE_WRITE | IN_MOVED_TO)) {
            finished.add(path);
        } else {
            finished.remove(path);
        }
        return true;
    }

    /**
     * True once for a file that was closed by its writer or moved into place.
     *
     * @param path with links followed up to its directory
     * @param real with all links followed
     */
    boolean takeFinished(Path path, Path real) {
        return finished.remove(path) | finished.remove(real);
    }

    /** True while somebody has written to a file and has not closed it. @param real all links followed */
    boolean isOpen(Path real) {
        return open.contains(real);
    }

    /** Forgets what was told of files that nobody is interested in. */
    void forgetFinished() {
        finished.clear();
    }

    /** What cannot be watched, or null. Any thread. */
    String problem() {
        return problem;
    }

    @Override
    public void close() {
        inotify.close();
    }
}
