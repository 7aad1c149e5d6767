package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Balance;
import java.util.List;

/**
 * A Service as wanted; what Kubernetes' field of about the same name says.
 *
 * @param clusterIps               its cluster IPs, at most one of each version; none if it is headless
 * @param loadBalancer             addresses of its load balancer
 * @param loadBalancerSourceRanges who may use those; empty: everyone
 * @param affinitySeconds          0, or how long {@code sessionAffinity: ClientIP} lasts
 * @param internalLocal            {@code internalTrafficPolicy: Local}
 * @param externalLocal            {@code externalTrafficPolicy: Local}
 * @param healthCheckNodePort      0: none
 * @param foreignProxy             another proxy looks after it (label {@code service.kubernetes.io/service-proxy-name})
 * @param balance                  how backends are chosen, or null: as the node's configuration says
 */
public record ServiceSpec(String namespace, String name, ServiceType type, List<IpAddress> clusterIps,
        List<ServicePortSpec> ports, List<IpAddress> externalIps, List<IngressSpec> loadBalancer,
        List<Prefix> loadBalancerSourceRanges, int affinitySeconds, boolean internalLocal, boolean externalLocal,
        int healthCheckNodePort, boolean publishNotReadyAddresses, boolean foreignProxy, Balance balance) {
    public ServiceSpec {
        clusterIps = List.copyOf(clusterIps);
        ports = List.copyOf(ports);
        externalIps = List.copyOf(externalIps);
        loadBalancer = List.copyOf(loadBalancer);
        loadBalancerSourceRanges = List.copyOf(loadBalancerSourceRanges);
    }

    /** False for what has no address to be reached by here: headless, ExternalName, another proxy's. */
    public boolean isProxied() {
        return type != ServiceType.EXTERNAL_NAME && !foreignProxy && !clusterIps.isEmpty();
    }

    /** Its cluster IP of a version, or null. */
    IpAddress clusterIp(int version) {
        for (IpAddress address : clusterIps) {
            if (address.version() == version) {
                return address;
            }
        }
        return null;
    }

    ServiceKey key() {
        return new ServiceKey(namespace, name);
    }
}
