package dev.ringway.control.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.services.EndpointPortSpec;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.EndpointSpec;
import dev.ringway.control.services.IngressSpec;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServicePortSpec;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.control.services.ServiceType;
import java.time.Instant;
import java.util.List;

/**
 * What was read, as Kubernetes objects again with the parts that were read, so that one reader is enough and people can
 * look at what is kept. Pure.
 */
public final class SpecTrees {
    private SpecTrees() {
    }

    public static ObjectNode of(ServiceSpec service) {
        final ObjectNode tree = object("Service", service.namespace(), service.name());
        final ObjectNode metadata = (ObjectNode) tree.get("metadata");
        if (service.foreignProxy()) {
            metadata.putObject("labels").put("service.kubernetes.io/service-proxy-name", "");
        }
        if (service.balance() != null) {
            metadata.putObject("annotations").put("ringway.dev/balance", switch (service.balance()) {
                case RANDOM -> "random";
                case MAGLEV -> "maglev";
                case LEAST_FLOWS -> "leastFlows";
            });
        }
        final ObjectNode spec = tree.putObject("spec");
        spec.put("type", service.type().word());
        final ArrayNode clusterIps = spec.putArray("clusterIPs");
        service.clusterIps().forEach(address -> clusterIps.add(IpText.text(address)));
        if (service.clusterIps().isEmpty() && service.type() != ServiceType.EXTERNAL_NAME) {
            clusterIps.add("None");
        }
        final ArrayNode ports = spec.putArray("ports");
        service.ports().forEach(port -> ports.add(port(port)));
        final ArrayNode externalIps = spec.putArray("externalIPs");
        service.externalIps().forEach(address -> externalIps.add(IpText.text(address)));
        final ArrayNode sources = spec.putArray("loadBalancerSourceRanges");
        service.loadBalancerSourceRanges().forEach(range -> sources.add(IpText.text(range)));
        if (service.affinitySeconds() > 0) {
            spec.put("sessionAffinity", "ClientIP").putObject("sessionAffinityConfig").putObject("clientIP")
                    .put("timeoutSeconds", service.affinitySeconds());
        }
        spec.put("internalTrafficPolicy", service.internalLocal() ? "Local" : "Cluster");
        spec.put("externalTrafficPolicy", service.externalLocal() ? "Local" : "Cluster");
        spec.put("healthCheckNodePort", service.healthCheckNodePort());
        spec.put("publishNotReadyAddresses", service.publishNotReadyAddresses());
        final ArrayNode ingress = tree.putObject("status").putObject("loadBalancer").putArray("ingress");
        for (IngressSpec one : service.loadBalancer()) {
            ingress.addObject().put("ip", IpText.text(one.address())).put("ipMode", one.vip() ? "VIP" : "Proxy");
        }
        return tree;
    }

    public static ObjectNode of(EndpointSliceSpec slice) {
        final ObjectNode tree = object("EndpointSlice", slice.namespace(), slice.name());
        final ObjectNode metadata = (ObjectNode) tree.get("metadata");
        final ObjectNode labels = metadata.putObject("labels").put("kubernetes.io/service-name", slice.service());
        if (slice.headless()) {
            labels.put("service.kubernetes.io/headless", "");
        }
        tree.put("addressType", slice.version() == 4 ? "IPv4" : slice.version() == 6 ? "IPv6" : "FQDN");
        final ArrayNode ports = tree.putArray("ports");
        for (EndpointPortSpec port : slice.ports()) {
            putUnlessEmpty(ports.addObject(), "name", port.name()).put("protocol", Protocols.word(port.protocol()))
                    .put("port", port.port());
        }
        final ArrayNode endpoints = tree.putArray("endpoints");
        final StringBuilder weights = new StringBuilder();
        for (EndpointSpec endpoint : slice.endpoints()) {
            final String address = IpText.text(endpoint.address());
            endpoints.add(endpoint(endpoint, address));
            if (endpoint.weight() != 1) {
                weights.append(weights.isEmpty() ? "" : ",").append(address).append('=').append(endpoint.weight());
            }
        }
        if (!weights.isEmpty() || slice.changedMs() != 0) {
            final ObjectNode annotations = metadata.putObject("annotations");
            putUnlessEmpty(annotations, "ringway.dev/weights", weights.toString());
            if (slice.changedMs() != 0) {
                annotations.put("endpoints.kubernetes.io/last-change-trigger-time",
                        Instant.ofEpochMilli(slice.changedMs()).toString());
            }
        }
        return tree;
    }

    private static ObjectNode port(ServicePortSpec port) {
        return putUnlessEmpty(JsonNodeFactory.instance.objectNode(), "name", port.name())
                .put("protocol", Protocols.word(port.protocol())).put("port", port.port())
                .put("nodePort", port.nodePort());
    }

    private static ObjectNode endpoint(EndpointSpec endpoint, String address) {
        final ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.putArray("addresses").add(address);
        tree.putObject("conditions").put("ready", endpoint.ready()).put("serving", endpoint.serving())
                .put("terminating", endpoint.terminating());
        putUnlessEmpty(tree, "nodeName", endpoint.node());
        putUnlessEmpty(tree, "zone", endpoint.zone());
        if (!endpoint.hintNodes().isEmpty() || !endpoint.hintZones().isEmpty()) {
            final ObjectNode hints = tree.putObject("hints");
            names(hints.putArray("forNodes"), endpoint.hintNodes());
            names(hints.putArray("forZones"), endpoint.hintZones());
        }
        return tree;
    }

    private static void names(ArrayNode target, List<String> names) {
        names.forEach(name -> target.addObject().put("name", name));
    }

    private static ObjectNode putUnlessEmpty(ObjectNode tree, String key, String text) {
        return text == null || text.isEmpty() ? tree : tree.put(key, text);
    }

    /** An object with a name and nothing else; a namespace of null is none. */
    public static ObjectNode object(String kind, String namespace, String name) {
        final ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("kind", kind);
        putUnlessEmpty(tree.putObject("metadata"), "namespace", namespace).put("name", name);
        return tree;
    }
}
