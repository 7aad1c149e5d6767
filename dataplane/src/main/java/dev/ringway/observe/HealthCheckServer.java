package dev.ringway.observe;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.control.services.HealthCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Tells load balancers whether this node has endpoints of the Services that ask for it (healthCheckNodePort): an HTTP
 * server on each such port, with kube-proxy's answers. Changes belong to one control thread; the servers have virtual
 * threads of their own, so that a thousand of them cost little.
 */
public final class HealthCheckServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HealthCheckServer.class.getName());

    private final BooleanSupplier healthy;
    private final Map<Integer, HealthCheckPort> open = new HashMap<>();
    /** Ports that something else has, and the error that was told. */
    private final Map<Integer, String> taken = new HashMap<>();
    private List<HealthCheck> wanted = List.of();

    /** @param healthy whether the switch as a whole does its work; asked for every answer, by any thread */
    public HealthCheckServer(BooleanSupplier healthy) {
        this.healthy = healthy;
    }

    /**
     * Serves exactly these, and tries ports again that were taken; to be called about once a second.
     *
     * @param checks the same object as last time costs nothing
     */
    public void apply(List<HealthCheck> checks) {
        if (checks == wanted && taken.isEmpty()) {
            return;
        }
        wanted = checks;
        final Map<Integer, HealthCheck> byPort = new HashMap<>();
        for (HealthCheck check : checks) {
            byPort.putIfAbsent(check.nodePort(), check);
        }
        for (Integer port : new ArrayList<>(open.keySet())) {
            if (!byPort.containsKey(port)) {
                open.remove(port).close();
            }
        }
        taken.keySet().retainAll(byPort.keySet());
        byPort.forEach(this::serve);
    }

    private void serve(int port, HealthCheck check) {
        final HealthCheckPort serving = open.get(port);
        if (serving != null) {
            serving.set(check);
            return;
        }
        try {
            open.put(port, new HealthCheckPort(port, check, healthy));
            if (taken.remove(port) != null) {
                LOG.log(INFO, "health check node port " + port + " is served now");
            }
        } catch (IOException e) {
            if (taken.put(port, e.getMessage()) == null) {
                LOG.log(WARNING, "health check node port " + port + " of Service " + check.namespace() + "/"
                        + check.name() + " cannot be opened and will be tried again: " + e.getMessage());
            }
        }
    }

    /** Ports that are wanted and cannot be opened. */
    public List<Integer> missing() {
        return taken.keySet().stream().sorted().toList();
    }

    @Override
    public void close() {
        open.values().forEach(HealthCheckPort::close);
        open.clear();
    }
}
