package dev.ringway.agent;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringway switch}. */
@Command(name = "switch",
        description = "Runs this node's switch in the foreground until SIGTERM or SIGINT. Needs root.",
        footer = {"", "SIGHUP, or a change of the file, makes it read the file again: nodes, ranges, static pods,"
            + " masquerading and cleanup change while packets flow; a warning names other keys that changed and"
            + " need a restart. A file with a mistake is refused as a whole and the old one stays in force.",
            "", "The log goes to stderr. Exit status: 0 stopped, 1 could not start, 2 wrong usage or"
            + " configuration."})
final class SwitchCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE",
            description = "Configuration; conf/ringway.yaml of the distribution explains every key.")
    private Path config;

    @Option(names = {"-v", "--verbose"}, description = "Log details too.")
    private boolean verbose;

    /**
     * The command from the arguments of a plain start, without picocli: its classes are of a format that the start-up
     * cache cannot hold, and reading them takes a good part of a daemon's start.
     *
     * @return null if the arguments are anything but {@code switch --config FILE [-v]}; picocli then explains
     */
    static SwitchCommand plain(String[] arguments) {
        if (arguments.length == 0 || !arguments[0].equals("switch")) {
            return null;
        }
        final SwitchCommand command = new SwitchCommand();
        for (int i = 1; i < arguments.length; i++) {
            if (arguments[i].equals("-v") || arguments[i].equals("--verbose")) {
                command.verbose = true;
            } else if (arguments[i].equals("--config") && i + 1 < arguments.length && command.config == null) {
                command.config = Path.of(arguments[++i]);
            } else {
                return null;
            }
        }
        return command.config == null ? null : command;
    }

    @Override
    public Integer call() {
        if (verbose) {
            StderrLogs.showDetails();
        }
        return new SwitchDaemon(config.toAbsolutePath(), Version.text()).run();
    }
}
