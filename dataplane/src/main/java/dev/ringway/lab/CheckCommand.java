package dev.ringway.lab;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "check", sortOptions = false,
        description = "Show who reaches whom in the lab, how requests to its Service spread while one pod's web server"
                + " is killed, TCP throughput and latency. Exit code 1 if anything fails.")
final class CheckCommand extends LabTask {
    static final int SECONDS = 3;
    private static final int MOST_SECONDS = 3600;

    @Spec
    private CommandSpec command;

    @Option(names = "--json", description = "print the results as JSON (and what is for people on stderr)")
    private boolean json;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "" + SECONDS,
            description = "length of each throughput run (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Override
    int run(SignalScope scope) throws InterruptedException {
        if (seconds < 1 || seconds > MOST_SECONDS) {
            throw new ParameterException(command.commandLine(), "--seconds must be 1 to " + MOST_SECONDS + ", not "
                    + seconds);
        }
        Preflight.requireRoot();
        final LabFiles files = LabFiles.standard();
        final LabSpec spec = LabState.require(files).spec();
        final Progress progress = progress(json);
        final Demo demo = new Demo(spec, files);
        try (LabLock _ = LabLock.takeForCheck(files)) {
            final CheckReport report = new Check(spec, demo, seconds, progress).run();
            if (json) {
                out().println(Json.pretty(report.json()));
            }
            return report.ok() ? OK : FAILED;
        } finally {
            scope.shield();
            demo.close();
        }
    }
}
