package dev.ringway.lab;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The machines and cables of the lab: a network namespace for each node, pod, the outside host and the fabric, whose
 * bridge joins the nodes' and the outside's {@code eth0} as a switch in a rack would. The pods' devices are made by the
 * switches. All by iproute2 in batches; a namespace takes its devices with it when it goes.
 */
final class Fabric {
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final String BRIDGE = "br0";
    private static final int REMOVALS = 5;
    private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(60);

    private final LabSpec spec;

    Fabric(LabSpec spec) {
        this.spec = spec;
    }

    void create() throws InterruptedException {
        Shell.must(namespaces(), "ip", "-batch", "-");
        inside(LabSpec.FABRIC, bridge());
        for (Endpoint node : spec.allNodes()) {
            inside(node.namespace(), host(node, true));
        }
        inside(LabSpec.OUTSIDE, host(spec.outside(), false));
    }

    /** Names of network namespaces here that a lab gives, also of a lab of another size. */
    static List<String> present() {
        final List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(NAMESPACES)) {
            for (Path file : files) {
                final String name = file.getFileName().toString();
                if (name.matches(LabSpec.OUR_NAMESPACES)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException e) {
            return names;
        } catch (IOException e) {
            throw new LabException("cannot read " + NAMESPACES + ": " + e);
        }
        return names;
    }

    /** Removes all of them; returns how many. Tries again because a second Ctrl-C ends the program that it runs. */
    static int removeAll() throws InterruptedException {
        final int count = present().size();
        for (int i = 0; i < REMOVALS; i++) {
            final List<String> names = present();
            if (names.isEmpty()) {
                return count;
            }
            final StringBuilder batch = new StringBuilder();
            for (String name : names) {
                batch.append("netns del ").append(name).append('\n');
            }
            final Shell.Result result = Shell.run(REMOVAL_LIMIT, batch.toString(),
                    List.of("ip", "-force", "-batch", "-"));
            if (i == REMOVALS - 1 && !present().isEmpty()) {
                throw new LabException("cannot remove network namespaces " + String.join(" ", present()) + ": "
                        + result.said(), "ip netns del NAME");
            }
        }
        return count;
    }

    private String namespaces() {
        final StringBuilder batch = new StringBuilder();
        batch.append("netns add ").append(LabSpec.FABRIC).append('\n');
        final List<Endpoint> cabled = new ArrayList<>(spec.allNodes());
        cabled.add(spec.outside());
        for (Endpoint host : cabled) {
            batch.append("netns add ").append(host.namespace()).append('\n');
            batch.append("link add name eth0 mtu ").append(spec.mtu()).append(" netns ").append(host.namespace())
                    .append(" type veth peer name ").append(host.label()).append(" mtu ").append(spec.mtu())
                    .append(" netns ").append(LabSpec.FABRIC).append('\n');
        }
        for (Endpoint pod : spec.allPods()) {
            batch.append("netns add ").append(pod.namespace()).append('\n');
            batch.append("netns exec ").append(pod.namespace()).append(" ip link set lo up\n");
        }
        return batch.toString();
    }

    private String bridge() {
        final StringBuilder links = new StringBuilder("link set lo up\n");
        // No spanning tree to wait for, and IPv6 neighbour discovery without a multicast querier.
        links.append("link add ").append(BRIDGE).append(" type bridge stp_state 0 forward_delay 0 mcast_snooping 0\n");
        for (Endpoint node : spec.allNodes()) {
            links.append("link set ").append(node.label()).append(" master ").append(BRIDGE).append(" up\n");
        }
        links.append("link set ").append(spec.outside().label()).append(" master ").append(BRIDGE).append(" up\n");
        links.append("link set ").append(BRIDGE).append(" mtu ").append(spec.mtu()).append(" up\n");
        return script(List.of("ipv6/conf/all/disable_ipv6=1", "ipv6/conf/default/disable_ipv6=1"), links.toString());
    }

    /**
     * A host with its address. Its settings are a usual server's, not whatever this machine happens to have: a node
     * forwards, and checks reverse paths loosely as systemd sets it.
     */
    private String host(Endpoint host, boolean forwards) {
        final List<String> settings = new ArrayList<>(List.of("ipv4/conf/all/rp_filter=2",
                "ipv4/conf/default/rp_filter=2"));
        if (forwards) {
            settings.add("ipv4/ip_forward=1");
        }
        if (spec.underlayHasIpv6()) {
            settings.addAll(List.of("ipv6/conf/all/disable_ipv6=0", "ipv6/conf/default/disable_ipv6=0",
                    "ipv6/conf/eth0/disable_ipv6=0", "ipv6/conf/eth0/accept_dad=0", "ipv6/conf/eth0/accept_ra=0"));
            if (forwards) {
                settings.add("ipv6/conf/all/forwarding=1");
            }
        }
        final StringBuilder links = new StringBuilder("link set lo up\n");
        for (String address : host.addresses()) {
            links.append("addr add ").append(address)
                    .append(address.contains(":") ? "/64 dev eth0 nodad\n" : "/24 dev eth0\n");
        }
        return script(settings, links.append("link set eth0 up\n").toString());
    }

    /** A script of sysctls and of links: one program to start in a namespace rather than one for each. */
    private static String script(List<String> settings, String links) {
        final StringBuilder script = new StringBuilder("set -e\n");
        for (String setting : settings) {
            final int equals = setting.indexOf('=');
            final String file = "/proc/sys/net/" + setting.substring(0, equals);
            script.append(setting.startsWith("ipv6") ? "[ ! -e " + file + " ] || " : "").append("echo ")
                    .append(setting.substring(equals + 1)).append(" > ").append(file).append('\n');
        }
        return script + "ip -batch - <<'END'\n" + links + "END\n";
    }

    private static void inside(String namespace, String script) throws InterruptedException {
        Shell.must(script, "ip", "netns", "exec", namespace, "sh", "-s");
    }
}
