package dev.ringway.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Which of the files below a path have changed since they were read, by looking at them now and then. A file counts as
 * changed when it has stayed the same from one look to the next, so that one being written is not read half-way: looks
 * must not follow one another too fast. Control thread only.
 */
final class FileWatch {
    private static final Stamp NEVER = new Stamp(0, -1, null);

    private final Path path;
    private Map<Path, Stamp> seen = new TreeMap<>();
    private final Map<Path, Stamp> read = new TreeMap<>();
    private boolean first = true;
    private boolean unsettled;

    private record Stamp(long modifiedNs, long size, Object key) {
    }

    /**
     * What a look has found.
     *
     * @param changed files to be read, in the order of their names
     * @param gone    files that were read and are not there any more
     */
    record Look(List<Path> changed, List<Path> gone) {
        boolean isEmpty() {
            return changed.isEmpty() && gone.isEmpty();
        }
    }

    /** @param path a file, or a directory of files *.yaml, *.yml and *.json */
    FileWatch(Path path) {
        this.path = path;
    }

    /**
     * Looks at all files. Those it reports count as read; the first look reports all at once.
     *
     * @throws IOException if the directory or, when it is the only one, the file is not to be found
     */
    Look look() throws IOException {
        final Map<Path, Stamp> now = stamps();
        final List<Path> changed = new ArrayList<>();
        now.forEach((file, stamp) -> {
            if (!stamp.equals(read.get(file)) && (first || stamp.equals(seen.get(file)))) {
                changed.add(file);
            }
        });
        final List<Path> gone = new ArrayList<>();
        for (Path file : read.keySet()) {
            if (!now.containsKey(file)) {
                gone.add(file);
            }
        }
        changed.forEach(file -> read.put(file, now.get(file)));
        gone.forEach(read::remove);
        seen = now;
        first = false;
        unsettled = !read.keySet().containsAll(now.keySet())
                || now.entrySet().stream().anyMatch(entry -> !entry.getValue().equals(read.get(entry.getKey())));
        return new Look(changed, gone);
    }

    /** True if a file has changed that was not reported yet, since it may be changing still. */
    boolean isUnsettled() {
        return unsettled;
    }

    /** True if the file is not what it was at the last look; it is then reported again when it has settled. */
    boolean changedMeanwhile(Path file) {
        try {
            if (stamp(file).equals(read.get(file))) {
                return false;
            }
        } catch (IOException e) {
            // Gone, or going: the next look tells.
        }
        read.put(file, NEVER);
        return true;
    }

    private Map<Path, Stamp> stamps() throws IOException {
        final Map<Path, Stamp> now = new TreeMap<>();
        if (!Files.isDirectory(path)) {
            now.put(path, stamp(path));
            return now;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*.{yaml,yml,json}")) {
            for (Path file : files) {
                // Hidden ones are an editor's, or the directories that a ConfigMap volume swaps.
                if (!file.getFileName().toString().startsWith(".") && Files.isRegularFile(file)) {
                    now.put(file, stamp(file));
                }
            }
        }
        return now;
    }

    private static Stamp stamp(Path file) throws IOException {
        final BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size(),
                attributes.fileKey());
    }
}
