package dev.ringway.podnet;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Host ports as nftables has them: four maps, for each IP version one of ports of a certain address and one of ports
 * of any, and a handful of rules that never change however many ports there are.
 *
 * <p>From outside and from the node itself a packet is redirected before it is routed. What comes from a pod of this
 * node is also masqueraded, since the pod's own answer would take the short way through the switch, past the
 * translation; and so is what comes from 127.0.0.1, which no pod could answer. That needs route_localnet on the node's
 * device, and with it a rule that keeps pods out of the node's loopback addresses. IPv6 has no such parameter: [::1]
 * leads nowhere.
 */
final class HostPortRules {
    private static final String PROTOCOLS = "meta l4proto { tcp, udp, sctp } ";

    private HostPortRules() {
    }

    /** The maps with what is in them, for the node's table. */
    static String maps(Iterable<String> elements) {
        final Map<String, List<String>> byMap = new LinkedHashMap<>();
        for (int version = 4; version <= 6; version += 2) {
            byMap.put("hostports" + version, new ArrayList<>());
            byMap.put("anyports" + version, new ArrayList<>());
        }
        for (String element : elements) {
            final int space = element.indexOf(' ');
            byMap.get(element.substring(0, space)).add(element.substring(space + 1));
        }
        final StringBuilder text = new StringBuilder();
        byMap.forEach((map, content) -> {
            final String address = "ipv" + map.charAt(map.length() - 1) + "_addr";
            text.append("  map ").append(map).append(" { type inet_proto . ")
                    .append(map.startsWith("host") ? address + " . " : "").append("inet_service : ").append(address)
                    .append(" . inet_service; ");
            if (!content.isEmpty()) {
                text.append("elements = { ").append(String.join(", ", content)).append(" } ");
            }
            text.append("}\n");
        });
        return text.toString();
    }

    /** The chains besides postrouting. */
    static String chains(String device) {
        return "  chain loopback {\n    type filter hook prerouting priority raw; policy accept;\n"
                + "    iifname \"" + device + "\" ip daddr 127.0.0.0/8 drop\n  }\n"
                + "  chain prerouting {\n    type nat hook prerouting priority dstnat; policy accept;\n" + redirect()
                + "  }\n  chain output {\n    type nat hook output priority -100; policy accept;\n" + redirect()
                + "  }\n";
    }

    private static String redirect() {
        final StringBuilder rules = new StringBuilder();
        for (int version = 4; version <= 6; version += 2) {
            final String ip = version == 4 ? "ip" : "ip6";
            rules.append("    ").append(PROTOCOLS).append("dnat ").append(ip).append(" to meta l4proto . ").append(ip)
                    .append(" daddr . th dport map @hostports").append(version).append("\n    ").append(PROTOCOLS)
                    .append(version == 4 ? "" : "ip6 daddr != ::1 ").append("fib daddr type local dnat ").append(ip)
                    .append(" to meta l4proto . th dport map @anyports").append(version).append('\n');
        }
        return rules.toString();
    }

    /** For postrouting, in front of all other rules. */
    static String masquerade(String device) {
        return "    oifname \"" + device + "\" ip saddr 127.0.0.0/8 masquerade fully-random\n";
    }

    /** For postrouting: what a pod of this node sent to a port of the node. */
    static String masqueradeOwn(String device, int version) {
        return "    oifname \"" + device + "\" ct status dnat " + (version == 4 ? "ip" : "ip6") + " saddr @node"
                + version + " masquerade fully-random\n";
    }

    /** What a port is in the maps: {@code MAP KEY : VALUE}, one for each address of the pod that it leads to. */
    static List<String> elements(HostPort port, List<IpAddress> addresses) {
        final List<String> elements = new ArrayList<>();
        for (int version = 4; version <= 6; version += 2) {
            for (IpAddress address : addresses) {
                if (address.version() == version && port.has(version)) {
                    elements.add((port.hostIp() == null ? "anyports" + version + " " + port.protocol()
                            : "hostports" + version + " " + port.protocol() + " . " + IpText.text(port.hostIp()))
                            + " . " + port.hostPort() + " : " + IpText.text(address) + " . " + port.containerPort());
                    break;
                }
            }
        }
        return elements;
    }

    /** The script that puts elements into the maps. */
    static String add(List<String> elements) {
        return script("add", elements, true);
    }

    /** The script that takes elements out of the maps. */
    static String delete(List<String> elements) {
        return script("delete", elements, false);
    }

    private static String script(String verb, List<String> elements, boolean values) {
        final StringBuilder script = new StringBuilder();
        for (String element : elements) {
            final int space = element.indexOf(' ');
            final int end = values ? element.length() : element.indexOf(" : ");
            script.append(verb).append(" element ").append(HostRules.TABLE).append(' ')
                    .append(element, 0, space).append(" { ").append(element, space + 1, end).append(" }\n");
        }
        return script.toString();
    }
}
