package dev.ringway.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Network namespaces and processes of one test, all of which end with it: processes by their own ids, namespaces by
 * their names. Every name starts with {@code rwe-}. Traffic stays inside these namespaces.
 */
final class TestNet implements AutoCloseable {
    static final String PREFIX = "rwe-";
    private static final long LIMIT_S = 60;

    /** Held until this process ends. */
    private static FileLock alone;

    private final Deque<Process> processes = new ArrayDeque<>();
    private final List<String> namespaces = new ArrayList<>();
    private final Path directory;

    TestNet() {
        try {
            aloneOnThisMachine();
            directory = Files.createTempDirectory("ringway-e2e-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names are fixed, so a second run of these tests waits for the first to end. */
    private static synchronized void aloneOnThisMachine() throws IOException {
        if (alone == null) {
            alone = FileChannel.open(Path.of("/run/ringway-e2e.lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE).lock();
        }
    }

    /** What a program said and how it ended; both streams together. */
    record Result(int exit, String out) {
        boolean ok() {
            return exit == 0;
        }
    }

    /** A directory for the test's files. */
    Path directory() {
        return directory;
    }

    /** Makes a namespace with lo up and returns its full name; takes over one that a crashed run has left. */
    String namespace(String name) {
        final String full = PREFIX + name;
        if (Files.exists(Path.of("/run/netns", full))) {
            must("ip", "netns", "del", full);
        }
        must("ip", "netns", "add", full);
        namespaces.add(full);
        must("ip", "-n", full, "link", "set", "lo", "up");
        // No duplicate address detection: addresses are usable at once.
        sysctl(full, "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.all.accept_dad=0",
                "net.ipv6.conf.default.disable_ipv6=0", "net.ipv6.conf.all.disable_ipv6=0");
        return full;
    }

    void deleteNamespace(String full) {
        must("ip", "netns", "del", full);
        namespaces.remove(full);
    }

    /** Joins two namespaces by a virtual cable. */
    void cable(String a, String deviceA, String b, String deviceB, int mtu) {
        must("ip", "link", "add", deviceA, "mtu", Integer.toString(mtu), "netns", a, "type", "veth", "peer", "name",
                deviceB, "mtu", Integer.toString(mtu), "netns", b);
        must("ip", "-n", a, "link", "set", deviceA, "up");
        must("ip", "-n", b, "link", "set", deviceB, "up");
    }

    /** Runs iproute2 commands, one a line, in a namespace. */
    void ip(String namespace, String... lines) {
        for (String line : lines) {
            final List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
            command.addAll(List.of(line.split(" ")));
            must(command.toArray(String[]::new));
        }
    }

    void sysctl(String namespace, String... settings) {
        final List<String> command = new ArrayList<>(List.of("sysctl", "-qw"));
        command.addAll(List.of(settings));
        final Result result = in(namespace, command.toArray(String[]::new));
        if (!result.ok()) {
            throw new AssertionError(result.out());
        }
    }

    /** Runs a program in a namespace to its end. */
    Result in(String namespace, String... command) {
        return run(prepend(namespace, command));
    }

    /** Runs a shell line in a namespace to its end. */
    Result shell(String namespace, String line) {
        return in(namespace, "bash", "-o", "pipefail", "-c", line);
    }

    /** Runs a script with scapy in a namespace; returns what it printed. */
    String scapy(String namespace, String code) {
        final Result result = in(namespace, "/usr/bin/python3", "-c", """
                import logging; logging.getLogger('scapy.runtime').setLevel(logging.ERROR)
                import os, random, socket
                from scapy.all import *
                from scapy.layers.vxlan import VXLAN
                conf.verb = 0
                """ + code);
        if (!result.ok()) {
            throw new AssertionError(result.out());
        }
        return result.out();
    }

    /** Starts a program in a namespace; it is ended with the test. Its output goes to a file of this name. */
    Process start(String namespace, String log, String... command) {
        final ProcessBuilder builder = new ProcessBuilder(prepend(namespace, command));
        builder.redirectErrorStream(true).redirectOutput(log(log).toFile());
        builder.environment().put("LC_ALL", "C");
        try {
            final Process process = builder.start();
            processes.push(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path log(String name) {
        return directory.resolve(name + ".log");
    }

    String read(String log) {
        try {
            return Files.readString(log(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in a file, for people; or why that cannot be told. */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ends a process that was started here, gently, and waits for it. */
    void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("process " + process.pid() + " did not end within 20 s of SIGTERM");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        processes.remove(process);
    }

    /** Waits for a condition that something is about to make true. */
    static void await(String what, BooleanSupplier condition) {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + LIMIT_S + " s in vain for " + what);
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what);
            }
        }
    }

    static Result run(String... command) {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        try {
            final Process process = builder.start();
            process.getOutputStream().close();
            final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), out);
        } catch (IOException e) {
            throw new AssertionError("cannot run " + command[0] + "; .ci/run installs what the tests need", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static String must(String... command) {
        final Result result = run(command);
        if (!result.ok()) {
            throw new AssertionError(String.join(" ", command) + ": " + result.out());
        }
        return result.out();
    }

    private static String[] prepend(String namespace, String... command) {
        final List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(command));
        return all.toArray(String[]::new);
    }

    @Override
    public void close() {
        while (!processes.isEmpty()) {
            final Process process = processes.pop();
            process.destroy();
            try {
                if (!process.waitFor(15, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        for (String namespace : namespaces) {
            run("ip", "netns", "del", namespace);
        }
    }
}
