package dev.ringway.agent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.observe.metrics.Collector;
import dev.ringway.observe.metrics.DataPathProbe;
import dev.ringway.observe.metrics.Health;
import dev.ringway.observe.metrics.Heartbeat;
import dev.ringway.observe.metrics.Metric;
import dev.ringway.observe.metrics.MetricsServer;
import dev.ringway.observe.metrics.Page;
import dev.ringway.observe.metrics.ProcessCollector;
import dev.ringway.observe.metrics.Programming;
import dev.ringway.shard.Dataplane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The daemon as Prometheus and the kubelet see it, from before the switch starts until after it has ended. A thread of
 * its own opens the port, so that no packet waits for it, and tries again while something else has it.
 */
final class Monitoring implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Monitoring.class.getName());
    private static final long AGAIN_MS = 10_000;
    private static final long MOST_START_MS = 1_000;

    private final InetSocketAddress listen;
    private final String version;
    private final String node;
    private final Heartbeat heartbeat = new Heartbeat();
    private final Health health = new Health(heartbeat);
    private final Programming programming = new Programming();
    private final Thread opener;
    private Page page;
    private volatile String problem;
    private List<Collector> running = List.of();
    private MetricsServer server;
    private boolean closed;

    /** @param listen null: nowhere */
    Monitoring(InetSocketAddress listen, String version, String node) {
        this.listen = listen;
        this.version = version;
        this.node = node;
        opener = Thread.ofPlatform().daemon().name("metrics").unstarted(this::open);
        if (listen != null) {
            opener.start();
        }
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    Programming programming() {
        return programming;
    }

    /** True while all threads of the switch go round; any thread asks. */
    boolean isAlive() {
        return health.lives() == null;
    }

    /** Why the port is not open, for people, or null. */
    String problem() {
        return problem;
    }

    /**
     * The switch forwards from now on.
     *
     * @param collectors what can be read of it
     */
    synchronized void started(Dataplane dataplane, DataPathProbe probe, long startMs, List<Collector> collectors) {
        health.started(dataplane, probe, startMs);
        running = collectors;
        notifyAll();
        if (page != null) {
            running.forEach(page::add);
        }
    }

    /** The switch is about to end; when this returns nothing reads it any more. */
    void stopping() {
        health.stopping();
        final List<Collector> ended;
        final Page shown;
        synchronized (this) {
            ended = running;
            running = List.of();
            shown = page;
        }
        if (shown != null) {
            shown.remove(ended);
        }
    }

    /** A start that is about to be over comes first; one that waits for its source is shown meanwhile. */
    private synchronized void letStart() throws InterruptedException {
        if (running.isEmpty() && !closed) {
            wait(MOST_START_MS);
        }
    }

    private void open() {
        try {
            letStart();
        } catch (InterruptedException e) {
            return;
        }
        final Page made = new Page();
        made.add(sheet -> sheet.put(Metric.BUILD_INFO, 1, version, Runtime.version().toString(), node));
        made.add(sheet -> sheet.put(Metric.LOG_SUPPRESSED, StderrLogs.suppressed()));
        made.add(new ProcessCollector());
        made.add(health);
        made.add(programming);
        synchronized (this) {
            page = made;
            running.forEach(made::add);
        }
        while (true) {
            try {
                listen(made);
                if (problem != null) {
                    LOG.log(INFO, "metrics.listen: " + text() + " is served now");
                }
                problem = null;
                return;
            } catch (IOException e) {
                if (problem == null) {
                    problem = "metrics.listen: " + text() + " cannot be opened (" + e.getMessage() + "), so that there"
                            + " is no /metrics, /healthz and /readyz; packets are forwarded all the same, and it will"
                            + " be tried again";
                    LOG.log(WARNING, problem);
                }
            }
            try {
                Thread.sleep(AGAIN_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void listen(Page made) throws IOException {
        if (!closed) {
            server = new MetricsServer(listen, made, health);
        }
    }

    private String text() {
        final String host = listen.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + listen.getPort();
    }

    @Override
    public void close() {
        opener.interrupt();
        final MetricsServer last;
        synchronized (this) {
            closed = true;
            last = server;
        }
        if (last != null) {
            last.close();
        }
    }
}
