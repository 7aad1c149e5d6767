package dev.ringway.agent;

import dev.ringway.install.InstallCniCommand;
import dev.ringway.lab.LabCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** The program {@code ringway}: one command for the daemon, the others to look at it or to try it. */
@Command(name = "ringway", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT,
        versionProvider = VersionText.class, usageHelpWidth = 100,
        description = "Ringway, a userspace pod network for Kubernetes: one switch a node carries packets between pods,"
                + " over TUN devices, VXLAN or GRE-in-UDP.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "ringway COMMAND --help tells more about each."},
        subcommands = {SwitchCommand.class, StatusCommand.class, PodsCommand.class, RoutesCommand.class,
            PeersCommand.class, ServicesCommand.class, FlowsCommand.class, ResolveCommand.class, CountersCommand.class,
            MetricsCommand.class, InstallCniCommand.class, UninstallCommand.class, LabCommand.class})
public final class Main {
    private Main() {
    }

    /** Ends the process with the command's exit status. */
    public static void main(String[] arguments) {
        final SwitchCommand daemon = SwitchCommand.plain(arguments);
        System.exit(daemon != null ? daemon.call() : new CommandLine(new Main()).execute(arguments));
    }
}
