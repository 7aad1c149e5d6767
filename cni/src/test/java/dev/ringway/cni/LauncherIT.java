package dev.ringway.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.cni.Plugins.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell's part without the Java part: what it answers by itself, and that it hands the rest over. */
class LauncherIT {
    private static final String HANDED_OVER = "not installed completely";
    private static final String CONFIG = """
            {"cniVersion": "1.1.0", "name": "net", "type": "ringway-cni", "capabilities": {"ips": true, "mac": false},
             "ipam": {"type": "ringway", "ranges": [[{"subnet": "10.0.0.0/8"}], []], "x": {}}, "mtu": 1450, "n": null,
             "runtimeConfig": {"portMappings": [{"hostPort": 80, "containerPort": -8, "protocol": "tcp"}]}}
            """;

    @TempDir
    private Path temp;
    private Path alone;

    @BeforeEach
    void copyLauncher() throws IOException {
        alone = Files.copy(Plugins.executable(), temp.resolve("ringway-cni"));
        assertTrue(alone.toFile().setExecutable(true));
    }

    private Outcome version(String stdin) {
        return Plugins.run(alone, Plugins.environment("VERSION"), stdin.getBytes(StandardCharsets.UTF_8));
    }

    /** C2 */
    @Test
    void withoutACommandItTellsPeopleWhatItIs() {
        for (Map<String, String> env : List.of(Map.<String, String>of(), Map.of("CNI_COMMAND", ""))) {
            final Outcome outcome = Plugins.run(alone, env, new byte[0]);
            assertEquals(0, outcome.exit());
            assertEquals("", outcome.out());
            assertTrue(outcome.err().startsWith("ringway-cni ") && outcome.err().contains("\"1.1.0\""), outcome.err());
        }
    }

    @Test
    void versionIsAnsweredWithoutTheClient() {
        final Outcome outcome = version(CONFIG);
        assertEquals(0, outcome.exit(), outcome.toString());
        assertEquals("\"1.1.0\"", outcome.get("cniVersion"));
    }

    /** VERSION asks for nothing but the version, so the two parts agree on a configuration that ADD refuses. */
    @Test
    void versionIsAnsweredForWhatNoPodCanBeConnectedBy() throws CniError, JsonException {
        for (String rest : List.of("\"name\":\"net\",\"ipam\":{\"type\":\"a/b\"}",
                "\"name\":\"net\",\"socket\":\"here\"", "\"name\":\"-\"")) {
            final String config = "{\"cniVersion\":\"1.0.0\"," + rest + "}";
            assertEquals("\"1.0.0\"", version(config).get("cniVersion"), config);
            assertEquals("1.0.0", NetworkConfig.of(config).cniVersion());
            assertEquals("7", Plugins.run(Plugins.environment("ADD"), config).get("code"), config);
        }
    }

    @Test
    void theClientsAbsenceIsAnErrorOfTheSpecification() {
        final Outcome outcome = Plugins.run(alone, Plugins.environment("ADD"), new byte[0]);
        assertEquals(1, outcome.exit());
        assertEquals("5", outcome.get("code"));
        assertTrue(outcome.get("msg").contains(HANDED_OVER), outcome.out());
    }

    @Test
    void aLinkToItWorksToo() throws IOException {
        final Path link = Files.createSymbolicLink(temp.resolve("link"), Plugins.executable());
        final Outcome outcome = Plugins.run(link, Plugins.environment("ADD"), new byte[0]);
        assertEquals("6", outcome.get("code"), outcome.toString());
        Files.delete(link);
    }

    @Test
    void optionsForOtherJavaProgramsAreNotForThisOne() {
        final Map<String, String> env = Plugins.environment("ADD");
        env.put("JAVA_TOOL_OPTIONS", "-Dx=y");
        env.put("JDK_JAVA_OPTIONS", "--frob");
        env.put("text", "set by somebody");
        final Outcome outcome = Plugins.run(env, "");
        assertEquals("6", outcome.get("code"), outcome.toString());
        assertEquals("", outcome.err());
    }

    @Test
    void aConfigurationOfManyLinesGoesThroughTheHandingOver() {
        final StringBuilder config = new StringBuilder("{\"cniVersion\":\"0.4\\u002e0\",\"long\":[0");
        config.repeat(",\n 1", 30_000).append("]}");
        final Outcome outcome = Plugins.run(Plugins.environment("VERSION"), config.toString());
        assertEquals("\"0.4.0\"", outcome.get("cniVersion"), outcome.toString());
    }

    /** The strict reader is the oracle for the shell's quick one, over thousands of damaged configurations. */
    @Test
    void whatTheShellTakesForValidIsValid() throws CniError {
        final long seed = Long.getLong("ringway.seed", System.nanoTime());
        final Random random = new Random(seed);
        int answered = 0;
        int refused = 0;
        for (int i = 0; i < 1500; i++) {
            final String text = damaged(random);
            final Outcome outcome = version(text);
            final String what = "seed " + seed + ": " + text + " -> " + outcome;
            if (outcome.ok()) {
                answered++;
                requireSame(text, outcome, what);
            } else {
                refused++;
                assertTrue(outcome.out().contains(HANDED_OVER), what);
            }
            assertEquals("", outcome.err(), what);
        }
        assertTrue(answered > 100 && refused > 100, answered + " answered, " + refused + " refused");
    }

    private static void requireSame(String text, Outcome outcome, String what) throws CniError {
        try {
            final StringBuilder version = new StringBuilder();
            Json.quote(version, NetworkConfig.of(Json.compact(text.getBytes(StandardCharsets.UTF_8))).cniVersion());
            assertEquals(version.toString(), outcome.get("cniVersion"), what);
        } catch (JsonException e) {
            // The one thing that it lets pass, where the key does not matter to it.
            assertTrue(e.getMessage().contains("is there twice"), e.getMessage() + " " + what);
        }
    }

    private static String damaged(Random random) {
        final StringBuilder text = new StringBuilder(CONFIG);
        final String pieces = "{}[]:,\"\\ \n\t019-+.eEtrufalsn/x\u00e9\u0001";
        for (int i = random.nextInt(3); i >= 0; i--) {
            final int at = random.nextInt(text.length());
            final char piece = pieces.charAt(random.nextInt(pieces.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, piece);
                case 1 -> text.setCharAt(at, piece);
                case 2 -> text.deleteCharAt(at);
                default -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
            }
            if (text.isEmpty()) {
                text.append('{');
            }
        }
        return text.toString();
    }
}
