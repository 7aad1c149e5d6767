package dev.ringway.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

@Command(name = "exec", sortOptions = false, modelTransformer = ExecCommand.OptionsBelongToTheCommand.class,
        description = "Run a command in a pod, on a node (node1) or on the outside host (outside) with this terminal,"
                + " and exit with its exit code.")
final class ExecCommand extends LabTask {
    private static final int GRACE_S = 2;

    @Parameters(index = "0", paramLabel = "POD", description = "n1-p1 or rw-n1-p1")
    private String place;

    @Parameters(index = "1", arity = "1..*", paramLabel = "CMD", description = "the command and its arguments")
    private List<String> command;

    /** In {@code exec n1-p1 ping -c 1 …} the -c is ping's. */
    static final class OptionsBelongToTheCommand implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec spec) {
            spec.parser().stopAtPositional(true);
            return spec;
        }
    }

    @Override
    int run(SignalScope scope) throws InterruptedException {
        Preflight.requireRoot();
        final LabSpec spec = LabState.require(LabFiles.standard()).spec();
        final List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", find(spec, place).namespace()));
        words.addAll(command);
        out().flush();
        return waitFor(Shell.start(Shell.builder(words).inheritIO()));
    }

    /** On Ctrl-C the terminal tells the command too, and it may have something to say before it ends, as ping does. */
    private static int waitFor(Process process) throws InterruptedException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            if (!process.waitFor(GRACE_S, TimeUnit.SECONDS)) {
                process.destroy();
            }
            return process.waitFor();
        }
    }

    static Endpoint find(LabSpec spec, String place) {
        for (Endpoint endpoint : spec.endpoints()) {
            if (place.equals(endpoint.label()) || place.equals(endpoint.namespace())) {
                return endpoint;
            }
        }
        final String size = Texts.counted(spec.nodes(), "node", "nodes") + " and "
                + Texts.counted(spec.pods(), "pod", "pods") + " on each";
        throw new LabException("there is no '" + place + "' in this lab of " + size, "pods are n1-p1 to n"
                + spec.nodes() + "-p" + spec.pods() + ", nodes node1 to node" + spec.nodes()
                + ", and there is 'outside'");
    }
}
