package dev.ringway.lab;

import dev.ringway.linux.NetNs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The lab's processes: started together, waited for until each is ready, stopped together. */
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

    /** Starts those of these endpoints that do not run. */
    List<Starting> start(List<Endpoint> endpoints, Path launcher) {
        final List<Starting> starting = new ArrayList<>();
        try {
            for (Endpoint endpoint : endpoints) {
                final Daemon daemon = new Daemon(endpoint.label(), files);
                if (daemon.pid() == 0) {
                    starting.add(new Starting(endpoint, daemon, daemon.start(endpoint, launcher), System.nanoTime()));
                }
            }
        } catch (IOException e) {
            throw new LabException("cannot start the lab's processes: " + e);
        }
        return starting;
    }

    void awaitReady(List<Starting> started) throws InterruptedException {
        final List<Starting> waiting = new ArrayList<>(started);
        while (!waiting.isEmpty()) {
            for (Starting one : List.copyOf(waiting)) {
                if (isReady(one)) {
                    progress.part(one.daemon.name() + " " + Progress.since(one.startNs));
                    waiting.remove(one);
                } else if (System.nanoTime() - one.startNs > READY.toNanos()) {
                    throw failed(one.daemon, "was not ready within " + READY.toSeconds() + " s");
                }
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** Asks all to end, waits, and ends by force what does not; returns what there was. */
    List<Daemon> stop() throws InterruptedException {
        final List<Daemon> daemons = files.daemons();
        daemons.removeIf(daemon -> !daemon.signal(false));
        final List<Daemon> all = List.copyOf(daemons);
        awaitEnd(daemons, STOP);
        for (Daemon daemon : daemons) {
            progress.part(daemon.text() + " did not stop within " + STOP.toSeconds() + " s: killed (SIGKILL)");
            daemon.signal(true);
        }
        awaitEnd(daemons, KILL);
        if (!daemons.isEmpty()) {
            throw new LabException(daemons.getFirst().text() + ", process "
                    + daemons.getFirst().pid() + ", does not end even by SIGKILL: it hangs in the kernel",
                    "see dmesg; a reboot ends it");
        }
        return all;
    }

    private boolean isReady(Starting one) {
        if (!one.process.isAlive()) {
            throw failed(one.daemon, "ended with exit code " + one.process.exitValue());
        }
        try {
            return one.daemon.isSwitch() ? saysReady(files.socket(one.daemon.name()))
                    : answers(one.endpoint);
        } catch (IOException e) {
            // It does not listen yet. If it never does, the time-out tells with its log.
            return false;
        }
    }

    private static boolean saysReady(Path socket) throws IOException {
        return Files.exists(socket) && ControlClient.call(socket, "status", ANSWER).path("ready").asBoolean();
    }

    /** From inside, where it needs no switch. */
    private static boolean answers(Endpoint pod) throws IOException {
        final InetSocketAddress itself = new InetSocketAddress(InetAddress.getLoopbackAddress(),
                DemoService.TARGET_PORT);
        return NetNs.call(NetNs.path(pod.namespace()), () -> Series.request(itself)).equals(pod.label());
    }

    private LabException failed(Daemon daemon, String what) {
        return new LabException(daemon.text() + " " + what + "; its log ends with:\n" + daemon.logTail(TAIL),
                "whole log: " + files.log(daemon.name()));
    }

    private static void awaitEnd(List<Daemon> daemons, Duration limit) throws InterruptedException {
        final long startNs = System.nanoTime();
        daemons.removeIf(daemon -> daemon.pid() == 0);
        while (!daemons.isEmpty() && System.nanoTime() - startNs < limit.toNanos()) {
            Thread.sleep(POLL_MS);
            daemons.removeIf(daemon -> daemon.pid() == 0);
        }
    }

    record Starting(Endpoint endpoint, Daemon daemon, Process process, long startNs) {
    }
}
