package dev.ringway.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.cni.Plugins.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C50: STATUS by the launcher, and by the client, which gets the configurations that have an escape in them. */
class StatusIT {
    @TempDir
    private Path temp;

    private Outcome status(String by) {
        final String extra = by.equals("client") ? "\"x\":\"\\u0041\"" : "\"x\":\"A\"";
        return Plugins.run(Plugins.environment("STATUS"), Plugins.config("1.1.0", temp.resolve("s"), extra));
    }

    private void requireError(String code, String by) {
        final Outcome outcome = status(by);
        assertEquals(1, outcome.exit(), outcome.toString());
        assertEquals(code, outcome.get("code"), outcome.toString());
        assertEquals("\"1.1.0\"", outcome.get("cniVersion"));
        assertTrue(outcome.get("msg").contains("Ringway daemon"), outcome.out());
        assertTrue(outcome.get("details").contains("cni-ready"), outcome.out());
        assertEquals("", outcome.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"launcher", "client"})
    void readyWhileTheLockIsHeld(String by) throws IOException {
        requireError("50", by);
        try (ReadyFile file = new ReadyFile(temp, true, "")) {
            assertEquals(new Outcome(0, "", ""), status(by), file.toString());
        }
        requireError("50", by);
    }

    @ParameterizedTest
    @ValueSource(strings = {"launcher", "client"})
    void aDaemonThatDiedWithPodsLeavesThemCutOff(String by) throws IOException {
        new ReadyFile(temp, false, " 0").close();
        requireError("50", by);
        new ReadyFile(temp, false, " 7").close();
        requireError("51", by);
    }

    /** C52 */
    @ParameterizedTest
    @ValueSource(strings = {"launcher", "client"})
    void aDaemonThatHangsIsFoundOut(String by) throws IOException {
        try (ReadyFile file = new ReadyFile(temp, true, " 7 " + (ReadyFile.uptime() + 3600))) {
            assertEquals(new Outcome(0, "", ""), status(by), file.toString());
        }
        try (ReadyFile file = new ReadyFile(temp, true, " 7 " + (ReadyFile.uptime() - 1))) {
            assertTrue(file.toString().startsWith("dev."));
            requireError("51", by);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"launcher", "client"})
    void aFileOfAnotherFormatIsNotReady(String by) throws IOException {
        for (String text : new String[] {"", "\n", "ringway\n", "ringway 2 1\n", "other 1 1\n"}) {
            Files.writeString(temp.resolve("cni-ready"), text);
            requireError("50", by);
        }
    }

    /** Somebody else's lock on another file is none of ours. */
    @Test
    void theLockMustBeOnThisVeryFile() throws IOException {
        final Path other = Files.createDirectory(temp.resolve("other"));
        try (ReadyFile held = new ReadyFile(other, true, ""); ReadyFile free = new ReadyFile(temp, false, "")) {
            requireError("50", "launcher");
            assertTrue(held != free);
        }
    }

    @Test
    void withoutPathItIsAnsweredToo() throws IOException {
        try (ReadyFile file = new ReadyFile(temp, true, "")) {
            final Map<String, String> env = Map.of("CNI_COMMAND", "STATUS");
            assertEquals(new Outcome(0, "", ""), Plugins.run(env, Plugins.config("1.1.0", temp.resolve("s"))),
                    file.toString());
        }
    }
}
