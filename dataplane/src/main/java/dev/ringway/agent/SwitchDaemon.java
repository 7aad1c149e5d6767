package dev.ringway.agent;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.config.ConfigException;
import dev.ringway.config.SwitchConfig;
import dev.ringway.observe.ProcessTime;
import dev.ringway.observe.Readiness;
import dev.ringway.podnet.ControlServer;
import dev.ringway.podnet.ControlSocketFile;
import dev.ringway.podnet.ReadinessFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The life of {@code ringway switch}: reads the file, starts the switch, then the control socket, and on the main
 * thread waits for signals and changes of the file until it is told to stop.
 */
final class SwitchDaemon {
    private static final System.Logger LOG = System.getLogger(SwitchDaemon.class.getName());
    private static final long TICK_MS = 1_000;
    /** A file that has not changed for so long is not being written any more. */
    private static final long SETTLED_MS = 100;
    private static final long MOST_STOP_MS = 10_000;

    private final Path file;
    private final String version;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    private enum Event { RELOAD, LOOK, STOP }

    SwitchDaemon(Path file, String version) {
        this.file = file;
        this.version = version;
    }

    /** Runs until SIGTERM or SIGINT; returns the exit status. */
    int run() {
        final SwitchConfig config;
        try {
            RunningSwitch.step("program runs");
            config = SwitchConfig.read(file);
            RunningSwitch.step("configuration read");
        } catch (ConfigException e) {
            e.problems().forEach(problem -> LOG.log(ERROR, problem));
            return 2;
        }
        try (ControlSocketFile socket = ControlSocketFile.claim(config.controlSocket())) {
            final ConfigWatch watch = new ConfigWatch(file);
            handleSignals();
            try (RunningSwitch running = RunningSwitch.start(config)) {
                final Readiness readiness = new Readiness();
                readiness.ready(ProcessTime.sinceStartMs());
                LOG.log(INFO, "ready: node " + config.node() + " forwards " + readiness.startMs()
                        + " ms after its start; " + running.summary());
                try (ControlServer server = new ControlServer(socket, running.ops(version, readiness));
                        ReadinessFile ready = new ReadinessFile(config.controlSocket().getParent())) {
                    server.start();
                    running.lookAround();
                    watchServices(running.services());
                    loop(running, watch, ready);
                    LOG.log(INFO, "stopping; devices, routes and rules are "
                            + (running.removesAtStop() ? "removed" : "kept for the next start")
                            + ", kernel parameters stay as they are");
                }
            }
            LOG.log(INFO, "stopped");
            return 0;
        } catch (StartException | IOException e) {
            LOG.log(ERROR, "cannot start: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private void loop(RunningSwitch running, ConfigWatch watch, ReadinessFile ready) throws InterruptedException {
        long tickMs = nowMs() + TICK_MS;
        long lookMs = 0;
        ready.update(running.forwards(), running.podCount());
        while (true) {
            final boolean settling = running.services().isUnsettled();
            final long until = settling ? Math.min(tickMs, lookMs) : tickMs;
            final Event event = events.poll(Math.max(0, until - nowMs()), TimeUnit.MILLISECONDS);
            if (event == Event.STOP) {
                return;
            }
            try {
                if (event == Event.LOOK && !settling || event == null && settling && nowMs() >= lookMs) {
                    running.services().look();
                }
                if (event == Event.LOOK || nowMs() >= lookMs) {
                    // What goes on changing is left alone until it stops.
                    lookMs = nowMs() + SETTLED_MS;
                }
                if (event == Event.RELOAD || nowMs() >= tickMs) {
                    if (event == Event.RELOAD) {
                        watch.acknowledge();
                        reload(running);
                    } else if (watch.changed()) {
                        reload(running);
                    }
                    running.tick();
                    tickMs = nowMs() + TICK_MS;
                    ready.update(running.forwards(), running.podCount());
                }
            } catch (RuntimeException e) {
                LOG.log(ERROR, "the control side failed; packets go on being switched", e);
            }
        }
    }

    /** Changes of the Services' files are in force a moment later, not only at the next tick. */
    private void watchServices(NodeServices services) {
        final Path directory = services.directory();
        if (directory == null) {
            return;
        }
        try {
            // It ends with the process.
            new DirectoryWatch(directory, () -> events.add(Event.LOOK));
        } catch (IOException e) {
            LOG.log(WARNING, "changes in " + directory + " are noticed within seconds instead of at once: " + e);
        }
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }

    private void reload(RunningSwitch running) {
        try {
            running.reload(SwitchConfig.read(file));
        } catch (ConfigException e) {
            e.problems().forEach(problem -> LOG.log(WARNING, problem));
            LOG.log(WARNING, "the changed configuration is refused; the old one stays in force");
        }
    }

    private void handleSignals() {
        Signals.on("HUP", () -> events.add(Event.RELOAD));
        Signals.on("TERM", this::stop);
        Signals.on("INT", this::stop);
    }

    /** A stop that hangs ends all the same: the devices are persistent and the next start takes them over. */
    private void stop() {
        events.add(Event.STOP);
        Thread.ofPlatform().daemon().name("stop-guard").start(() -> {
            try {
                Thread.sleep(MOST_STOP_MS);
                LOG.log(ERROR, "not stopped after " + MOST_STOP_MS + " ms; leaving as it is");
                Runtime.getRuntime().halt(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
