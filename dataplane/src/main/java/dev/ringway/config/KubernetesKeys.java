package dev.ringway.config;

import java.util.Set;

/**
 * The keys that Services and EndpointSlices have in Kubernetes, those that are not read here and those of former
 * versions too. Others are somebody's own or of a newer version, unless they look like a slip.
 */
final class KubernetesKeys {
    static final Set<String> SERVICE = Set.of("apiVersion", "kind", "metadata", "spec", "status");
    static final Set<String> METADATA = Set.of("name", "generateName", "namespace", "selfLink", "uid",
            "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
            "labels", "annotations", "ownerReferences", "finalizers", "managedFields", "clusterName");
    static final Set<String> SPEC = Set.of("ports", "selector", "clusterIP", "clusterIPs", "type", "externalIPs",
            "sessionAffinity", "sessionAffinityConfig", "loadBalancerIP", "loadBalancerSourceRanges",
            "loadBalancerClass", "externalName", "externalTrafficPolicy", "internalTrafficPolicy",
            "healthCheckNodePort", "publishNotReadyAddresses", "ipFamilies", "ipFamilyPolicy", "ipFamily",
            "allocateLoadBalancerNodePorts", "trafficDistribution", "topologyKeys");
    static final Set<String> SERVICE_PORT =
            Set.of("name", "protocol", "appProtocol", "port", "targetPort", "nodePort");
    static final Set<String> INGRESS = Set.of("ip", "hostname", "ipMode", "ports");
    static final Set<String> SLICE =
            Set.of("apiVersion", "kind", "metadata", "addressType", "endpoints", "ports");
    static final Set<String> SLICE_PORT = Set.of("name", "protocol", "appProtocol", "port");
    static final Set<String> ENDPOINT = Set.of("addresses", "conditions", "hostname", "targetRef", "nodeName", "zone",
            "hints", "topology", "deprecatedTopology");
    static final Set<String> CONDITIONS = Set.of("ready", "serving", "terminating");
    static final Set<String> HINTS = Set.of("forZones", "forNodes");

    private KubernetesKeys() {
    }
}
