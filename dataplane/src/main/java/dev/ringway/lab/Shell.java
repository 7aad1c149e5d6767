package dev.ringway.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs to their end and captures what they say. Output is drained by a thread for each stream, so the caller
 * waits interruptibly; an interrupt or the limit ends the program.
 */
final class Shell {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Shell() {
    }

    record Result(int exit, String out, String err) {
        boolean ok() {
            return exit == 0;
        }

        /** What it said, to be quoted in a message. */
        String said() {
            final String text = (err.isBlank() ? out : err).strip();
            return text.isEmpty() ? "exit code " + exit : text;
        }
    }

    static Result run(String... command) throws InterruptedException {
        return run(LIMIT, "", List.of(command));
    }

    static Result run(Duration limit, String input, List<String> command) throws InterruptedException {
        final Process process = start(builder(command));
        try {
            final Drain out = new Drain(process.getInputStream());
            final Drain err = new Drain(process.getErrorStream());
            Thread.ofVirtual().start(() -> feed(process.getOutputStream(), input));
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabException("'" + String.join(" ", command) + "' did not end within " + limit.toSeconds()
                        + " s");
            }
            return new Result(process.exitValue(), out.text(), err.text());
        } finally {
            // Gone before the caller goes on to undo what it did.
            process.destroyForcibly().onExit().join();
        }
    }

    /** Runs a program that must succeed; returns its output. */
    static String must(String input, String... command) throws InterruptedException {
        final Result result = run(LIMIT, input, List.of(command));
        if (!result.ok()) {
            throw new LabException("'" + String.join(" ", command) + "' failed: " + result.said(), hint(result.said()));
        }
        return result.out();
    }

    /** A program ready to start: found, in English, with administrators' directories in its PATH. */
    static ProcessBuilder builder(List<String> command) {
        final String program = Programs.find(command.getFirst());
        if (program == null) {
            throw new LabException("program '" + command.getFirst() + "' is not installed", "install it; on Debian: "
                    + "apt-get install " + Preflight.debianPackage(command.getFirst()));
        }
        final List<String> words = new ArrayList<>(command);
        words.set(0, program);
        final ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("PATH", Programs.path());
        return builder;
    }

    static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new LabException("cannot run '" + String.join(" ", builder.command()) + "': " + e.getMessage());
        }
    }

    private static String hint(String said) {
        if (said.contains("Operation not permitted") || said.contains("Permission denied")) {
            return "in a container it must be privileged (docker run --privileged)";
        }
        if (said.contains("Operation not supported") || said.contains("Unknown device type")) {
            return "the kernel lacks a driver; try: modprobe -a veth bridge tun";
        }
        return "run 'ringway lab down' and try again";
    }

    private static void feed(OutputStream stream, String input) {
        try (stream) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading all; its exit code and errors tell why.
            return;
        }
    }

    /** Reads a stream to its end on a thread of its own. */
    private static final class Drain {
        private final Thread thread;
        private String text = "";

        Drain(InputStream stream) {
            thread = Thread.ofVirtual().start(() -> {
                try {
                    text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    // It was ended by force, and nobody asks for its text.
                    text = "";
                }
            });
        }

        String text() throws InterruptedException {
            thread.join();
            return text;
        }
    }
}
