package dev.ringway.install;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ringway install-cni}. */
@Command(name = "install-cni", sortOptions = false,
        description = {"Install the CNI plugin on this node, so that container runtimes connect their pods to its"
                + " switch; or upgrade it. Everything is replaced at once, and a runtime that is watching notices.",
            "Exit code: 0, 1 when it failed, 2 for wrong use."})
public final class InstallCniCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--bin-dir", paramLabel = "DIR", defaultValue = "/opt/cni/bin",
            description = "Where the runtime looks for plugins (default: ${DEFAULT-VALUE}; Debian's podman:"
                    + " /usr/lib/cni).")
    private Path binDir;

    @Option(names = "--conf-dir", paramLabel = "DIR", defaultValue = "/etc/cni/net.d",
            description = "Where the runtime looks for networks (default: ${DEFAULT-VALUE}).")
    private Path confDir;

    @Option(names = "--conf-name", paramLabel = "FILE", defaultValue = "10-ringway.conflist",
            description = "The network's file there; Kubernetes takes the first in alphabetical order (default:"
                    + " ${DEFAULT-VALUE}).")
    private String confName;

    @Option(names = "--socket", paramLabel = "PATH",
            description = "Control socket of the daemon, if it is not /run/ringway/ringway.sock.")
    private Path socket;

    @Option(names = "--uninstall", description = "Remove network and plugin. Do this when no pods use them any more:"
            + " runtimes need the plugin to take pods off.")
    private boolean uninstall;

    @Override
    public Integer call() {
        if (confName.contains("/") || !confName.endsWith(".conflist")) {
            throw new ParameterException(spec.commandLine(),
                    "--conf-name must be a file's name that ends with .conflist, not " + confName);
        }
        if (socket != null && !socket.isAbsolute()) {
            throw new ParameterException(spec.commandLine(), "--socket must be an absolute path, not " + socket);
        }
        final PluginFiles plugin = new PluginFiles(binDir.toAbsolutePath());
        final NetworkFile network = new NetworkFile(confDir.toAbsolutePath().resolve(confName));
        final PrintWriter out = spec.commandLine().getOut();
        try {
            if (uninstall) {
                network.uninstall();
                plugin.uninstall();
                out.println("removed from " + confDir + " and " + binDir);
            } else {
                final String build = plugin.install(source());
                network.install(socket);
                out.println("ringway-cni " + build + " is in " + binDir + ", network ringway in "
                        + confDir.resolve(confName));
            }
            out.flush();
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println("ringway: " + text(e));
            return 1;
        }
    }

    private static Path source() throws InstallException {
        final String home = System.getProperty("ringway.home");
        if (home == null) {
            throw new InstallException("the plugin comes from a distribution; start this with its bin/ringway");
        }
        return Path.of(home, "cni");
    }

    private static String text(IOException e) {
        final boolean terse = e instanceof FileSystemException f && f.getReason() == null;
        return terse ? e.getClass().getSimpleName() + ": " + e.getMessage() : e.getMessage();
    }
}
