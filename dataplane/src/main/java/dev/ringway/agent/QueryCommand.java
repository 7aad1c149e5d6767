package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands that ask a running daemon have in common. */
abstract class QueryCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--socket", paramLabel = "PATH", defaultValue = "/run/ringway/ringway.sock",
            description = "Control socket of the daemon, its key control.socket (default: ${DEFAULT-VALUE}).")
    private Path socket;

    @Option(names = "--json", description = "Print the daemon's answer as JSON.")
    private boolean json;

    private final String op;

    QueryCommand(String op) {
        this.op = op;
    }

    @Override
    public Integer call() {
        final ObjectNode arguments = JsonNodeFactory.instance.objectNode();
        arguments(arguments);
        try {
            return run(arguments);
        } catch (ControlFailure e) {
            spec.commandLine().getErr().println("ringway: " + e.getMessage());
            return 1;
        }
    }

    /** Asks and prints; returns the exit code. */
    int run(ObjectNode arguments) throws ControlFailure {
        final JsonNode result = ask(arguments);
        print(json ? result.toPrettyString() + "\n" : text(result));
        return exitCode(result);
    }

    JsonNode ask(ObjectNode arguments) throws ControlFailure {
        return ControlClient.ask(socket, op, arguments);
    }

    boolean isJson() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** True if nobody reads any more what is printed, as behind {@code | head}. */
    boolean isOutputGone() {
        // The writer may stand before a stream that keeps its failures to itself.
        return out().checkError() || System.out.checkError();
    }

    void print(String text) {
        out().print(text);
        out().flush();
    }

    ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Fills in what the operation is told, if anything. */
    void arguments(ObjectNode arguments) {
    }

    /** What scripts are told of an answer. */
    int exitCode(JsonNode result) {
        return 0;
    }

    /** The answer for people. */
    abstract String text(JsonNode result);
}
