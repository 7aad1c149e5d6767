package dev.ringway.control.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Which of the files below a path are to be read (again). At once: what a writer has closed or moved into place, and a
 * link that leads elsewhere, as a ConfigMap volume swaps it. Where the kernel tells nothing, what has stayed the same
 * for a while, so that no file is read that is being written. One that is gone counts as such after a while, too: many
 * programs replace a file by removing it and writing it anew. Belongs to the thread that reads files.
 */
final class FileWatch {
    private static final long QUIET_MS = 1_000;
    /** Of a file that somebody has open for writing, who may go on after a pause. */
    private static final long QUIET_OPEN_MS = 10_000;
    private static final Stamp NEVER = new Stamp(0, -1, null, null);

    private final Path path;
    /** Null: there is nothing but looking. */
    private final FileEvents events;
    private Map<Path, Seen> files = new TreeMap<>();
    private boolean first = true;

    /**
     * What a file was at a time.
     *
     * @param key  its identity; or why it cannot be read
     * @param real with all links followed, or null
     */
    private record Stamp(long modifiedNs, long size, Object key, Path real) {
    }

    /** A file as it was when it was read, and as it was at the last look, since when it has been that. */
    private static final class Seen {
        private Stamp read = NEVER;
        private Stamp now = NEVER;
        private long sinceMs;
        /** Since when it has been missing in its directory, or -1. */
        private long goneSinceMs = -1;
    }

    /**
     * What a look has found.
     *
     * @param files   all there are, in the order of their names
     * @param missing those that were there a moment ago, and may be again in a moment
     * @param changed those of the files to be read
     */
    record Look(Set<Path> files, Set<Path> missing, List<Path> changed) {
    }

    /**
     * @param path   a file, or a directory of files *.yaml, *.yml and *.json
     * @param events what the kernel tells, or null
     */
    FileWatch(Path path, FileEvents events) {
        this.path = path;
        this.events = events;
    }

    /** Takes note of files that were there before this process was. */
    void expect(Set<Path> known) {
        known.forEach(file -> files.put(file, new Seen()));
    }

    /**
     * Looks at all files; the first look reports all. Those it reports count as read.
     *
     * @param nowMs a clock that never goes back
     * @throws IOException if there is a directory that cannot be read
     */
    Look look(long nowMs) throws IOException {
        final boolean directory = Files.isDirectory(path);
        final List<Path> present = directory ? list() : List.of(path);
        final Map<Path, Seen> now = new TreeMap<>();
        for (Path file : present) {
            final Seen seen = files.getOrDefault(file, new Seen());
            seen.goneSinceMs = -1;
            now.put(file, seen);
        }
        final Map<Path, Seen> missing = missing(now, nowMs);
        final Path parent = realDirectory(directory ? path : path.toAbsolutePath().getParent());
        final Map<Path, Stamp> stamps = new HashMap<>();
        present.forEach(file -> stamps.put(file, stamp(file, parent)));
        if (events != null) {
            watch(directory, parent, stamps);
        }
        final List<Path> changed = new ArrayList<>();
        now.forEach((file, seen) -> {
            if (isDue(seen, stamps.get(file), inDirectory(parent, file), nowMs)) {
                changed.add(file);
                seen.read = seen.now;
            }
        });
        if (events != null) {
            events.forgetFinished();
        }
        files = new TreeMap<>(now);
        files.putAll(missing);
        first = false;
        return new Look(Collections.unmodifiableSet(now.keySet()), missing.keySet(), changed);
    }

    private Map<Path, Seen> missing(Map<Path, Seen> now, long nowMs) {
        final Map<Path, Seen> missing = new TreeMap<>();
        files.forEach((file, seen) -> {
            if (now.containsKey(file)) {
                return;
            }
            if (seen.goneSinceMs < 0) {
                seen.goneSinceMs = nowMs;
            }
            if (nowMs - seen.goneSinceMs < QUIET_MS) {
                missing.put(file, seen);
            }
        });
        return missing;
    }

    private boolean isDue(Seen seen, Stamp stamp, Path name, long nowMs) {
        final Stamp before = seen.now;
        final boolean finished = events != null && events.takeFinished(name, stamp.real());
        if (!stamp.equals(before)) {
            seen.now = stamp;
            seen.sinceMs = nowMs;
        }
        // Two changes within one tick of the file system's clock look the same: what was closed is read in any case.
        if (finished || first) {
            return true;
        }
        if (stamp.equals(seen.read)) {
            return false;
        }
        final boolean led = before.real() != null && stamp.real() != null && !before.real().equals(stamp.real());
        final long quietMs = events != null && events.isOpen(stamp.real()) ? QUIET_OPEN_MS : QUIET_MS;
        return led || nowMs - seen.sinceMs >= quietMs;
    }

    /** True if a file was written to since the look that reported it; it is then reported again when it is finished. */
    boolean changedMeanwhile(Path file) {
        final Seen seen = files.get(file);
        final Stamp now = stamp(file, realDirectory(file.toAbsolutePath().getParent()));
        // Another file in its place takes nothing from the one that was read.
        if (now.equals(seen.read) || !Objects.equals(now.key(), seen.read.key())) {
            return false;
        }
        seen.read = NEVER;
        return true;
    }

    private List<Path> list() throws IOException {
        final List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, "*.{yaml,yml,json}")) {
            for (Path entry : entries) {
                if (isName(entry) && !Files.isDirectory(entry)) {
                    all.add(entry);
                }
            }
        }
        return all;
    }

    /** Hidden ones are an editor's, or the directories that a ConfigMap volume swaps. */
    private static boolean isName(Path entry) {
        final String name = entry.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private void watch(boolean directory, Path parent, Map<Path, Stamp> stamps) {
        final Set<Path> directories = new HashSet<>();
        final Set<Path> real = new HashSet<>();
        if (parent != null) {
            directories.add(parent);
        }
        boolean linked = false;
        for (Map.Entry<Path, Stamp> entry : stamps.entrySet()) {
            final Path leadsTo = entry.getValue().real();
            if (leadsTo != null) {
                real.add(leadsTo);
                directories.add(leadsTo.getParent());
            }
            linked |= !inDirectory(parent, entry.getKey()).equals(leadsTo);
        }
        final Path name = inDirectory(parent, path);
        final Predicate<Path> interesting = directory
                ? file -> real.contains(file) || file.getParent().equals(parent) && isName(file)
                : file -> real.contains(file) || file.equals(name);
        events.watch(directories, directory ? Set.of() : real, interesting, linked);
    }

    /** As the kernel tells of it. */
    private static Path inDirectory(Path parent, Path file) {
        return parent == null ? file : parent.resolve(file.getFileName());
    }

    /** With all links followed, or null. */
    private static Path realDirectory(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            return null;
        }
    }

    /** @param parent the file's directory with all links followed, or null */
    private static Stamp stamp(Path file, Path parent) {
        try {
            final BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size(),
                    attributes.fileKey(), Files.isSymbolicLink(file) ? file.toRealPath() : inDirectory(parent, file));
        } catch (IOException e) {
            // Between two versions there may be none for a moment; if it stays so, reading it tells.
            return new Stamp(0, -1, e.toString(), null);
        }
    }
}
