package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Kind;
import dev.ringway.service.SourceRanges;
import java.util.ArrayList;
import java.util.List;

/**
 * An address and port that a Service's port wants to be reached at.
 *
 * @param ranges who may, or null: everyone
 */
record Exposure(Kind kind, IpAddress address, int number, List<Prefix> ranges) {
    /** All of one IP version. What is the same address and port twice is there once, the more restricted kind first. */
    static List<Exposure> of(ServiceSpec service, ServicePortSpec port, int version, NodeView node) {
        final List<Exposure> all = new ArrayList<>(2);
        final IpAddress clusterIp = service.clusterIp(version);
        if (AddressCheck.clusterIp(clusterIp, node) == null) {
            add(all, Kind.CLUSTER_IP, clusterIp, port.port(), null);
        }
        if (service.type() == ServiceType.LOAD_BALANCER) {
            final List<Prefix> ranges = sourceRanges(service, version, node);
            for (IngressSpec ingress : service.loadBalancer()) {
                if (ingress.vip() && ingress.address().version() == version
                        && AddressCheck.external(ingress.address()) == null) {
                    add(all, Kind.LOAD_BALANCER, ingress.address(), port.port(), ranges);
                }
            }
        }
        for (IpAddress address : service.externalIps()) {
            if (address.version() == version && AddressCheck.external(address) == null) {
                add(all, Kind.EXTERNAL_IP, address, port.port(), null);
            }
        }
        if (hasNodePort(service, port)) {
            for (IpAddress address : node.nodePortAddresses()) {
                if (address.version() == version) {
                    add(all, Kind.NODE_PORT, address, port.nodePort(), null);
                }
            }
        }
        return all;
    }

    static boolean hasNodePort(ServiceSpec service, ServicePortSpec port) {
        return port.nodePort() != 0 && service.type() != ServiceType.CLUSTER_IP;
    }

    /** Those of this version; none mean everyone. */
    private static List<Prefix> sourceRanges(ServiceSpec service, int version, NodeView node) {
        final List<Prefix> ranges = new ArrayList<>();
        boolean nodeMay = false;
        for (Prefix range : service.loadBalancerSourceRanges()) {
            if (range.version() == version) {
                ranges.add(range);
                nodeMay |= node.isIn(range);
            }
        }
        if (nodeMay) {
            // What this node itself sends to a load balancer's address that it has, too, comes from that address.
            for (IngressSpec ingress : service.loadBalancer()) {
                if (ingress.vip() && ingress.address().version() == version) {
                    ranges.add(ingress.address().asPrefix());
                }
            }
        }
        return ranges.isEmpty() ? null : ranges;
    }

    private static void add(List<Exposure> all, Kind kind, IpAddress address, int number, List<Prefix> ranges) {
        for (Exposure one : all) {
            if (one.number == number && one.address.equals(address)) {
                return;
            }
        }
        all.add(new Exposure(kind, address, number, ranges));
    }

    SourceRanges compiledRanges() {
        return ranges == null ? null : new SourceRanges(ranges);
    }
}
