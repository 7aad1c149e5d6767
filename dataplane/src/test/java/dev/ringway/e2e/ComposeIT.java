package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The lab in containers, by a Docker daemon of the test's own and the script that people use. */
final class ComposeIT {
    private static final Path LAB = Path.of("../docker/lab.sh").toAbsolutePath().normalize();

    @TempDir(cleanup = CleanupMode.NEVER)
    private Path directory;
    private Process docker;

    @BeforeEach
    void startDocker() throws IOException {
        docker = new ProcessBuilder("dockerd", "--data-root", directory.resolve("data").toString(), "--exec-root",
                directory.resolve("exec").toString(), "--pidfile", directory.resolve("pid").toString(), "--host",
                host(), "--iptables=false", "--ip6tables=false", "--bridge=none").redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile()).start();
        TestNet.await("Docker", () -> {
            if (!docker.isAlive()) {
                throw new AssertionError("dockerd ended: " + TestNet.text(directory.resolve("log")));
            }
            return Files.exists(directory.resolve("sock")) && run("docker", "info").exit() == 0;
        });
    }

    @AfterEach
    void stopDocker() throws Exception {
        try {
            final TestNet.Result result = lab("down");
            assertTrue(result.ok(), result.out());
        } finally {
            // Its containers' parent ends them, and unmounts what they had.
            docker.destroy();
            docker.waitFor();
            TestNet.run("rm", "-rf", directory.toString());
        }
    }

    private String host() {
        return "unix://" + directory.resolve("sock");
    }

    private TestNet.Result run(String... command) {
        final List<String> all = new ArrayList<>(List.of("env", "DOCKER_HOST=" + host()));
        all.addAll(List.of(command));
        return TestNet.run(all.toArray(String[]::new));
    }

    private TestNet.Result lab(String... arguments) {
        final List<String> command = new ArrayList<>(List.of(LAB.toString()));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    /** Nobody is lost, but where a node is. */
    @Test
    void theLabComesUpAndAllScenariosAreAsTheyShould() {
        for (String step : new String[] {"build", "up", "check"}) {
            final TestNet.Result result = lab(step);
            System.out.println(step.equals("build") ? "" : result.out());
            assertTrue(result.ok(), result.out());
            if (step.equals("build")) {
                theImageHasWhatTheSwitchRuns();
            }
        }
    }

    private void theImageHasWhatTheSwitchRuns() {
        for (String program : new String[] {"ip", "nft", "conntrack", "nsenter"}) {
            final TestNet.Result found = run("docker", "run", "--rm", "--network", "none", "ringway-lab", "sh", "-c",
                    "command -v " + program);
            assertTrue(found.ok(), program + " is not in the image: " + found.out());
        }
    }
}
