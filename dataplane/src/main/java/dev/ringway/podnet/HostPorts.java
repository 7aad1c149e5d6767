package dev.ringway.podnet;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.fib.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Ports of the node that lead to pods: who has which, and the nftables maps that say so. One change at a time, from
 * any thread.
 */
public final class HostPorts {
    private static final System.Logger LOG = System.getLogger(HostPorts.class.getName());

    private final String device;
    private final Nft nft;
    private final Map<String, Owned> owned = new LinkedHashMap<>();

    private record Owned(String pod, List<HostPort> ports, List<String> elements) {
    }

    /** The edge to nftables. */
    interface Nft {
        void run(String script) throws IOException;
    }

    /** @param device the node's own TUN device */
    public HostPorts(String device) {
        this(device, HostNetwork::nft);
    }

    HostPorts(String device, Nft nft) {
        this.device = device;
        this.nft = nft;
    }

    /**
     * Notes the ports of a pod from a former daemon's state; the node's table comes with them when it is made.
     *
     * @param owner what they are to be removed by
     */
    public synchronized void restore(String owner, String pod, List<HostPort> ports, List<IpAddress> addresses) {
        if (!ports.isEmpty()) {
            owned.put(owner, new Owned(pod, List.copyOf(ports), elements(ports, addresses)));
        }
    }

    /**
     * Leads ports to a pod.
     *
     * @throws HostPortConflict if another pod has one of them; then none is
     */
    public synchronized void add(String owner, String pod, List<HostPort> ports, List<IpAddress> addresses)
            throws IOException {
        if (ports.isEmpty()) {
            return;
        }
        for (int i = 0; i < ports.size(); i++) {
            for (Owned other : owned.values()) {
                for (HostPort taken : other.ports) {
                    requireNoConflict(ports.get(i), taken, other.pod);
                }
            }
            for (HostPort earlier : ports.subList(0, i)) {
                requireNoConflict(ports.get(i), earlier, pod + " itself");
            }
        }
        final List<String> elements = elements(ports, addresses);
        nft.run(HostPortRules.add(elements));
        owned.put(owner, new Owned(pod, List.copyOf(ports), elements));
        reachLoopback();
        forgetFlows(ports);
    }

    /** Takes a pod's ports away; nothing if it has none. */
    public synchronized void remove(String owner) {
        final Owned removed = owned.remove(owner);
        if (removed == null) {
            return;
        }
        try {
            nft.run(HostPortRules.delete(removed.elements));
        } catch (IOException e) {
            LOG.log(WARNING, "ports of " + removed.pod + " were gone already: " + e.getMessage());
        }
        forgetFlows(removed.ports);
    }

    /** Which of a pod's ports the node's table does not lead to it, for people; empty if all is well. */
    public synchronized List<String> drift(String owner) throws IOException {
        final Owned wanted = owned.get(owner);
        final List<String> drift = new ArrayList<>();
        if (wanted != null) {
            final String table = Tool.run("", "nft", "-n", "list", "table", "inet", "ringway").output();
            for (String element : wanted.elements) {
                final String numeric = element.substring(element.indexOf(' ') + 1).replaceFirst("^tcp", "6")
                        .replaceFirst("^udp", "17").replaceFirst("^sctp", "132");
                if (!table.contains(numeric)) {
                    drift.add("the node does not lead " + element.substring(element.indexOf(' ') + 1));
                }
            }
        }
        return drift;
    }

    /**
     * Runs the script that makes the node's table anew, with the ports in it, while none of them changes.
     *
     * @param script   makes it of the maps' text
     * @param services there are ClusterIPs, which are to be reached from 127.0.0.1 as ports of the node are
     */
    synchronized void install(UnaryOperator<String> script, boolean services) throws IOException {
        final List<String> elements = new ArrayList<>();
        owned.values().forEach(one -> elements.addAll(one.elements));
        nft.run(script.apply(HostPortRules.maps(elements)));
        if (services || !owned.isEmpty()) {
            reachLoopback();
        }
    }

    /** Lets packets from 127.0.0.1 leave through the device, once there is something for them to reach. */
    private void reachLoopback() throws IOException {
        final String parameter = "ipv4/conf/" + device + "/route_localnet";
        if (Sysctl.exists(parameter)) {
            Sysctl.set(parameter, 1);
        }
    }

    /** UDP flows that the node's connection tracking remembers would go on to where they went. */
    private void forgetFlows(List<HostPort> ports) {
        for (HostPort port : ports) {
            if (port.protocol().equals("udp")) {
                try {
                    Tool.run("", "conntrack", "-D", "-p", "udp", "--orig-port-dst", Integer.toString(port.hostPort()));
                } catch (IOException e) {
                    LOG.log(DEBUG, "flows to " + port + " may go on to where they went: " + e.getMessage());
                }
            }
        }
    }

    private static void requireNoConflict(HostPort port, HostPort taken, String pod) throws HostPortConflict {
        if (port.conflicts(taken)) {
            throw new HostPortConflict(port + " is already that of pod " + pod);
        }
    }

    private static List<String> elements(List<HostPort> ports, List<IpAddress> addresses) {
        final List<String> elements = new ArrayList<>();
        ports.forEach(port -> elements.addAll(HostPortRules.elements(port, addresses)));
        return elements;
    }
}
