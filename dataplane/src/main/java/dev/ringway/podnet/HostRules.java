package dev.ringway.podnet;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.List;

/**
 * The node's nftables rules: one table, replaced in one transaction.
 *
 * <p>What leaves the cluster is masqueraded, as no one outside has a route back to a pod. And what the node sends to
 * pods of <em>other</em> nodes from an address outside the cluster (a socket bound to the node's own address, or
 * forwarded traffic) is masqueraded too, to this node's gateway address: the far node drops tunnelled packets whose
 * source is not of the sending node's ranges, and answers must come back through the tunnel.
 */
final class HostRules {
    static final String TABLE = "inet ringway";

    private HostRules() {
    }

    /**
     * The script that puts the rules in place of whatever the table held.
     *
     * @param device     the node's own TUN device
     * @param masquerade also translate what leaves the cluster
     * @param portMaps   of {@link HostPortRules#maps}
     */
    static String install(String device, ClusterSpec cluster, NodeSpec self, boolean masquerade, String portMaps) {
        final StringBuilder sets = new StringBuilder();
        final StringBuilder rules = new StringBuilder(HostPortRules.masquerade(device));
        for (int version = 4; version <= 6; version += 2) {
            final List<String> all = ranges(cluster.podCidrs(), version);
            final List<String> own = ranges(self.podCidrs(), version);
            if (!all.isEmpty()) {
                set(sets, "cluster", version, all);
                if (masquerade) {
                    rules.append(leaving(device, version));
                }
            }
            if (!own.isEmpty()) {
                set(sets, "node", version, own);
                rules.append(HostPortRules.masqueradeOwn(device, version)).append(entering(device, version));
            }
        }
        return remove() + "table " + TABLE + " {\n" + sets + portMaps + HostPortRules.chains(device)
                + "  chain postrouting {\n    type nat hook postrouting priority srcnat; policy accept;\n" + rules
                + "  }\n}\n";
    }

    /** The script that removes the rules, whether they are there or not. */
    static String remove() {
        return "table " + TABLE + "\ndelete table " + TABLE + "\n";
    }

    private static String leaving(String device, int version) {
        final String ip = version == 4 ? "ip" : "ip6";
        final String multicast = version == 4 ? "224.0.0.0/4" : "ff00::/8";
        return "    oifname != \"" + device + "\" " + ip + " saddr @cluster" + version + " " + ip
                + " daddr != @cluster" + version + " " + ip + " daddr != " + multicast + " masquerade fully-random\n";
    }

    private static String entering(String device, int version) {
        final String ip = version == 4 ? "ip" : "ip6";
        return "    oifname \"" + device + "\" " + ip + " saddr != @cluster" + version + " " + ip
                + " daddr @cluster" + version + " " + ip + " daddr != @node" + version + " masquerade fully-random\n";
    }

    private static void set(StringBuilder sets, String name, int version, List<String> elements) {
        sets.append("  set ").append(name).append(version).append(" { type ipv").append(version)
                .append("_addr; flags interval; elements = { ").append(String.join(", ", elements)).append(" } }\n");
    }

    private static List<String> ranges(List<Prefix> ranges, int version) {
        final List<String> texts = new ArrayList<>();
        for (Prefix range : ranges) {
            if (range.version() == version) {
                texts.add(IpText.text(range));
            }
        }
        return texts;
    }
}
