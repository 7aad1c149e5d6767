package dev.ringway.podnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The kernel parameters of the node that pods need: only those that are not so already are set, and they stay set when
 * the daemon ends, because others may rely on them by then.
 */
final class HostSysctls {
    private static final int STRICT = 1;
    private static final int LOOSE = 2;
    /** RTF_DEFAULT | RTF_ADDRCONF (linux/ipv6_route.h): a default route learned from a router advertisement. */
    private static final int LEARNED_DEFAULT = 0x0001_0000 | 0x0004_0000;

    private final List<String> changed = new ArrayList<>();

    /**
     * Sets what is needed.
     *
     * @param device the node's own TUN device, which is there already
     * @param direct also take from the device what comes from an address of the node: answers to clients outside
     * @return what was changed, as {@code name=value}
     */
    static List<String> apply(String device, boolean ipv4, boolean ipv6, boolean direct) throws IOException {
        final HostSysctls sysctls = new HostSysctls();
        if (ipv4) {
            sysctls.set("ipv4/ip_forward", 1);
            sysctls.relaxReversePath(device);
            if (direct) {
                sysctls.set("ipv4/conf/" + device + "/accept_local", 1);
            }
        }
        if (ipv6) {
            sysctls.set("ipv6/conf/" + device + "/disable_ipv6", 0);
            sysctls.forwardIpv6();
        }
        return sysctls.changed;
    }

    /**
     * Answers may reach the device by another way than the kernel would send (RFC 3704 calls that asymmetric), so the
     * strict check must be off. What counts is the larger of the values for "all" and for the device: where "all" is
     * strict, only the loose mode wins over it.
     */
    private void relaxReversePath(String device) throws IOException {
        final int all = Sysctl.read("ipv4/conf/all/rp_filter");
        final int own = Sysctl.read("ipv4/conf/" + device + "/rp_filter");
        if (Math.max(all, own) == STRICT) {
            set("ipv4/conf/" + device + "/rp_filter", all == STRICT ? LOOSE : 0);
        }
    }

    /**
     * A router does not listen to router advertisements: turning forwarding on takes away the default route of a node
     * that learned it from one, unless its interface is told to listen all the same.
     */
    private void forwardIpv6() throws IOException {
        if (Sysctl.read("ipv6/conf/all/forwarding") != 0) {
            return;
        }
        for (String uplink : interfacesWithLearnedRoute(Files.readAllLines(Path.of("/proc/net/ipv6_route")))) {
            if (Sysctl.read("ipv6/conf/" + uplink + "/accept_ra") == 1) {
                set("ipv6/conf/" + uplink + "/accept_ra", 2);
            }
        }
        set("ipv6/conf/all/forwarding", 1);
    }

    /** @param routes /proc/net/ipv6_route: destination, its length, …, flags (ninth), interface (tenth) */
    static Set<String> interfacesWithLearnedRoute(List<String> routes) {
        final Set<String> interfaces = new LinkedHashSet<>();
        for (String route : routes) {
            final String[] fields = route.strip().split("\\s+");
            if (fields.length == 10 && fields[1].equals("00")
                    && (Integer.parseUnsignedInt(fields[8], 16) & LEARNED_DEFAULT) == LEARNED_DEFAULT) {
                interfaces.add(fields[9]);
            }
        }
        return interfaces;
    }

    private void set(String parameter, int value) throws IOException {
        if (Sysctl.set(parameter, value)) {
            changed.add("net." + parameter.replace('/', '.') + "=" + value);
        }
    }
}
