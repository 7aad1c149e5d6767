package dev.ringway.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The process of a pod's web server; the lab starts it inside the pod. It also ends when its pid file is gone or
 * another's, so that none outlives a lab whose files somebody has removed.
 */
@Command(name = "serve", hidden = true, sortOptions = false,
        description = "The web server of one pod; the lab starts it by itself.")
final class ServeCommand extends LabTask {
    private static final long LOOK_MS = 1000;

    @Parameters(index = "0", paramLabel = "POD", description = "what it calls itself")
    private String pod;

    @Parameters(index = "1", paramLabel = "FILE", description = "has its process id as long as it is wanted")
    private Path pidFile;

    @Override
    int run(SignalScope scope) throws InterruptedException {
        try (WebPod _ = new WebPod(pod, DemoService.TARGET_PORT)) {
            while (isWanted(pidFile)) {
                Thread.sleep(LOOK_MS);
            }
        }
        return OK;
    }

    static boolean isWanted(Path pidFile) {
        try {
            return Files.readString(pidFile).strip().equals(Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            return false;
        }
    }
}
