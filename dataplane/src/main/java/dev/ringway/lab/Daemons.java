package dev.ringway.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The switches of all nodes: started together, waited for until each says that it is ready, stopped together. */
final class Daemons {
    private static final Duration READY = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Duration KILL = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final long POLL_MS = 25;
    private static final int TAIL = 20;

    private final LabFiles files;
    private final Progress progress;

    Daemons(LabFiles files, Progress progress) {
        this.files = files;
        this.progress = progress;
    }

    /** The program that becomes the switch: that of the distribution this command itself comes from. */
    static Path launcher() {
        final String home = System.getProperty("ringway.home");
        if (home == null) {
            throw new LabException("this is not started from a Ringway distribution (ringway.home is not set)",
                    "start the lab by ./ringway lab");
        }
        final Path launcher = Path.of(home, "bin", "ringway");
        if (!Files.isExecutable(launcher)) {
            throw new LabException(launcher + " is not there or not executable", "build it: ./mvnw package");
        }
        return launcher;
    }

    void start(LabSpec spec, Path launcher) throws InterruptedException {
        final long startNs = System.nanoTime();
        final List<Starting> starting = new ArrayList<>();
        try {
            for (Endpoint node : spec.allNodes()) {
                final Daemon daemon = new Daemon(node.label(), files);
                starting.add(new Starting(daemon, daemon.start(node, launcher)));
            }
        } catch (IOException e) {
            throw new LabException("cannot start the switches: " + e);
        }
        while (!starting.isEmpty()) {
            for (Starting one : List.copyOf(starting)) {
                if (isReady(one)) {
                    progress.part(one.daemon.node() + " " + Progress.since(startNs));
                    starting.remove(one);
                } else if (System.nanoTime() - startNs > READY.toNanos()) {
                    throw failed(one.daemon, "was not ready within " + READY.toSeconds() + " s");
                }
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** Asks all to end, waits, and ends by force what does not; returns how many there were. */
    int stop() throws InterruptedException {
        final List<Daemon> daemons = new ArrayList<>();
        for (String node : files.nodesWithPidFile()) {
            daemons.add(new Daemon(node, files));
        }
        daemons.removeIf(daemon -> !daemon.signal(false));
        final int count = daemons.size();
        awaitEnd(daemons, STOP);
        for (Daemon daemon : daemons) {
            progress.part(daemon.node() + " did not stop within " + STOP.toSeconds() + " s: killed (SIGKILL)");
            daemon.signal(true);
        }
        awaitEnd(daemons, KILL);
        if (!daemons.isEmpty()) {
            throw new LabException("the switch of " + daemons.getFirst().node() + ", process "
                    + daemons.getFirst().pid() + ", does not end even by SIGKILL: it hangs in the kernel",
                    "see dmesg; a reboot ends it");
        }
        return count;
    }

    private boolean isReady(Starting one) {
        if (!one.process.isAlive()) {
            throw failed(one.daemon, "ended with exit code " + one.process.exitValue());
        }
        final Path socket = files.socket(one.daemon.node());
        try {
            return Files.exists(socket) && ControlClient.call(socket, "status", ANSWER).path("ready").asBoolean();
        } catch (IOException e) {
            // It does not listen yet. If it never does, the time-out tells with its log.
            return false;
        }
    }

    private LabException failed(Daemon daemon, String what) {
        return new LabException("the switch of " + daemon.node() + " " + what + "; its log ends with:\n"
                + daemon.logTail(TAIL), "whole log: " + files.log(daemon.node()));
    }

    private static void awaitEnd(List<Daemon> daemons, Duration limit) throws InterruptedException {
        final long startNs = System.nanoTime();
        daemons.removeIf(daemon -> daemon.pid() == 0);
        while (!daemons.isEmpty() && System.nanoTime() - startNs < limit.toNanos()) {
            Thread.sleep(POLL_MS);
            daemons.removeIf(daemon -> daemon.pid() == 0);
        }
    }

    private record Starting(Daemon daemon, Process process) {
    }
}
