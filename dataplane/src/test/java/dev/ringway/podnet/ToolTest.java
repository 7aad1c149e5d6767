package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs that the daemon runs, and who must know of them. */
class ToolTest {
    /** Every Debian has it. */
    private static final String ESSENTIAL = "util-linux";

    @Test
    void imagesInstallAllPackages() throws IOException {
        for (String file : List.of("docker/Dockerfile", "docker/lab/Dockerfile", "docker/lab.sh", "ringway",
                ".ci/run")) {
            final List<String> words = words(Files.readString(Path.of("..", file)));
            for (String debian : Tool.PACKAGES.values()) {
                assertTrue(debian.equals(ESSENTIAL) || words.contains(debian), file + " does not name " + debian);
            }
        }
    }

    @Test
    void documentsNameAllProgramsAndPackages() throws IOException {
        for (String file : List.of("README.md", "docs/install.md")) {
            final String text = Files.readString(Path.of("..", file));
            Tool.PACKAGES.forEach((program, debian) -> {
                assertTrue(text.contains("`" + program + "`"), file + " does not name " + program);
                assertTrue(words(text).contains(debian), file + " does not name " + debian);
            });
        }
    }

    @Test
    void whatNobodyHasBeenToldOfIsNotRun() {
        assertEquals("true is not among what images and documents name: PACKAGES",
                assertThrows(IllegalArgumentException.class, () -> Tool.find("true")).getMessage());
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.split("[^A-Za-z0-9-]+"));
    }
}
