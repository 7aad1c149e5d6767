package dev.ringway.control.store;

import static org.junit.jupiter.api.Assertions.fail;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.services.ClusterSource;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.NodeView;
import dev.ringway.service.Frontend;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A source and what it has told so far, as a control thread would see it. */
public final class Following implements AutoCloseable {
    private static final long PATIENCE_MS = 20_000;

    public final ClusterSource source;
    public ClusterSpec cluster;
    public Compiled services;
    private final String node;

    /** @param node name of the node that the source is of */
    public Following(ClusterSource source, String node) {
        this.source = source;
        this.node = node;
    }

    /** @return true if something has changed */
    public boolean poll() {
        final ClusterSource.Change change = source.poll(System.nanoTime() / 1_000_000);
        if (change == null) {
            return false;
        }
        if (change.cluster() != null) {
            cluster = change.cluster();
            final NodeSpec self = cluster.node(node);
            source.setNode(new NodeView(node, change.zone(), List.of(self.address()), List.of(self.address()),
                    IpText.address("10.244.1.0"), null));
        }
        if (change.services() != null) {
            services = change.services();
        }
        return true;
    }

    public void await(String what, BooleanSupplier condition) {
        final long until = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (System.nanoTime() < until) {
            poll();
            if (condition.getAsBoolean()) {
                return;
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        fail(what + " did not come; warnings: " + source.warnings());
    }

    /** The node's peers. */
    public List<String> peers() {
        return cluster == null ? List.of() : cluster.nodes().stream().map(NodeSpec::name)
                .filter(name -> !name.equals(node)).toList();
    }

    /** How many backends port 80 of the address has; -1: there is no such Service. */
    public int backends(String clusterIp) {
        if (services == null) {
            return -1;
        }
        final Frontend frontend = services.table().lookup(4, IpText.address(clusterIp).hi(), 0, 6, 80);
        return frontend == null ? -1 : frontend.port.cluster.size();
    }

    public boolean warns(String part) {
        return source.warnings().stream().anyMatch(warning -> warning.contains(part));
    }

    @Override
    public void close() {
        source.close();
    }
}
