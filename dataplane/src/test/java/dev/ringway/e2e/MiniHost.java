package dev.ringway.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A machine of its own as far as container runtimes can tell: network, mount and process namespaces, its own /run, and
 * its own directories where CNI, podman, containerd and Ringway keep theirs. So the usual paths are used, as people
 * would, and nothing of the real machine's is touched. All of its processes end with it.
 */
final class MiniHost implements AutoCloseable {
    /** Made on the real machine where they are missing, since something must be there to mount over. */
    private static final List<String> OWN = List.of("/etc/cni", "/etc/containers", "/opt/cni", "/var/lib/cni",
            "/var/lib/containers", "/var/lib/containerd", "/var/lib/ringway");
    private static final String SCRIPT = """
            mount -t tmpfs none /run
            mkdir /run/netns /run/lock
            for own in %s; do
                mount --bind "%s$own" "$own"
            done
            # One hierarchy without controllers: what runtimes find on the real machine may be too much for them.
            mount -t tmpfs none /sys/fs/cgroup
            mount -t cgroup2 none /sys/fs/cgroup
            echo ready
            # The first process of a process namespace takes over what others leave behind.
            sleep 1000000 & wait
            """;

    private final TestNet net;
    private final String namespace;
    private final Path directory;
    private final List<Path> made = new ArrayList<>();
    private final String pid;

    /** @param namespace network namespace, of this test's net */
    MiniHost(TestNet net, String namespace) {
        this.net = net;
        this.namespace = namespace;
        directory = net.directory().resolve(namespace);
        try {
            for (String own : OWN) {
                Files.createDirectories(directory.resolve(own.substring(1)));
                makeOnRealMachine(Path.of(own));
            }
            // Policies and registries as the distribution has them.
            TestNet.run("cp", "-a", "/etc/containers/.", directory + "/etc/containers/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        final Process unshare = net.start(namespace, namespace + "-host", "unshare", "--mount", "--pid", "--fork",
                "--kill-child", "--mount-proc", "sh", "-ec", SCRIPT.formatted(String.join(" ", OWN), directory));
        TestNet.await(namespace + " to have its mounts", () -> {
            if (!unshare.isAlive()) {
                throw new AssertionError(net.read(namespace + "-host"));
            }
            return net.read(namespace + "-host").contains("ready");
        });
        pid = firstProcess(unshare);
    }

    private void makeOnRealMachine(Path own) throws IOException {
        final List<Path> missing = new ArrayList<>();
        for (Path path = own; !Files.exists(path); path = path.getParent()) {
            missing.addFirst(path);
        }
        for (Path path : missing) {
            Files.createDirectory(path);
            made.addFirst(path);
        }
    }

    /** {@code ip netns exec} becomes unshare, which forks the namespaces' first process. */
    private static String firstProcess(Process unshare) {
        return unshare.toHandle().children().findFirst().map(child -> Long.toString(child.pid()))
                .orElseThrow(() -> new AssertionError("the namespaces have no process"));
    }

    String name() {
        return namespace;
    }

    /** Its own part of a path that {@link #OWN} names, as the real machine sees it. */
    Path path(String own) {
        return directory.resolve(own.substring(1));
    }

    private List<String> inside(String... command) {
        final List<String> all = new ArrayList<>(List.of("nsenter", "-t", pid, "-m", "-n", "-p"));
        all.addAll(List.of(command));
        return all;
    }

    /** Runs a program on this host to its end. */
    TestNet.Result run(String... command) {
        return TestNet.run(inside(command).toArray(String[]::new));
    }

    String must(String... command) {
        return TestNet.must(inside(command).toArray(String[]::new));
    }

    /** Runs a shell line on this host to its end; it must succeed. */
    String shell(String line) {
        return must("bash", "-euo", "pipefail", "-c", line);
    }

    /** Runs a program with these variables and this input; standard output alone counts. */
    TestNet.Result run(Map<String, String> env, String stdin, String... command) {
        final List<String> words = new ArrayList<>(List.of("env"));
        env.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(List.of(command));
        try {
            final Path in = Files.writeString(Files.createTempFile(net.directory(), "in", ""), stdin);
            final Path err = Files.createTempFile(net.directory(), "err", "");
            final Process process = new ProcessBuilder(inside(words.toArray(String[]::new)))
                    .redirectInput(in.toFile()).redirectError(err.toFile()).start();
            final String out = new String(process.getInputStream().readAllBytes());
            final int exit = process.waitFor();
            Files.delete(in);
            return new TestNet.Result(exit, out.isEmpty() ? Files.readString(err) : out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Starts a program that goes on until it is signalled or this host ends; its output goes to a file. */
    void start(String name, String... command) {
        final String pidFile = "/run/" + name + ".pid";
        must("rm", "-f", pidFile);
        final List<String> words = new ArrayList<>(List.of("sh", "-c", "echo $$ >" + pidFile + "; exec \"$@\"", "sh"));
        words.addAll(List.of(command));
        final List<String> all = inside(words.toArray(String[]::new));
        net.start(namespace, namespace + "-" + name, all.toArray(String[]::new));
        TestNet.await(name + " to start", () -> run("test", "-s", pidFile).ok());
    }

    String log(String name) {
        return net.read(namespace + "-" + name);
    }

    /** The process of this name, as the host's own process namespace numbers it. */
    String pid(String name) {
        return must("cat", "/run/" + name + ".pid").strip();
    }

    boolean isAlive(String name) {
        return run("sh", "-c", "kill -0 $(cat /run/" + name + ".pid)").ok();
    }

    void signal(String name, String signal) {
        must("sh", "-c", "kill -" + signal + " $(cat /run/" + name + ".pid)");
        if (!signal.equals("STOP") && !signal.equals("CONT")) {
            TestNet.await(name + " to end", () -> !isAlive(name));
        }
    }

    @Override
    public void close() {
        TestNet.run("kill", "-KILL", pid);
        for (Path path : made) {
            // Somebody else may have put something there meanwhile; then it stays.
            TestNet.run("rmdir", path.toString());
        }
    }
}
