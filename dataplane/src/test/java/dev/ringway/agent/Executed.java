package dev.ringway.agent;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command came to. */
record Executed(int status, String out, String err) {
    static Executed of(String... arguments) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final int status = new CommandLine(Main.class).setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Executed(status, out.toString(), err.toString());
    }
}
