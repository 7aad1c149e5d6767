package dev.ringway.agent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.observe.ProxyHealthServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The node's health for load balancers, served as soon as the port can be had. Belongs to the daemon's main thread. */
final class ProxyHealth implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ProxyHealth.class.getName());

    private final InetSocketAddress listen;
    private final ProxyHealthServer.Status status;
    private ProxyHealthServer server;
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
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
