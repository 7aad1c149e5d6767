package dev.ringway.podnet;

import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.control.IpText;
import dev.ringway.control.services.Steered;
import dev.ringway.fib.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * UDP flows of the node's connection tracking that go elsewhere than a new one would. The kernel asks its rules only
 * for a flow's first packet, so that a client that keeps sending would never come to a Service made after that, nor
 * away from one that is gone. TCP clients connect anew.
 */
final class SteeredFlows {
    private static final System.Logger LOG = System.getLogger(SteeredFlows.class.getName());
    private static final int UDP = 17;

    private final HostServiceSettings settings;
    private final Set<IpAddress> nodePortAddresses;
    /** Where the kernel takes what clients address. */
    private final Map<Key, Target> targets = new HashMap<>();

    /** @param address null: a NodePort */
    private record Key(int version, IpAddress address, int port) {
    }

    /** What a client addresses, by which flows are ended; or where it is taken. */
    record Target(IpAddress address, int port) {
    }

    SteeredFlows(HostServiceSettings settings, Set<Steered> steered) {
        this.settings = settings;
        nodePortAddresses = new HashSet<>(settings.nodePortAddresses());
        for (Steered one : steered) {
            if (one.protocol() == UDP) {
                targets.put(new Key(one.version(), one.address(), one.port()), one.endpoint() == null
                        ? new Target(settings.serviceAddress(one.version()), one.token())
                        : new Target(one.endpoint().address(), one.endpoint().port()));
            }
        }
    }

    /** Ends those flows; what cannot be done is told, and repairs itself when the client pauses for two minutes. */
    static void forgetStale(HostServiceSettings settings, Set<Steered> steered) {
        try {
            new SteeredFlows(settings, steered).forgetStale();
        } catch (IOException e) {
            LOG.log(WARNING, "UDP clients that were sending may go on to reach what their Service was before: "
                    + e.getMessage());
        }
    }

    private void forgetStale() throws IOException {
        for (int version = 4; version <= 6; version += 2) {
            if (settings.serviceAddress(version) != null) {
                final String family = version == 4 ? "ipv4" : "ipv6";
                for (Target target : stale(family)) {
                    // Its status tells how many there were, and none is no error: the flow may have ended by itself.
                    Tool.run("", "conntrack", "-D", "-f", family, "-p", "udp", "--orig-dst",
                            IpText.text(target.address), "--orig-port-dst", Integer.toString(target.port));
                }
            }
        }
    }

    /** Reads line by line: a busy node has some hundred thousand flows. */
    private Set<Target> stale(String family) throws IOException {
        final Set<Target> found = new LinkedHashSet<>();
        final Process process = new ProcessBuilder(Tool.find("conntrack"), "-L", "-f", family, "-p", "udp")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final Target target = stale(line, family);
                if (target != null) {
                    found.add(target);
                }
            }
        } finally {
            process.destroy();
        }
        return found;
    }

    /**
     * What the flow's client addresses, if a new flow to that would go elsewhere; else null.
     *
     * @param line of {@code conntrack -L}: the flow as its client sees it, then as the answers come
     */
    Target stale(String line, String family) {
        final List<String> fields = new ArrayList<>(8);
        for (String word : line.split(" ")) {
            if (word.startsWith("src=") || word.startsWith("dst=") || word.startsWith("sport=")
                    || word.startsWith("dport=")) {
                fields.add(word.substring(word.indexOf('=') + 1));
            }
        }
        if (fields.size() != 8) {
            return null;
        }
        final IpAddress asked;
        final IpAddress answering;
        try {
            asked = IpText.address(fields.get(1));
            answering = IpText.address(fields.get(4));
        } catch (IllegalArgumentException e) {
            // IPv4-mapped IPv6 addresses, which no Service has.
            return null;
        }
        final int port = Integer.parseInt(fields.get(3));
        final IpAddress serviceAddress = settings.serviceAddress(family.equals("ipv4") ? 4 : 6);
        final Target wanted = target(asked, port);
        final boolean right = wanted == null ? asked.equals(serviceAddress) || !answering.equals(serviceAddress)
                : wanted.equals(new Target(answering, Integer.parseInt(fields.get(6))));
        return right ? null : new Target(asked, port);
    }

    private Target target(IpAddress asked, int port) {
        final Target external = targets.get(new Key(asked.version(), asked, port));
        return external == null && nodePortAddresses.contains(asked)
                ? targets.get(new Key(asked.version(), null, port)) : external;
    }
}
