package dev.ringway.control.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An etcd of one's own, Debian's, on the loopback device; ended with the test, by its process. */
final class EtcdServer implements AutoCloseable {
    private static final int ATTEMPTS = 200;

    private final Path directory;
    private final List<String> options;
    private final String scheme;
    private final int peerPort = freePort();
    private final int port = freePort();
    private Path data;
    private int listening = port;
    private Process process;

    /** Starts one without TLS. */
    EtcdServer(Path directory) {
        this(directory, "http");
    }

    /** @param options more of them, which say where certificates are if the scheme is https */
    EtcdServer(Path directory, String scheme, String... options) {
        this.directory = directory;
        this.scheme = scheme;
        this.options = List.of(options);
        data = directory.resolve("etcd");
        start();
    }

    /** Where clients find it, unless it was started elsewhere. */
    String url() {
        return scheme + "://127.0.0.1:" + port;
    }

    void start() {
        start(port);
    }

    /** Starts it where nobody but {@link #ctl} finds it. */
    void startHidden() {
        start(freePort());
    }

    private void start(int at) {
        listening = at;
        final String client = scheme + "://127.0.0.1:" + at;
        final String peer = "http://127.0.0.1:" + peerPort;
        final List<String> command = new ArrayList<>(List.of("etcd", "--name", "test", "--data-dir", data.toString(),
                "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "test=" + peer, "--logger", "zap"));
        command.addAll(options);
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("etcd.log").toFile())).start();
            awaitHealth();
        } catch (IOException e) {
            throw new IllegalStateException("etcd (package etcd-server) cannot be started: " + e.getMessage(), e);
        }
    }

    private void awaitHealth() throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            if (!process.isAlive()) {
                break;
            }
            if (run(List.of("endpoint", "health")) == 0) {
                return;
            }
        }
        throw new IOException(Files.readString(directory.resolve("etcd.log")));
    }

    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** From the next start on, it has other data: none. */
    void wipe() {
        data = directory.resolve("etcd-" + System.nanoTime());
    }

    /** Runs etcdctl. */
    void ctl(String... arguments) {
        try {
            if (run(List.of(arguments)) != 0) {
                throw new IllegalStateException(String.join(" ", arguments) + ": " + output());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of a key; empty: there is none. */
    String get(String key) {
        ctl("get", "--print-value-only", key);
        return output().strip();
    }

    List<String> keys(String prefix) {
        ctl("get", "--prefix", "--keys-only", prefix);
        return output().lines().filter(line -> !line.isBlank()).toList();
    }

    /** Forgets all history. */
    void compact() {
        ctl("get", "--write-out", "fields", "x");
        final String revision = output().lines().filter(line -> line.startsWith("\"Revision\"")).findFirst()
                .orElseThrow().replaceAll("[^0-9]", "");
        ctl("compact", revision);
    }

    private int run(List<String> arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints",
                scheme + "://127.0.0.1:" + listening));
        if (scheme.equals("https")) {
            Collections.addAll(command, "--cacert", directory.resolve("ca.pem").toString(), "--cert",
                    directory.resolve("ca.pem").toString(), "--key", directory.resolve("ca.key").toString());
        }
        command.addAll(arguments);
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(directory.resolve("etcdctl.out").toFile());
        builder.environment().put("ETCDCTL_API", "3");
        try {
            return builder.start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("etcdctl.out"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
