package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.fib.Prefix;
import dev.ringway.ipam.Lease;

/**
 * ADD's result in the form of the asked version. What plugins before us in the chain did is passed on, ours is added:
 * their result is of the same version, so its form needs no change.
 */
final class AddResult {
    /** A TUN device has none, but runtimes exist (podman) that take the absence of one for an error. */
    private static final String NO_MAC = "00:00:00:00:00:00";

    private AddResult() {
    }

    /**
     * @param mtu of the interface
     * @param dns as the IPAM plugin has it, or a missing node
     */
    static ObjectNode of(CniRequest request, Attachment attachment, int mtu, JsonNode dns) {
        final JsonNode previous = request.config().path("prevResult");
        final ObjectNode result = previous.isObject() ? previous.deepCopy() : JsonNodeFactory.instance.objectNode();
        result.put("cniVersion", request.version());
        if (request.isAtLeast("0.3.0")) {
            lists(result, request, attachment, mtu);
        } else {
            oldForm(result, attachment);
        }
        dns(result, request, dns);
        return result;
    }

    private static void lists(ObjectNode result, CniRequest request, Attachment attachment, int mtu) {
        final ArrayNode interfaces = list(result, "interfaces");
        final int index = interfaces.size();
        final ObjectNode link = interfaces.addObject().put("name", attachment.ifname()).put("mac", NO_MAC);
        if (request.isAtLeast("1.1.0")) {
            link.put("mtu", mtu);
        }
        link.put("sandbox", attachment.netns());
        final ArrayNode ips = list(result, "ips");
        for (Lease lease : attachment.leases()) {
            final ObjectNode ip = ips.addObject();
            if (!request.isAtLeast("1.0.0")) {
                ip.put("version", Integer.toString(lease.address().version()));
            }
            ip.put("address", IpText.text(lease.address().asPrefix())).put("interface", index);
            if (lease.gateway() != null) {
                ip.put("gateway", IpText.text(lease.gateway()));
            }
        }
        final ArrayNode routes = list(result, "routes");
        for (Prefix route : attachment.routes()) {
            routes.addObject().put("dst", IpText.text(route));
        }
    }

    /** 0.1.0 and 0.2.0: at most one address of each version. */
    private static void oldForm(ObjectNode result, Attachment attachment) {
        for (Lease lease : attachment.leases()) {
            final int version = lease.address().version();
            if (result.has("ip" + version)) {
                continue;
            }
            final ObjectNode ip = result.putObject("ip" + version).put("ip", IpText.text(lease.address().asPrefix()));
            if (lease.gateway() != null) {
                ip.put("gateway", IpText.text(lease.gateway()));
            }
            final ArrayNode routes = ip.putArray("routes");
            for (Prefix route : attachment.routes()) {
                if (route.version() == version) {
                    routes.addObject().put("dst", IpText.text(route));
                }
            }
        }
    }

    /** What the runtime says goes before what the network says, and that before what others in the chain said. */
    private static void dns(ObjectNode result, CniRequest request, JsonNode ofIpam) {
        final JsonNode runtime = request.config().path("runtimeConfig").path("dns");
        final JsonNode network = request.config().path("dns");
        if (runtime.isObject() && !runtime.isEmpty()) {
            final ObjectNode dns = result.putObject("dns");
            copy(runtime, "servers", dns, "nameservers");
            copy(runtime, "searches", dns, "search");
            copy(runtime, "options", dns, "options");
        } else if (network.isObject() && !network.isEmpty()) {
            result.set("dns", network.deepCopy());
        } else if (ofIpam.isObject() && !ofIpam.isEmpty()) {
            result.set("dns", ofIpam.deepCopy());
        } else if (!result.path("dns").isObject()) {
            result.putObject("dns");
        }
    }

    private static void copy(JsonNode from, String key, ObjectNode to, String as) {
        if (from.path(key).isArray()) {
            to.set(as, from.path(key));
        }
    }

    private static ArrayNode list(ObjectNode result, String key) {
        return result.path(key) instanceof ArrayNode list ? list : result.putArray(key);
    }
}
