package dev.ringway.agent;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import picocli.CommandLine;

/** What a command came to. */
record Executed(int status, String out, String err) {
    static Executed of(String... arguments) {
        return of(new StringWriter(), arguments);
    }

    /** With a reader of its output who goes at the first of it. */
    static Executed unread(String... arguments) {
        return of(new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        }, arguments);
    }

    private static Executed of(Writer out, String... arguments) {
        final StringWriter err = new StringWriter();
        final int status = new CommandLine(Main.class).setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Executed(status, out.toString(), err.toString());
    }
}
