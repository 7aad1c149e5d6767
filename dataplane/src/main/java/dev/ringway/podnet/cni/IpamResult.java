package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.ipam.Lease;
import java.util.ArrayList;
import java.util.List;

/**
 * What another IPAM plugin gave, in the form of any version.
 *
 * @param routes empty if it said nothing about them
 * @param dns    or a missing node
 */
record IpamResult(List<Lease> leases, List<Prefix> routes, JsonNode dns) {
    static IpamResult parse(JsonNode result) throws CniException {
        final List<Lease> leases = new ArrayList<>();
        final List<Prefix> routes = new ArrayList<>();
        for (String old : List.of("ip4", "ip6")) {
            final JsonNode one = result.path(old);
            if (one.isObject()) {
                leases.add(lease(one, "ip"));
                routes.addAll(routes(one));
            }
        }
        for (JsonNode one : result.path("ips")) {
            leases.add(lease(one, "address"));
        }
        routes.addAll(routes(result));
        if (leases.isEmpty()) {
            throw new CniException(CniException.INVALID_CONFIG, "the IPAM plugin gave no addresses", result.toString());
        }
        return new IpamResult(leases, routes, result.path("dns"));
    }

    private static Lease lease(JsonNode one, String key) throws CniException {
        final IpAddress address = RuntimeConfig.address(one.path(key).asText(""), one);
        final String gateway = one.path("gateway").asText("");
        return new Lease(address, gateway.isEmpty() ? null : RuntimeConfig.address(gateway, one));
    }

    /**
     * The routes of a result or of a configuration. A gateway says nothing, as the interface leads to the switch only;
     * what else a route may have is not supported.
     */
    static List<Prefix> routes(JsonNode of) throws CniException {
        final List<Prefix> routes = new ArrayList<>();
        for (JsonNode route : RuntimeConfig.array(of, "routes")) {
            for (var entry : route.properties()) {
                if (!entry.getKey().equals("dst") && !entry.getKey().equals("gw") && !entry.getValue().isNull()) {
                    throw new CniException(CniException.UNSUPPORTED_FIELD, "unsupported field routes[]."
                            + entry.getKey() + ": " + entry.getValue(), "known: dst, gw");
                }
            }
            try {
                routes.add(IpText.prefix(route.path("dst").asText("")));
            } catch (IllegalArgumentException e) {
                throw RuntimeConfig.invalid("routes", route, e.getMessage());
            }
        }
        return routes;
    }
}
