package dev.ringway.control.services;

import dev.ringway.control.IpText;
import dev.ringway.control.services.Warnings.Kind;
import dev.ringway.control.services.Warnings.Warning;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.util.List;

/**
 * Addresses that a Service may be given by a slip and cannot have: packets to them never come here, or belong to
 * somebody else. Such an address is left out, and the Service keeps its others. Pure.
 */
final class AddressCheck {
    private static final List<Special> SPECIAL = List.of(new Special("0.0.0.0/8", "an unspecified address"),
            new Special("127.0.0.0/8", "a loopback address"), new Special("169.254.0.0/16", "a link-local address"),
            new Special("224.0.0.0/4", "a multicast address"),
            new Special("255.255.255.255/32", "the broadcast address"),
            new Special("::/128", "the unspecified address"), new Special("::1/128", "the loopback address"),
            new Special("fe80::/10", "a link-local address"), new Special("ff00::/8", "a multicast address"));

    /** Addresses that mean something else everywhere (RFC 6890). */
    private record Special(Prefix range, String what) {
        private Special(String range, String what) {
            this(IpText.prefix(range), what);
        }
    }

    private AddressCheck() {
    }

    /** What an address outside the cluster is instead of a Service's, or null. */
    static String external(IpAddress address) {
        for (Special special : SPECIAL) {
            if (special.range.contains(address)) {
                return special.what;
            }
        }
        return null;
    }

    /** What a cluster IP is instead of a Service's, or null. */
    static String clusterIp(IpAddress address, NodeView node) {
        if (node.addresses().contains(address)) {
            return "this node's own address";
        }
        for (Prefix pods : node.ranges().pods()) {
            if (pods.contains(address)) {
                return "in the pods' range " + IpText.text(pods);
            }
        }
        return external(address);
    }

    /** Tells of all addresses of a Service that are left out or of less use than they seem. */
    static void tell(ServiceSpec service, NodeView node, List<Warning> warnings) {
        for (IpAddress address : service.clusterIps()) {
            final String what = clusterIp(address, node);
            if (what != null) {
                leftOut(service, "the cluster IP ", address, what, warnings);
            } else if (!node.ranges().services().isEmpty() && !Prefix.anyContains(node.ranges().services(), address)) {
                warnings.add(new Warning(Kind.OUTSIDE, service.key() + ": the cluster IP " + IpText.text(address)
                        + " is in none of cluster.serviceCidrs, so that pods reach it and the node's own processes do"
                        + " not"));
            }
        }
        for (IpAddress address : service.externalIps()) {
            leftOut(service, "the external IP ", address, external(address), warnings);
        }
        for (IngressSpec ingress : service.loadBalancer()) {
            leftOut(service, "the load balancer's ", ingress.address(), external(ingress.address()), warnings);
        }
    }

    private static void leftOut(ServiceSpec service, String whose, IpAddress address, String what,
            List<Warning> warnings) {
        if (what != null) {
            warnings.add(new Warning(Kind.ADDRESS, service.key() + ": " + whose + IpText.text(address) + " is " + what
                    + " and is left out"));
        }
    }
}
