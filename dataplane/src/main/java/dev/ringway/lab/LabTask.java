package dev.ringway.lab;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What the lab's commands have in common: failures become a message and exit code 1 instead of a stack trace, and
 * output goes where picocli's goes.
 */
abstract class LabTask implements Callable<Integer> {
    static final int OK = 0;
    static final int FAILED = 1;
    /** As a shell counts an end by SIGINT. */
    static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    private boolean help;

    /** @param scope open until all is said and done: Ctrl-C interrupts, and what follows still runs */
    abstract int run(SignalScope scope) throws InterruptedException;

    @Override
    public final Integer call() {
        refuseMisplacedOptions();
        try (SignalScope scope = new SignalScope()) {
            return run(scope, err());
        }
    }

    private int run(SignalScope scope, PrintWriter err) {
        try {
            return run(scope);
        } catch (LabException e) {
            err.println("ringway lab: " + e.getMessage());
            err.flush();
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        }
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Progress goes beside the result when a program reads that. */
    final Progress progress(boolean json) {
        return new Progress(json ? err() : out());
    }

    /** {@code lab --nodes 4 up} would bring up a lab of the default size: the options are those of plain "lab". */
    private void refuseMisplacedOptions() {
        final CommandSpec parent = spec.parent();
        if (parent != null && parent.userObject() instanceof LabCommand
                && !parent.commandLine().getParseResult().matchedOptions().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "options go after the word '" + spec.name() + "'");
        }
    }
}
