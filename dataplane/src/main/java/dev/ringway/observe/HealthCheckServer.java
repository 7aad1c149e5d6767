package dev.ringway.observe;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.control.IpText;
import dev.ringway.control.services.HealthCheck;
import dev.ringway.fib.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Tells load balancers whether this node has endpoints of the Services that ask for it (healthCheckNodePort): an HTTP
 * server on each such port, with kube-proxy's answers. Changes belong to one control thread; the servers have virtual
 * threads of their own, so that a thousand of them cost little.
 */
public final class HealthCheckServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HealthCheckServer.class.getName());

    private final BooleanSupplier healthy;
    private final Map<InetSocketAddress, HealthCheckPort> open = new HashMap<>();
    /** Ports that something else has, or whose address is not there, and the error that was told. */
    private final Map<InetSocketAddress, String> taken = new HashMap<>();
    private List<HealthCheck> wanted = List.of();
    private List<IpAddress> addresses;

    /** @param healthy whether the switch as a whole does its work; asked for every answer, by any thread */
    public HealthCheckServer(BooleanSupplier healthy) {
        this.healthy = healthy;
    }

    /**
     * Serves exactly these, and tries ports again that were taken; to be called about once a second.
     *
     * @param checks the same object as last time costs nothing
     * @param on     addresses of the node that they are served on, or null: all
     */
    public void apply(List<HealthCheck> checks, List<IpAddress> on) {
        if (checks == wanted && Objects.equals(on, addresses) && taken.isEmpty()) {
            return;
        }
        wanted = checks;
        addresses = on;
        final Map<InetSocketAddress, HealthCheck> byPlace = new HashMap<>();
        for (HealthCheck check : checks) {
            for (InetSocketAddress place : places(check.nodePort(), on)) {
                byPlace.putIfAbsent(place, check);
            }
        }
        for (InetSocketAddress place : new ArrayList<>(open.keySet())) {
            if (!byPlace.containsKey(place)) {
                open.remove(place).close();
            }
        }
        taken.keySet().retainAll(byPlace.keySet());
        byPlace.forEach(this::serve);
    }

    private static List<InetSocketAddress> places(int port, List<IpAddress> on) {
        if (on == null) {
            // Of both IP versions.
            return List.of(new InetSocketAddress(port));
        }
        final List<InetSocketAddress> places = new ArrayList<>();
        for (IpAddress address : on) {
            places.add(new InetSocketAddress(InetAddress.ofLiteral(IpText.text(address)), port));
        }
        return places;
    }

    private void serve(InetSocketAddress place, HealthCheck check) {
        final HealthCheckPort serving = open.get(place);
        if (serving != null) {
            serving.set(check);
            return;
        }
        final String port = "health check node port " + place.getPort()
                + (addresses == null ? "" : " on " + place.getAddress().getHostAddress());
        try {
            open.put(place, new HealthCheckPort(place, check, healthy));
            if (taken.remove(place) != null) {
                LOG.log(INFO, port + " is served now");
            }
        } catch (IOException e) {
            if (taken.put(place, e.getMessage()) == null) {
                LOG.log(WARNING, port + " of Service " + check.namespace() + "/"
                        + check.name() + " cannot be opened and will be tried again: " + e.getMessage());
            }
        }
    }

    /** Ports that are wanted and cannot be opened, on one address at least. */
    public List<Integer> missing() {
        return taken.keySet().stream().map(InetSocketAddress::getPort).distinct().sorted().toList();
    }

    @Override
    public void close() {
        open.values().forEach(HealthCheckPort::close);
        open.clear();
    }
}
