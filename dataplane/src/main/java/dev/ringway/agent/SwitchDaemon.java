package dev.ringway.agent;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.config.ConfigException;
import dev.ringway.config.SwitchConfig;
import dev.ringway.control.services.ClusterSource;
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
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The life of {@code ringway switch}: reads the file, asks the cluster's source for this node's place, starts the
 * switch, then the control socket, and on the main thread waits for signals and changes until it is told to stop.
 */
final class SwitchDaemon {
    private static final System.Logger LOG = System.getLogger(SwitchDaemon.class.getName());
    private static final long TICK_MS = 1_000;
    private static final long MOST_STOP_MS = 10_000;
    /** EX_SOFTWARE of sysexits.h. */
    private static final int EXIT_DEFECT = 70;

    private final Path file;
    private final String version;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /** The source has news that are among the events. */
    private final AtomicBoolean news = new AtomicBoolean();

    /** Made when the configuration is known. */
    private Monitoring monitoring;

    private enum Event { RELOAD, LOOK, NEWS, STOP }

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
        StderrLogs.format(config.jsonLog());
        Thread.setDefaultUncaughtExceptionHandler(SwitchDaemon::leave);
        try (ControlSocketFile socket = ControlSocketFile.claim(config.controlSocket());
                ClusterSource source = Sources.open(config, version);
                Monitoring shown = new Monitoring(config.metrics(), version, config.node())) {
            monitoring = shown;
            final ConfigWatch watch = new ConfigWatch(file);
            handleSignals();
            final SwitchConfig whole = source == null ? config : join(source, config);
            if (whole != null) {
                serve(socket, source, whole, watch);
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

    /**
     * A thread has ended by a defect. Without one that switches packets the process is of no use: it leaves what it has
     * made to the next start. Others can be done without.
     */
    private static void leave(Thread thread, Throwable defect) {
        final boolean switches = thread.getName().matches("(shard|switch|io)-\\d+");
        LOG.log(ERROR, "thread " + thread.getName() + " has ended by a defect" + (switches
                ? "; leaving at once, so that the next start takes over" : "") + "; please report it", defect);
        if (switches) {
            Runtime.getRuntime().halt(EXIT_DEFECT);
        }
    }

    /** Waits for this node's place in the cluster; null if it was told to stop meanwhile. */
    private SwitchConfig join(ClusterSource source, SwitchConfig config) throws StartException, InterruptedException {
        source.onNews(() -> {
            monitoring.programming().noticed();
            if (news.compareAndSet(false, true)) {
                events.add(Event.NEWS);
            }
        });
        final Sources.Joining joining = new Sources.Joining(source, config);
        SwitchConfig whole = joining.poll(nowMs());
        while (whole == null) {
            final Event event = events.poll(TICK_MS, TimeUnit.MILLISECONDS);
            if (event == Event.STOP) {
                return null;
            }
            news.set(false);
            monitoring.heartbeat().beat();
            whole = joining.poll(nowMs());
        }
        return whole;
    }

    private void serve(ControlSocketFile socket, ClusterSource source, SwitchConfig config, ConfigWatch watch)
            throws StartException, IOException, InterruptedException {
        try (RunningSwitch running = start(config, source)) {
            final Readiness readiness = new Readiness();
            readiness.ready(ProcessTime.sinceStartMs());
            LOG.log(INFO, "ready: node " + config.node() + " forwards " + readiness.startMs()
                    + " ms after its start; " + running.summary());
            running.show(readiness);
            try (ControlServer server = new ControlServer(socket, running.ops(version, readiness));
                    ReadinessFile ready = new ReadinessFile(config.controlSocket().getParent())) {
                server.start();
                running.lookAround();
                // Changes of the Services' files are in force at once, not only at the next tick.
                running.services().onNews(() -> events.add(Event.LOOK));
                loop(running, watch, ready);
                LOG.log(INFO, "stopping; devices, routes and rules are "
                        + (running.removesAtStop() ? "removed" : "kept for the next start")
                        + ", kernel parameters stay as they are");
            }
        }
    }

    private RunningSwitch start(SwitchConfig config, ClusterSource source) throws StartException {
        try {
            return RunningSwitch.start(config, source, monitoring);
        } catch (StartException e) {
            if (source != null) {
                source.warn("CannotStart", "Ringway cannot start on this node: " + e.getMessage());
            }
            throw e;
        }
    }

    private void loop(RunningSwitch running, ConfigWatch watch, ReadinessFile ready) throws InterruptedException {
        long tickMs = nowMs() + TICK_MS;
        ready.update(running.forwards(), running.podCount());
        while (true) {
            final Event event = events.poll(Math.max(0, tickMs - nowMs()), TimeUnit.MILLISECONDS);
            if (event == Event.STOP) {
                return;
            }
            monitoring.heartbeat().beat();
            try {
                if (event == Event.LOOK) {
                    running.services().look();
                } else if (event == Event.NEWS) {
                    news.set(false);
                    running.follow();
                }
                if (event == Event.RELOAD || nowMs() >= tickMs) {
                    tick(event == Event.RELOAD, running, watch);
                    tickMs = nowMs() + TICK_MS;
                    ready.update(running.forwards(), running.podCount());
                }
            } catch (RuntimeException e) {
                LOG.log(ERROR, "the control side failed; packets go on being switched", e);
            }
        }
    }

    private void tick(boolean asked, RunningSwitch running, ConfigWatch watch) {
        if (asked) {
            watch.acknowledge();
        }
        if (asked || watch.changed()) {
            reload(running);
        }
        running.tick();
        StderrLogs.tellSuppressed();
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
