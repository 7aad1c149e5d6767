package dev.ringway.podnet;

import dev.ringway.control.IpText;
import dev.ringway.control.services.Steered;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The node's side of Services as nftables has it: for each IP version a map of external addresses, one of NodePorts,
 * three small sets and seven rules, however many Services there are.
 *
 * <p>A table of its own. Making the node's other rules anew takes nothing from it, and a daemon that ends leaves it to
 * the next, so that what comes from outside is steered all the time.
 *
 * <p>It is in front of {@link HostRules}: the kernel asks the NAT chains of a hook in the order of their priorities
 * until one has decided, and only for the first packet of a flow, so that answers pass all of them untouched.
 */
final class HostServiceRules {
    static final String TABLE = "inet ringway_services";
    /** Elements that go into one statement: nft takes long lines apart into a tree before it sends any of them. */
    private static final int AT_ONCE = 500;
    static final String PROTOCOLS = "meta l4proto { tcp, udp, sctp } ";

    private HostServiceRules() {
    }

    /**
     * The script that puts the table in place of the one that is there, in one transaction.
     *
     * @param device the node's own TUN device
     */
    static String install(String device, HostServiceSettings settings, Collection<Steered> steered) {
        final StringBuilder text = new StringBuilder(remove()).append("table ").append(TABLE).append(" {\n");
        final StringBuilder redirect = new StringBuilder();
        final StringBuilder source = new StringBuilder();
        final StringBuilder strays = new StringBuilder();
        final StringBuilder direct = new StringBuilder();
        for (int version = 4; version <= 6; version += 2) {
            if (settings.serviceAddress(version) != null) {
                containers(text, version);
                redirect(redirect, version);
                source(source, device, version);
                strays(strays, device, version, settings.serviceAddress(version));
                if (settings.direct()) {
                    DirectReturnRules.containers(text, version);
                    DirectReturnRules.steer(direct, device, version);
                }
            }
        }
        chain(text, "prerouting", "nat", -105, redirect);
        chain(text, "output", "nat", -105, redirect);
        chain(text, "postrouting", "nat", 95, source);
        chain(text, "forward", "filter", -5, strays);
        if (settings.direct()) {
            // Before the kernel looks up or begins a connection.
            chain(text, "prerouting_direct", "prerouting", "filter", -300, direct);
        }
        text.append("}\n");
        fill(text, settings);
        append(text, "add", settings, steered);
        return text.toString();
    }

    /** The script that removes the table, whether it is there or not. */
    static String remove() {
        return "table " + TABLE + "\ndelete table " + TABLE + "\n";
    }

    /** The script that brings the sets in line with settings of the same service addresses. */
    static String change(HostServiceSettings settings) {
        final StringBuilder text = new StringBuilder();
        for (int version = 4; version <= 6; version += 2) {
            if (settings.serviceAddress(version) != null) {
                for (String set : List.of("cluster", "services", "addresses")) {
                    text.append("flush set ").append(TABLE).append(' ').append(set).append(version).append('\n');
                }
            }
        }
        fill(text, settings);
        return text.toString();
    }

    /** The script that takes some out of the maps and puts others in. */
    static String change(HostServiceSettings settings, Collection<Steered> removed, Collection<Steered> added) {
        final StringBuilder text = new StringBuilder();
        append(text, "delete", settings, removed);
        append(text, "add", settings, added);
        return text.toString();
    }

    private static void chain(StringBuilder text, String hook, String type, int priority, StringBuilder rules) {
        chain(text, hook, hook, type, priority, rules);
    }

    private static void chain(StringBuilder text, String name, String hook, String type, int priority,
            StringBuilder rules) {
        text.append("  chain ").append(name).append(" {\n    type ").append(type).append(" hook ").append(hook)
                .append(" priority ").append(priority).append("; policy accept;\n").append(rules).append("  }\n");
    }

    private static void containers(StringBuilder text, int version) {
        final String address = "ipv" + version + "_addr";
        final String key = "inet_proto . inet_service : " + address + " . inet_service; }\n";
        text.append("  set cluster").append(version).append(" { type ").append(address).append("; flags interval; }\n")
                .append("  set services").append(version).append(" { type ").append(address)
                .append("; flags interval; }\n")
                .append("  set addresses").append(version).append(" { type ").append(address).append("; }\n")
                .append("  map external").append(version).append(" { type ").append(address).append(" . ").append(key)
                .append("  map nodeports").append(version).append(" { type ").append(key);
    }

    private static void redirect(StringBuilder text, int version) {
        final String ip = ip(version);
        text.append("    ").append(PROTOCOLS).append("dnat ").append(ip).append(" to ").append(ip)
                .append(" daddr . meta l4proto . th dport map @external").append(version).append("\n    ")
                .append(PROTOCOLS).append(ip).append(" daddr @addresses").append(version).append(" dnat ").append(ip)
                .append(" to meta l4proto . th dport map @nodeports").append(version).append('\n');
    }

    /**
     * A backend answers a ClusterIP's client through the tunnel, so the client's address must be one that every node
     * knows the way to: sockets bound to another of the node's addresses or to 127.0.0.1, and what the node forwards
     * from outside the cluster, get the gateway's.
     */
    private static void source(StringBuilder text, String device, int version) {
        final String ip = ip(version);
        text.append("    oifname \"").append(device).append("\" ").append(ip).append(" saddr != @cluster")
                .append(version).append(' ').append(ip).append(" daddr @services").append(version)
                .append(" masquerade fully-random\n");
    }

    /**
     * An answer whose flow the kernel does not know (its table was flushed, or it took the packet for invalid) must not
     * leave under the service address or a random port of the node. Dropped, it is sent again, and by then the
     * client's own packet may have made the flow known once more.
     */
    private static void strays(StringBuilder text, String device, int version, IpAddress serviceAddress) {
        final String from = "    iifname \"" + device + "\" " + ip(version) + " saddr " + IpText.text(serviceAddress);
        text.append(from).append(" ct state invalid drop\n").append(from)
                .append(" ct state new tcp flags & (syn | ack) != syn drop\n");
    }

    private static void fill(StringBuilder text, HostServiceSettings settings) {
        for (int version = 4; version <= 6; version += 2) {
            if (settings.serviceAddress(version) != null) {
                elements(text, "add", "cluster" + version, ranges(settings.podCidrs(), version));
                elements(text, "add", "services" + version, ranges(settings.clusterCidrs(), version));
                final List<String> addresses = new ArrayList<>();
                for (IpAddress address : settings.nodePortAddresses()) {
                    if (address.version() == version) {
                        addresses.add(IpText.text(address));
                    }
                }
                elements(text, "add", "addresses" + version, addresses);
            }
        }
    }

    private static void append(StringBuilder text, String verb, HostServiceSettings settings,
            Collection<Steered> steered) {
        for (int version = 4; version <= 6; version += 2) {
            final IpAddress to = settings.serviceAddress(version);
            if (to != null) {
                final boolean values = verb.equals("add");
                final List<String> external = new ArrayList<>();
                final List<String> nodePorts = new ArrayList<>();
                for (Steered one : steered) {
                    if (one.version() == version) {
                        (one.address() == null ? nodePorts : external)
                                .add(element(one) + (values ? value(one, to) : ""));
                    }
                }
                elements(text, verb, "external" + version, external);
                elements(text, verb, "nodeports" + version, nodePorts);
                if (settings.direct()) {
                    DirectReturnRules.append(text, verb, version, steered);
                }
            }
        }
    }

    /** What clients address, as a set or a map has it. */
    static String element(Steered steered) {
        return (steered.address() == null ? "" : IpText.text(steered.address()) + " . ") + protocol(steered) + " . "
                + steered.port();
    }

    private static String value(Steered steered, IpAddress serviceAddress) {
        final Steered.Endpoint endpoint = steered.endpoint();
        return endpoint == null ? " : " + IpText.text(serviceAddress) + " . " + steered.token()
                : " : " + IpText.text(endpoint.address()) + " . " + endpoint.port();
    }

    private static String protocol(Steered steered) {
        return switch (steered.protocol()) {
            case 6 -> "tcp";
            case 17 -> "udp";
            case 132 -> "sctp";
            default -> throw new IllegalArgumentException("no Service has protocol " + steered.protocol());
        };
    }

    static void elements(StringBuilder text, String verb, String container, List<String> elements) {
        for (int from = 0; from < elements.size(); from += AT_ONCE) {
            text.append(verb).append(" element ").append(TABLE).append(' ').append(container).append(" { ")
                    .append(String.join(", ", elements.subList(from, Math.min(from + AT_ONCE, elements.size()))))
                    .append(" }\n");
        }
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

    private static String ip(int version) {
        return version == 4 ? "ip" : "ip6";
    }
}
