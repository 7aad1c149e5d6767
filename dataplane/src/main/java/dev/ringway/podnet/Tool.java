package dev.ringway.podnet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs one of the few programs that the daemon needs to its end, with its input given at once. The caller
 * waits; a program that hangs is killed.
 */
final class Tool {
    private static final long MOST_SECONDS = 10;
    /** Where administrators' programs are when the daemon's PATH does not say so. */
    private static final String SBIN = ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";

    /** All programs that the daemon runs, and the Debian packages that the images and documents name for them. */
    static final Map<String, String> PACKAGES = Map.of("ip", "iproute2", "nft", "nftables", "conntrack", "conntrack",
            "nsenter", "util-linux");

    private Tool() {
    }

    /** A finished program. Output and errors are one text, in the order they were written. */
    record Result(int status, String output) {
    }

    static Result run(String input, String... command) throws IOException {
        final List<String> words = new ArrayList<>(List.of(command));
        words.set(0, find(command[0]));
        final ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        final Process process = builder.start();
        final Thread guard = Thread.ofPlatform().daemon().name("tool-guard").start(() -> endLate(process));
        try {
            feed(process, input);
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command[0] + " ran", e);
        } finally {
            process.destroyForcibly();
            guard.interrupt();
        }
    }

    private static void feed(Process process, String input) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading all; its status and output tell why.
            process.destroy();
        }
    }

    private static void endLate(Process process) {
        try {
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String find(String program) throws IOException {
        final String debian = PACKAGES.get(program);
        if (debian == null) {
            throw new IllegalArgumentException(program + " is not among what images and documents name: PACKAGES");
        }
        final String path = System.getenv("PATH");
        for (String directory : ((path == null ? "" : path) + SBIN).split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return Path.of(directory, program).toString();
            }
        }
        throw new IOException("program " + program + " is not installed; its package is " + debian);
    }
}
