package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceStatus;
import dev.ringway.podnet.ControlException;
import dev.ringway.podnet.ControlOp;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import dev.ringway.shard.Dataplane;

/**
 * {@code services}: what is in the tables, by name. Arguments: {@code filter}, a part of namespace/name, and
 * {@code limit}, because an answer is made in memory and a large cluster's would not fit.
 */
public final class ServicesOp implements ControlOp {
    private static final int LIMIT = 1000;
    private static final int MOST_LIMIT = 5000;

    private final ServiceListing services;
    private final Dataplane dataplane;

    public ServicesOp(ServiceListing services, Dataplane dataplane) {
        this.services = services;
        this.dataplane = dataplane;
    }

    @Override
    public String name() {
        return "services";
    }

    @Override
    public JsonNode run(JsonNode arguments) throws ControlException {
        final JsonNode filter = arguments.path("filter");
        final JsonNode limit = arguments.path("limit");
        if (!filter.isMissingNode() && !filter.isTextual()) {
            throw new ControlException("bad-request", "filter must be text, a part of namespace/name");
        }
        if (!limit.isMissingNode() && (!limit.isInt() || limit.intValue() < 1 || limit.intValue() > MOST_LIMIT)) {
            throw new ControlException("bad-request", "limit must be 1.." + MOST_LIMIT);
        }
        final ServiceListing.Found found = services.find(filter.asText(""), limit.asInt(LIMIT));
        final ObjectNode result = JsonNodeFactory.instance.objectNode().put("total", found.total());
        final ArrayNode all = result.putArray("services");
        final ServiceTraffic traffic = new ServiceTraffic(dataplane);
        for (ServiceStatus service : found.services()) {
            put(all.addObject(), service, traffic);
        }
        final ArrayNode warnings = result.putArray("warnings");
        services.warnings().forEach(warnings::add);
        return result;
    }

    private static void put(ObjectNode node, ServiceStatus service, ServiceTraffic traffic) {
        node.put("namespace", service.namespace()).put("name", service.name()).put("type", service.type().word());
        final ArrayNode ports = node.putArray("ports");
        for (ServiceStatus.Port port : service.ports()) {
            put(ports.addObject(), port, traffic);
        }
    }

    private static void put(ObjectNode node, ServiceStatus.Port port, ServiceTraffic traffic) {
        node.put("name", port.name()).put("protocol", Protocols.word(port.protocol())).put("ipVersion", port.version())
                .put("port", port.port()).put("internalTrafficPolicy", policy(port.internalLocal()))
                .put("externalTrafficPolicy", policy(port.externalLocal()))
                .put("affinitySeconds", port.affinitySeconds()).put("balance", word(port.balance()));
        if (!port.frontends().isEmpty()) {
            traffic.putService(node.putObject("traffic"), port.frontends().getFirst().port.id);
        }
        final ArrayNode addresses = node.putArray("addresses");
        for (Frontend frontend : port.frontends()) {
            if (!frontend.token) {
                addresses.addObject().put("kind", kind(frontend)).put("address", IpText.text(frontend.address))
                        .put("port", frontend.number).put("restricted", frontend.sourceRanges != null);
            }
        }
        final ArrayNode backends = node.putArray("backends");
        for (ServiceStatus.BackendStatus backend : port.backends()) {
            final ObjectNode one = backends.addObject();
            traffic.putBackend(one.putObject("traffic"), backend.handle());
            one.put("address", IpText.text(backend.address())).put("port", backend.port())
                    .put("state", backend.state()).put("used", backend.used()).put("node", backend.node())
                    .put("zone", backend.zone()).put("local", backend.local()).put("weight", backend.weight())
                    .put("handle", backend.handle());
        }
    }

    private static String policy(boolean local) {
        return local ? "Local" : "Cluster";
    }

    static String kind(Frontend frontend) {
        return switch (frontend.kind) {
            case CLUSTER_IP -> "clusterIP";
            case NODE_PORT -> "nodePort";
            case EXTERNAL_IP -> "externalIP";
            case LOAD_BALANCER -> "loadBalancer";
        };
    }

    static String word(Balance balance) {
        return switch (balance) {
            case RANDOM -> "random";
            case MAGLEV -> "maglev";
            case LEAST_FLOWS -> "leastFlows";
        };
    }
}
