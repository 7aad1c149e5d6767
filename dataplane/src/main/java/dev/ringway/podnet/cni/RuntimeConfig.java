package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.podnet.HostPort;
import dev.ringway.tun.Shaping;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The capabilities that the switch has itself, from {@code runtimeConfig}: portMappings and bandwidth. */
final class RuntimeConfig {
    private static final int MOST_PORT = 65_535;

    private RuntimeConfig() {
    }

    /** Mappings without a host port ask for nothing. */
    static List<HostPort> ports(JsonNode runtimeConfig) throws CniException {
        final List<HostPort> ports = new ArrayList<>();
        for (JsonNode mapping : array(runtimeConfig, "portMappings")) {
            if (mapping.path("hostPort").asInt() != 0) {
                ports.add(port(mapping));
            }
        }
        return ports;
    }

    private static HostPort port(JsonNode mapping) throws CniException {
        final String protocol = mapping.path("protocol").asText("tcp").toLowerCase(Locale.ROOT);
        if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
            throw invalid("portMappings", mapping, "protocol must be tcp, udp or sctp");
        }
        final String hostIp = mapping.path("hostIP").asText("");
        IpAddress address = null;
        int version = 0;
        if (!hostIp.isEmpty()) {
            address = address(hostIp, mapping);
            if (address.hi() == 0 && address.lo() == 0) {
                version = address.version();
                address = null;
            }
        }
        return new HostPort(protocol, address, version, port(mapping, "hostPort"), port(mapping, "containerPort"));
    }

    private static int port(JsonNode mapping, String key) throws CniException {
        final JsonNode value = mapping.path(key);
        if (!value.isInt() || value.intValue() < 1 || value.intValue() > MOST_PORT) {
            throw invalid("portMappings", mapping, key + " must be 1.." + MOST_PORT);
        }
        return value.intValue();
    }

    /** Rates in bits per second and bursts in bits; both or neither of each direction. */
    static Shaping shaping(JsonNode runtimeConfig) throws CniException {
        final JsonNode bandwidth = runtimeConfig.path("bandwidth");
        if (bandwidth.isMissingNode() || bandwidth.isNull()) {
            return Shaping.NONE;
        }
        final long ingress = amount(bandwidth, "ingressRate");
        final long ingressBurst = amount(bandwidth, "ingressBurst");
        final long egress = amount(bandwidth, "egressRate");
        final long egressBurst = amount(bandwidth, "egressBurst");
        if (ingress > 0 != ingressBurst > 0 || egress > 0 != egressBurst > 0) {
            throw invalid("bandwidth", bandwidth, "a rate and its burst come together");
        }
        return new Shaping(ingress, ingressBurst, egress, egressBurst);
    }

    private static long amount(JsonNode bandwidth, String key) throws CniException {
        final JsonNode value = bandwidth.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 0) {
            throw invalid("bandwidth", bandwidth, key + " must be a whole number of bits");
        }
        // Some runtimes say "no limit" by the largest unsigned number.
        return value.canConvertToLong() ? value.longValue() : Long.MAX_VALUE;
    }

    /** An entry that is a list, or nothing. */
    static JsonNode array(JsonNode of, String key) throws CniException {
        final JsonNode value = of.path(key);
        if (!value.isMissingNode() && !value.isNull() && !value.isArray()) {
            throw new CniException(CniException.INVALID_CONFIG, key + " must be a list");
        }
        return value;
    }

    /** An address, perhaps with a prefix length, which says nothing here. */
    static IpAddress address(String text, JsonNode where) throws CniException {
        final int slash = text.indexOf('/');
        try {
            return IpText.address(slash < 0 ? text : text.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw new CniException(CniException.INVALID_CONFIG, e.getMessage(), "in " + where);
        }
    }

    static CniException invalid(String key, JsonNode value, String why) {
        return new CniException(CniException.INVALID_CONFIG, key + " is not valid: " + why, "in " + value);
    }
}
