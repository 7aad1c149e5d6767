package dev.ringway.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds programs also where administrators' ones are when PATH leaves that out, as after a plain {@code su}. */
final class Programs {
    private static final String SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

    private Programs() {
    }

    /** PATH for the programs that are run. */
    static String path() {
        final String path = System.getenv("PATH");
        return path == null || path.isEmpty() ? SBIN : path + ":" + SBIN;
    }

    /** Full path of a program, or null if it is not installed. */
    static String find(String name) {
        for (String directory : path().split(":")) {
            final Path file = Path.of(directory, name);
            if (!directory.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
                return file.toString();
            }
        }
        return null;
    }
}
