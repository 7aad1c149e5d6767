package dev.ringway.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A container image's file system, made by debootstrap: a small Debian with curl and busybox (for its web server).
 * Made once and kept below target, as it takes a while and comes from Debian's archive.
 */
final class DebianImage {
    static final String NAME = "localhost/debian:test";
    private static final String SUITE = "bookworm";
    private static final String PACKAGES = "busybox,curl";

    private DebianImage() {
    }

    /** The file system as a tar file. */
    static synchronized Path tar() {
        final Path directory = Path.of("target", "e2e-image").toAbsolutePath();
        final Path tar = directory.resolve(SUITE + ".tar");
        if (!Files.exists(tar)) {
            System.out.println("e2e: making a container image with debootstrap; later runs have it in " + directory);
            make(directory, tar);
        }
        return tar;
    }

    private static void make(Path directory, Path tar) {
        final Path root = directory.resolve("root");
        final Path next = directory.resolve("next.tar");
        try {
            Files.createDirectories(directory);
            TestNet.must("rm", "-rf", root.toString());
            TestNet.must("debootstrap", "--variant=minbase", "--include=" + PACKAGES, SUITE, root.toString());
            TestNet.must("tar", "-C", root.toString(), "--exclude=./var/cache/apt/*", "--exclude=./var/lib/apt/lists/*",
                    "--exclude=./usr/share/doc/*", "--exclude=./usr/share/locale/*", "--exclude=./dev/*", "-cf",
                    next.toString(), ".");
            TestNet.must("rm", "-rf", root.toString());
            Files.move(next, tar, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
