package dev.ringway.agent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.observe.ProxyHealthServer;
import dev.ringway.observe.metrics.Collector;
import dev.ringway.observe.metrics.Metric;
import dev.ringway.observe.metrics.Sheet;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The node's health for load balancers, served as soon as the port can be had. Belongs to the daemon's main thread. */
final class ProxyHealth implements Collector, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ProxyHealth.class.getName());

    private final InetSocketAddress listen;
    private final ProxyHealthServer.Status status;
    /** Null: not open; other threads read what it has counted. */
    private volatile ProxyHealthServer server;
    private boolean told;

    /** @param listen null: nowhere */
    ProxyHealth(InetSocketAddress listen, ProxyHealthServer.Status status) {
        this.listen = listen;
        this.status = status;
    }

    /** Opens the port if it is not open; to be called about once a second. */
    void tick() {
        if (listen == null || server != null) {
            return;
        }
        try {
            server = new ProxyHealthServer(listen, status);
            if (told) {
                LOG.log(INFO, "services.healthz: " + listen + " is served now");
            }
        } catch (IOException e) {
            if (!told) {
                LOG.log(WARNING, "services.healthz: " + listen + " cannot be opened (" + e.getMessage() + "; does"
                        + " kube-proxy still run on this node?); it will be tried again");
                told = true;
            }
        }
    }

    @Override
    public void collect(Sheet sheet) {
        final ProxyHealthServer open = server;
        if (open != null) {
            for (boolean good : new boolean[] {true, false}) {
                final String code = good ? "200" : "503";
                sheet.put(Metric.HEALTHZ, open.answers(false, good), code);
                sheet.put(Metric.LIVEZ, open.answers(true, good), code);
            }
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
