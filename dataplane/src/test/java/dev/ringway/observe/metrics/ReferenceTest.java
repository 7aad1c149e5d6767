package dev.ringway.observe.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pages that are made from the code are those in the repository. */
class ReferenceTest {
    @Test
    void metrics() throws IOException {
        assertEquals(Reference.metrics(), page("METRICS.md"),
                "out of date; build, then run: " + Reference.METRICS_COMMAND);
    }

    @Test
    void drops() throws IOException {
        assertEquals(Reference.drops(), page("DROPS.md"),
                "out of date; build, then run: " + Reference.DROPS_COMMAND);
    }

    private static String page(String name) throws IOException {
        final Path file = docs().resolve(name);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static Path docs() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("conf/ringway.yaml"))) {
            directory = directory.getParent();
        }
        return directory.resolve("docs");
    }
}
