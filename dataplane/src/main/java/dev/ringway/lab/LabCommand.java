package dev.ringway.lab;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ringway lab}: a lab for the person who watches, from up to down in one command. */
@Command(name = "lab", sortOptions = false,
        subcommands = {UpCommand.class, CheckCommand.class, StatusCommand.class, ExecCommand.class, DownCommand.class},
        description = {"Bring up a cluster of network namespaces on this machine, one switch a node, show that"
                + " everything reaches everything and how fast, and stay until Ctrl-C.",
            "With a sub-command: the same in steps, for scripts."},
        footerHeading = "%nNames are fixed: ",
        footer = {"node namespaces rw-node1..., pod namespaces rw-n1-p1..., outside host rw-outside; state, logs and"
                + " control sockets are in /run/ringway-lab.",
            "Exit code: 0, 1 when something failed, 2 for wrong use."})
public final class LabCommand extends LabTask {
    @Mixin
    private LabOptions options;

    @Override
    int run(SignalScope scope) throws InterruptedException {
        final Progress progress = progress(false);
        final Lab lab = new Lab(LabFiles.standard(), progress);
        final LabSpec spec = options.spec();
        UpCommand.announce(spec, progress);
        final LabState state = lab.up(spec, scope);
        try (Demo demo = new Demo(spec, LabFiles.standard())) {
            final CheckReport report = new Check(spec, demo, CheckCommand.SECONDS, progress).run();
            progress.line("\nThe lab stays up until Ctrl-C. In another terminal: ringway lab exec n1-p1 bash;"
                    + " ringway lab exec n1-p1 curl http://" + DemoService.CLUSTER_IP + "/; ringway lab status");
            lab.stay(state);
            return report.ok() ? OK : FAILED;
        } finally {
            scope.shield();
            progress.line("");
            lab.down(state.id());
        }
    }
}
