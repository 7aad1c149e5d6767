package dev.ringway.podnet;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.control.services.Steered;
import dev.ringway.fib.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How outside clients and the node's own processes reach Services: the kernel sends what is addressed to a NodePort or
 * an external address to a port of the node's service address, which lies behind the node's device, and the switch
 * does the rest. A change of the Services costs one run of nft with what has changed.
 *
 * <p>What a former daemon left stays in force until the first {@link #apply} replaces it in one transaction. For one
 * control thread at a time.
 */
public final class HostServices {
    private static final System.Logger LOG = System.getLogger(HostServices.class.getName());

    private final String device;
    private final Edge edge;
    private HostServiceSettings settings;
    /** As it was given last, to know at once that nothing has changed. */
    private List<Steered> list = List.of();
    /** What is in the kernel's maps. */
    private Set<Steered> steered = new HashSet<>();
    /** False: what the kernel has is not known. */
    private boolean installed;

    /** The edge to the kernel. */
    interface Edge {
        void nft(String script) throws IOException;

        /** The tables there are, as in {@code inet ringway}. */
        Set<String> tables() throws IOException;

        /** Makes room for what the kernel must track; returns what was changed. */
        List<String> makeRoom() throws IOException;

        /** Ends the UDP flows that go elsewhere than a new one would. */
        void forgetUdpFlows(HostServiceSettings settings, Set<Steered> steered);
    }

    /** @param device the node's own TUN device */
    public HostServices(String device, HostServiceSettings settings) {
        this(device, settings, new Edge() {
            @Override
            public void nft(String script) throws IOException {
                HostNetwork.nft(script);
            }

            @Override
            public Set<String> tables() throws IOException {
                return NftTables.list();
            }

            @Override
            public List<String> makeRoom() throws IOException {
                return ConntrackLimits.raise();
            }

            @Override
            public void forgetUdpFlows(HostServiceSettings now, Set<Steered> steered) {
                SteeredFlows.forgetStale(now, steered);
            }
        });
    }

    HostServices(String device, HostServiceSettings settings, Edge edge) {
        this.device = device;
        this.settings = settings;
        this.edge = edge;
    }

    /** Ranges that the node's processes reach through the node's device. */
    public synchronized List<Prefix> clusterCidrs() {
        return settings.clusterCidrs();
    }

    public synchronized HostServiceSettings settings() {
        return settings;
    }

    /** Takes note of changed settings, and brings the rules in line with them if there are any. */
    public synchronized void configure(HostServiceSettings changed) throws IOException {
        if (changed.equals(settings)) {
            return;
        }
        final boolean sameRules = same(changed, 4) && same(changed, 6) && changed.direct() == settings.direct();
        final boolean morePorts = !settings.nodePortAddresses().containsAll(changed.nodePortAddresses());
        settings = changed;
        if (!installed) {
            return;
        }
        if (isUnused() || !sameRules) {
            install();
        } else {
            run(HostServiceRules.change(changed));
        }
        if (morePorts && steered.stream().anyMatch(one -> one.protocol() == 17)) {
            edge.forgetUdpFlows(settings, steered);
        }
    }

    /** Looks whether the rules are still there, and makes them anew if somebody has flushed them. */
    public synchronized void check() throws IOException {
        if (!installed || isUnused() || edge.tables().contains(HostServiceRules.TABLE)) {
            return;
        }
        LOG.log(WARNING, "the nftables table " + HostServiceRules.TABLE + " was removed (nft flush ruleset?);"
                + " making it again");
        install();
        edge.forgetUdpFlows(settings, steered);
    }

    /**
     * Steers exactly these.
     *
     * @param wanted the same object as last time costs nothing, so that this may be called again and again
     * @throws IOException the kernel goes on as before; another call tries again
     */
    public synchronized void apply(List<Steered> wanted) throws IOException {
        if (installed && wanted == list) {
            return;
        }
        final Set<Steered> next = new HashSet<>(wanted);
        final List<Steered> added = new ArrayList<>();
        final List<Steered> removed = new ArrayList<>();
        for (Steered one : wanted) {
            if (!steered.contains(one)) {
                added.add(one);
            }
        }
        for (Steered one : steered) {
            if (!next.contains(one)) {
                removed.add(one);
            }
        }
        final boolean wasUnused = isUnused();
        final Set<Steered> before = steered;
        steered = next;
        try {
            if (!installed || wasUnused || isUnused()) {
                install();
            } else if (!added.isEmpty() || !removed.isEmpty()) {
                run(HostServiceRules.change(settings, removed, added));
            }
        } catch (IOException e) {
            steered = before;
            throw e;
        }
        list = wanted;
        if (hasUdp(added) || hasUdp(removed)) {
            edge.forgetUdpFlows(settings, steered);
        }
    }

    /**
     * Ends the node's part.
     *
     * @param remove false: the rules stay for the next daemon
     */
    public synchronized void close(boolean remove) {
        if (!remove) {
            return;
        }
        try {
            edge.nft(HostServiceRules.remove());
        } catch (IOException e) {
            LOG.log(WARNING, "nftables rules of Services stay behind: " + e.getMessage());
        }
        installed = false;
    }

    /** A change of what is there; if it does not fit, because somebody else has changed it, all is made anew. */
    private void run(String change) throws IOException {
        try {
            edge.nft(change);
        } catch (IOException e) {
            LOG.log(INFO, "nftables rules of Services are not as they were left, making them anew: " + e.getMessage());
            install();
        }
    }

    private void install() throws IOException {
        try {
            edge.nft(isUnused() ? HostServiceRules.remove() : HostServiceRules.install(device, settings, steered));
            installed = true;
            if (!isUnused()) {
                makeRoom();
            }
        } catch (IOException e) {
            installed = false;
            throw new IOException("steering " + steered.size() + " external addresses and NodePorts to Services: "
                    + e.getMessage(), e);
        }
    }

    private void makeRoom() {
        try {
            final List<String> changed = edge.makeRoom();
            if (!changed.isEmpty()) {
                LOG.log(INFO, "kernel parameters set, which stay so when the daemon ends: "
                        + String.join(" ", changed));
            }
        } catch (IOException e) {
            LOG.log(INFO, "connections from outside may end early, or not fit: " + e.getMessage());
        }
    }

    /** True if there is nothing to have rules for. */
    private boolean isUnused() {
        return steered.isEmpty() && settings.clusterCidrs().isEmpty();
    }

    private boolean same(HostServiceSettings changed, int version) {
        return Objects.equals(settings.serviceAddress(version), changed.serviceAddress(version));
    }

    private static boolean hasUdp(List<Steered> some) {
        for (Steered one : some) {
            if (one.protocol() == 17) {
                return true;
            }
        }
        return false;
    }
}
