package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.fib.Prefix;
import dev.ringway.ipam.Lease;
import dev.ringway.podnet.HostPort;
import dev.ringway.tun.Shaping;
import java.util.ArrayList;
import java.util.List;

/** Attachments in the state file's form, version 1. */
final class AttachmentJson {
    private AttachmentJson() {
    }

    static ObjectNode write(Attachment attachment) {
        final ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("containerId", attachment.containerId()).put("ifname", attachment.ifname())
                .put("network", attachment.network()).put("namespace", attachment.namespace())
                .put("pod", attachment.pod()).put("uid", attachment.uid()).put("netns", attachment.netns())
                .put("netnsId", attachment.netnsId()).put("mtu", attachment.mtu()).put("ipam", attachment.ipam());
        final ArrayNode leases = node.putArray("addresses");
        for (Lease lease : attachment.leases()) {
            final ObjectNode one = leases.addObject().put("address", IpText.text(lease.address()))
                    .put("version", lease.address().version());
            if (lease.gateway() != null) {
                one.put("gateway", IpText.text(lease.gateway()));
            }
        }
        final ArrayNode routes = node.putArray("routes");
        attachment.routes().forEach(route -> routes.add(IpText.text(route)));
        final ArrayNode ports = node.putArray("portMappings");
        for (HostPort port : attachment.ports()) {
            final ObjectNode one = ports.addObject().put("protocol", port.protocol()).put("hostPort", port.hostPort())
                    .put("containerPort", port.containerPort()).put("hostVersion", port.hostVersion());
            if (port.hostIp() != null) {
                one.put("hostIP", IpText.text(port.hostIp()));
            }
        }
        final Shaping shaping = attachment.shaping();
        node.putObject("bandwidth").put("ingressRate", shaping.ingressBitsPerSecond())
                .put("ingressBurst", shaping.ingressBurstBits()).put("egressRate", shaping.egressBitsPerSecond())
                .put("egressBurst", shaping.egressBurstBits());
        return node;
    }

    /** @throws IllegalArgumentException if it is none */
    static Attachment read(JsonNode node) {
        final List<Lease> leases = new ArrayList<>();
        for (JsonNode lease : node.path("addresses")) {
            leases.add(new Lease(IpText.address(text(lease, "address")),
                    lease.has("gateway") ? IpText.address(text(lease, "gateway")) : null));
        }
        if (leases.isEmpty()) {
            throw new IllegalArgumentException("an attachment has no addresses");
        }
        final List<Prefix> routes = new ArrayList<>();
        for (JsonNode route : node.path("routes")) {
            routes.add(IpText.prefix(route.asText()));
        }
        final List<HostPort> ports = new ArrayList<>();
        for (JsonNode port : node.path("portMappings")) {
            ports.add(new HostPort(text(port, "protocol"),
                    port.has("hostIP") ? IpText.address(text(port, "hostIP")) : null,
                    (int) number(port, "hostVersion"), (int) number(port, "hostPort"),
                    (int) number(port, "containerPort")));
        }
        final JsonNode bandwidth = node.path("bandwidth");
        return new Attachment(text(node, "containerId"), text(node, "ifname"), text(node, "network"),
                text(node, "namespace"), text(node, "pod"), text(node, "uid"), text(node, "netns"),
                text(node, "netnsId"), leases, (int) number(node, "mtu"), routes, ports,
                new Shaping(number(bandwidth, "ingressRate"), number(bandwidth, "ingressBurst"),
                        number(bandwidth, "egressRate"), number(bandwidth, "egressBurst")), text(node, "ipam"));
    }

    private static String text(JsonNode node, String key) {
        if (!node.path(key).isTextual()) {
            throw new IllegalArgumentException(key + " is missing or no text");
        }
        return node.path(key).textValue();
    }

    private static long number(JsonNode node, String key) {
        if (!node.path(key).canConvertToLong() || !node.path(key).isIntegralNumber()) {
            throw new IllegalArgumentException(key + " is missing or no number");
        }
        return node.path(key).longValue();
    }
}
