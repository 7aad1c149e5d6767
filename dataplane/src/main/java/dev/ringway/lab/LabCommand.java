package dev.ringway.lab;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ringway lab}: a lab for the person who watches, from up to down in one command. */
@Command(name = "lab", sortOptions = false,
        subcommands = {UpCommand.class, CheckCommand.class, StatusCommand.class, ExecCommand.class, DownCommand.class,
            ServeCommand.class},
        description = {"Bring up a cluster of network namespaces on this machine, one switch a node, show that"
                + " everything reaches everything and how fast, how requests to a Service spread while one of its pods"
                + " is killed, and stay until Ctrl-C or SIGTERM.",
            "With a sub-command: the same in steps, for scripts."},
        footerHeading = "%nNames are fixed: ",
        footer = {"node namespaces rw-node1..., pod namespaces rw-n1-p1..., outside host rw-outside; Service lab/web at"
                + " 10.96.0.80, fd00:96::50 and port 30080 of each node; state, logs and control sockets are in"
                + " /run/ringway-lab.",
            "Exit code: 0, 1 when something failed, 2 for wrong use."})
public final class LabCommand extends LabTask {
    @Mixin
    private LabOptions options;

    @Override
    int run(SignalScope scope) throws InterruptedException {
        final Progress progress = progress(false);
        final LabFiles files = LabFiles.standard();
        final Lab lab = new Lab(files, progress);
        final LabSpec spec = options.spec();
        UpCommand.announce(spec, progress);
        final LabState state = lab.up(spec, scope);
        try {
            final CheckReport report = check(spec, files, progress);
            progress.line("\nThe lab stays up until Ctrl-C. In another terminal:\n" + UpCommand.next(spec, files));
            lab.stay(state);
            return report.ok() ? OK : FAILED;
        } finally {
            scope.shield();
            progress.line("");
            lab.down(state.id());
        }
    }

    private static CheckReport check(LabSpec spec, LabFiles files, Progress progress) throws InterruptedException {
        try (LabLock _ = LabLock.takeForCheck(files)) {
            return new Check(spec, new Demo(spec, files), CheckCommand.SECONDS, progress).run();
        }
    }
}
