package dev.ringway.podnet;

import dev.ringway.control.IpText;
import dev.ringway.control.services.Steered;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What {@link HostServiceRules} has more of where backends may answer clients outside past the node that these came to:
 * the kernel must not translate nor track such clients, since it would have to see both directions. It marks what is
 * addressed to a NodePort or an external address, and {@link MarkedRoute} takes that to the switch as it is; so it does
 * with ICMP errors about what the switch has answered, by what they quote. Four sets and five rules an IP version.
 */
final class DirectReturnRules {
    private static final String STEER = "notrack meta mark set meta mark | " + MarkedRoute.MARK + "\n";
    /** Behind an ICMP header, in bits of its start: next protocol and source port of an IPv4 packet without options. */
    private static final String QUOTED_4 = "@th,136,8 . @th,224,16";
    /** The same of an IPv6 packet without extension headers. */
    private static final String QUOTED_6 = "@th,112,8 . @th,384,16";
    private static final String ERRORS_4 = "icmp type { destination-unreachable, time-exceeded, parameter-problem } ";
    private static final String ERRORS_6 =
            "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } ";

    private DirectReturnRules() {
    }

    /** What nft knows as bits has no type of its own, so that a set must be told what it will be compared with. */
    static void containers(StringBuilder text, int version) {
        text.append("  set direct").append(version).append(" { type ipv").append(version)
                .append("_addr . inet_proto . inet_service; }\n  set directports").append(version)
                .append(" { type inet_proto . inet_service; }\n  set quoted").append(version).append(" { typeof ")
                .append(ip(version)).append(" daddr . ").append(quoted(version)).append("; }\n  set quotedports")
                .append(version).append(" { typeof ").append(quoted(version)).append("; }\n");
    }

    /**
     * The rules of a chain before connection tracking. What comes out of the switch under an address that is no pod's
     * and no cluster IP's is an answer to such a client, of which the kernel knows nothing either.
     */
    static void steer(StringBuilder text, String device, int version) {
        final String ip = ip(version);
        final String outside = "    iifname != \"" + device + "\" " + ip + " saddr != @cluster" + version + " ";
        text.append(outside).append(HostServiceRules.PROTOCOLS).append(ip)
                .append(" daddr . meta l4proto . th dport @direct").append(version).append(' ').append(STEER)
                .append(outside).append(HostServiceRules.PROTOCOLS).append(ip).append(" daddr @addresses")
                .append(version).append(" meta l4proto . th dport @directports").append(version).append(' ')
                .append(STEER);
        final String errors = "    iifname != \"" + device + "\" " + (version == 4 ? ERRORS_4 : ERRORS_6);
        text.append(errors).append(ip).append(" daddr . ").append(quoted(version)).append(" @quoted").append(version)
                .append(' ').append(STEER).append(errors).append(ip).append(" daddr @addresses").append(version)
                .append(' ').append(quoted(version)).append(" @quotedports").append(version).append(' ')
                .append(STEER);
        text.append("    iifname \"").append(device).append("\" ").append(ip).append(" saddr != @cluster")
                .append(version).append(' ').append(ip).append(" saddr != @services").append(version)
                .append(" notrack\n");
    }

    /** @param verb add or delete */
    static void append(StringBuilder text, String verb, int version, Collection<Steered> steered) {
        final List<String> external = new ArrayList<>();
        final List<String> nodePorts = new ArrayList<>();
        final List<String> quoted = new ArrayList<>();
        final List<String> quotedPorts = new ArrayList<>();
        for (Steered one : steered) {
            if (one.version() != version || one.endpoint() != null) {
                // What ends on the node itself is the kernel's to translate.
                continue;
            }
            final String number = one.protocol() + " . " + one.port();
            if (one.address() == null) {
                nodePorts.add(HostServiceRules.element(one));
                quotedPorts.add(number);
            } else {
                external.add(HostServiceRules.element(one));
                quoted.add(IpText.text(one.address()) + " . " + number);
            }
        }
        HostServiceRules.elements(text, verb, "direct" + version, external);
        HostServiceRules.elements(text, verb, "directports" + version, nodePorts);
        HostServiceRules.elements(text, verb, "quoted" + version, quoted);
        HostServiceRules.elements(text, verb, "quotedports" + version, quotedPorts);
    }

    private static String quoted(int version) {
        return version == 4 ? QUOTED_4 : QUOTED_6;
    }

    private static String ip(int version) {
        return version == 4 ? "ip" : "ip6";
    }
}
