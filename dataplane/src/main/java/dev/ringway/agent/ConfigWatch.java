package dev.ringway.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * Tells when the configuration file has changed, by looking at it about once a second. That also sees what inotify
 * does not: a ConfigMap volume is a symbolic link to a directory that is swapped. A file is reported when it has
 * stayed the same for one look, so that one being written is not read half-way.
 */
final class ConfigWatch {
    private final Path file;
    private Stamp seen;
    private Stamp reported;

    private record Stamp(long modifiedNs, long size, Object key) {
    }

    ConfigWatch(Path file) {
        this.file = file;
        acknowledge();
    }

    /** True once for each change. */
    boolean changed() {
        final Stamp now = stamp();
        final boolean settled = now != null && now.equals(seen);
        seen = now;
        if (!settled || now.equals(reported)) {
            return false;
        }
        reported = now;
        return true;
    }

    /** Takes the file as it is now for known, because it is about to be read anyway. */
    void acknowledge() {
        seen = stamp();
        reported = seen;
    }

    private Stamp stamp() {
        try {
            final BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                    attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            // Between two versions there may be none for a moment.
            return null;
        }
    }
}
