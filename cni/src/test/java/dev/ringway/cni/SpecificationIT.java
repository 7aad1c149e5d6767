package dev.ringway.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.cni.Plugins.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a CNI plugin's process owes its runtime (CNI specification 1.1.0, section 2, and libcni's and skel's habits):
 * the rows of specification.txt. Columns: the item of the checklist, the command with changes of the environment,
 * standard input, and what comes of it. Environment: {@code NAME=value}, ~ for a blank, or {@code -NAME} for none at
 * all. Input: a version stands for a complete configuration of it, %S for the socket. Outcome: {@code ok} with what
 * stdout holds, nothing by default, or the error's code and message.
 */
class SpecificationIT {
    private static final String RESULT = "{\"cniVersion\":\"1.1.0\",\"ips\":[]}";
    private static final String VERSIONS =
            "\"supportedVersions\":[\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]";

    @TempDir
    private Path temp;
    private FakeDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(temp.resolve("s"), request -> request.contains("\"command\":\"ADD\"")
                ? FakeDaemon.result(RESULT) : FakeDaemon.DONE);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @TestFactory
    Stream<DynamicTest> contract() {
        return table().lines().map(line -> {
            final List<String> row = Stream.of(line.split("\\|")).map(String::strip).toList();
            return dynamicTest(row.get(0) + ": " + row.get(1) + " " + row.get(2), () -> check(row));
        });
    }

    private static String table() {
        try (InputStream in = SpecificationIT.class.getResourceAsStream("specification.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(List<String> row) {
        final Outcome outcome = Plugins.run(environment(row.get(1)), input(row.get(2)));
        final String[] expected = row.get(3).split(" ", 2);
        if (expected[0].equals("ok")) {
            final String out = expected.length == 1 ? ""
                    : expected[1].replace("%RESULT", RESULT).replace("%VERSIONS", VERSIONS) + "\n";
            assertEquals(out, outcome.out(), outcome.toString());
            assertEquals(0, outcome.exit(), outcome.toString());
        } else {
            assertEquals(1, outcome.exit(), outcome.toString());
            assertEquals(expected[0], outcome.get("code"), outcome.out());
            assertEquals(quoted(expected[1]), outcome.get("msg"), outcome.out());
            assertTrue(outcome.get("cniVersion").matches("\"\\S+\""), outcome.out());
        }
        assertEquals("", outcome.err());
    }

    private static Map<String, String> environment(String words) {
        final String[] parts = words.split(" +");
        final Map<String, String> env = Plugins.environment(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].startsWith("-")) {
                env.remove(parts[i].substring(1));
            } else {
                final String[] pair = parts[i].split("=", 2);
                env.put(pair[0], pair[1].replace('~', ' '));
            }
        }
        return env;
    }

    private String input(String text) {
        final boolean version = text.matches("v?[0-9.]+");
        final Path socket = temp.resolve("s");
        return version ? Plugins.config(text, socket) : text.replace("%S", socket.toString());
    }

    private static String quoted(String text) {
        final StringBuilder quoted = new StringBuilder();
        Json.quote(quoted, text);
        return quoted.toString();
    }
}
