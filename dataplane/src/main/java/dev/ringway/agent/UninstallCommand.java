package dev.ringway.agent;

import dev.ringway.config.ConfigException;
import dev.ringway.config.SwitchConfig;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.install.InstallCniCommand;
import dev.ringway.podnet.ControlSocketFile;
import dev.ringway.podnet.HostRemoval;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ringway uninstall}. */
@Command(name = "uninstall", sortOptions = false,
        description = {"Take Ringway off this node: the CNI plugin and its network, what the cluster was told of this"
                + " node, the node's own device with its routes, the nftables rules, and the state on disk. The switch"
                + " must not run. Pods that are still connected stay without a network until they are created anew:"
                + " drain the node before.",
            "Each step is told; one that fails leaves the others to be done, and the command can be run again. Exit"
                + " code: 0, 1 when something stays behind, 2 for wrong use or configuration."})
final class UninstallCommand implements Callable<Integer> {
    private static final long PATIENCE_MS = 30_000;
    private static final long PAUSE_MS = 500;

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The switch's configuration.")
    private Path file;

    @Option(names = "--bin-dir", paramLabel = "DIR", defaultValue = "/opt/cni/bin",
            description = "Where the CNI plugin was installed (default: ${DEFAULT-VALUE}).")
    private Path binDir;

    @Option(names = "--conf-dir", paramLabel = "DIR", defaultValue = "/etc/cni/net.d",
            description = "Where its network's file is (default: ${DEFAULT-VALUE}).")
    private Path confDir;

    private boolean failed;

    /** One step of the removal. */
    private interface Step {
        /** Returns what was done, for people. */
        String run() throws IOException, InterruptedException;
    }

    @Override
    public Integer call() throws InterruptedException {
        final SwitchConfig config;
        try {
            config = SwitchConfig.read(file.toAbsolutePath());
        } catch (ConfigException e) {
            e.problems().forEach(spec.commandLine().getErr()::println);
            return 2;
        }
        try (ControlSocketFile socket = ControlSocketFile.claim(config.controlSocket())) {
            // First, so that no runtime starts another pod; last what tells the way to those there are.
            run(this::removePlugin);
            run(() -> withdraw(config));
            run(() -> String.join(", ", HostRemoval.remove(config.host().interfaceName())));
            run(() -> removeFiles(config.cni().stateDir(), "state.json", "kubernetes.json", "etcd.json",
                    "file.json"));
            run(() -> removeFiles(socket.socket().getParent(), socket.socket().getFileName() + ".flows", "cni-ready"));
        } catch (IOException e) {
            spec.commandLine().getErr().println("ringway: " + e.getMessage() + "; stop the switch first");
            return 1;
        }
        return failed ? 1 : 0;
    }

    private void run(Step step) throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        try {
            final String done = step.run();
            if (!done.isEmpty()) {
                out.println("removed: " + done);
            }
        } catch (IOException e) {
            failed = true;
            spec.commandLine().getErr().println("ringway: " + e.getMessage());
        }
        out.flush();
    }

    private String removePlugin() throws IOException {
        final int status = new CommandLine(new InstallCniCommand()).execute("--uninstall", "--bin-dir",
                binDir.toString(), "--conf-dir", confDir.toString());
        if (status != 0) {
            throw new IOException("the CNI plugin stays behind; see above");
        }
        return "";
    }

    private static String withdraw(SwitchConfig config) throws IOException, InterruptedException {
        try (ClusterSource source = Sources.open(config, Version.text())) {
            if (source == null) {
                return "";
            }
            final long end = System.nanoTime() / 1_000_000 + PATIENCE_MS;
            while (true) {
                try {
                    source.withdraw();
                    return "what the cluster was told of node " + config.node();
                } catch (IOException e) {
                    if (System.nanoTime() / 1_000_000 > end) {
                        throw e;
                    }
                    Thread.sleep(PAUSE_MS);
                }
            }
        } catch (StartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Files of these names, with whatever ends. */
    private static String removeFiles(Path directory, String... names) throws IOException {
        int removed = 0;
        for (String name : names) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, name + "*")) {
                for (Path one : found) {
                    Files.delete(one);
                    removed++;
                }
            } catch (NoSuchFileException e) {
                return "";
            }
        }
        return removed == 0 ? "" : removed + " files in " + directory;
    }
}
