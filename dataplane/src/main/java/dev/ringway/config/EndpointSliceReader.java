package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.control.services.EndpointPortSpec;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.EndpointSpec;
import dev.ringway.fib.IpAddress;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An EndpointSlice as Kubernetes writes it (discovery.k8s.io/v1). Keys that are not known are somebody else's. */
final class EndpointSliceReader {
    private static final String SERVICE = "kubernetes.io/service-name";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final int MOST_PORT = 65_535;
    private static final int MOST_WEIGHT = 65_535;

    private final StringPool pool;

    EndpointSliceReader(StringPool pool) {
        this.pool = pool;
    }

    /** Null if it is no Service's. Problems are reported; what is returned then is of no use. */
    EndpointSliceSpec read(Section root) {
        final Section metadata = root.section("metadata");
        final String name = KubernetesNames.check(metadata.value("name"),
                metadata.value("name").requiredText("the EndpointSlice's name"));
        final String namespace = pool.of(KubernetesNames.check(metadata.value("namespace"),
                metadata.value("namespace").text("default")));
        final Section labels = metadata.section("labels");
        final String service = labels.value(SERVICE).text(null);
        final Value addressType = root.value("addressType");
        if (addressType.isAbsent()) {
            addressType.refuse("is missing: IPv4, IPv6 or FQDN");
        }
        final int version = switch (addressType.choice("IPv4", "IPv6", "FQDN")) {
            case "IPv4" -> 4;
            case "IPv6" -> 6;
            default -> 0;
        };
        root.warnOfSlips(KubernetesKeys.SLICE);
        metadata.warnOfSlips(KubernetesKeys.METADATA);
        final Section annotations = metadata.section("annotations");
        Annotations.check(annotations, Annotations.SLICE);
        final EndpointSliceSpec slice = new EndpointSliceSpec(namespace, name == null ? "" : name,
                pool.of(service == null ? "" : service), version, !labels.value(HEADLESS).isAbsent(),
                ports(root.value("ports")), version == 0 ? List.of()
                        : endpoints(root.value("endpoints"), version, annotations.value(Annotations.WEIGHTS)),
                time(annotations.value(Annotations.TRIGGER_TIME)));
        if (service == null) {
            labels.value(SERVICE).warn("is missing, so that it is nobody's and passed over");
            return null;
        }
        return slice;
    }

    private List<EndpointPortSpec> ports(Value list) {
        final List<EndpointPortSpec> all = new ArrayList<>();
        for (Value item : list.items(null)) {
            final Section port = item.section();
            port.warnOfSlips(KubernetesKeys.SLICE_PORT);
            all.add(new EndpointPortSpec(pool.of(port.value("name").text("")),
                    ServiceReader.protocol(port.value("protocol")), port.value("port").integer(0, 0, MOST_PORT, "")));
        }
        return all;
    }

    private List<EndpointSpec> endpoints(Value list, int version, Value annotation) {
        final Map<IpAddress, Integer> weights = weights(annotation);
        final Set<IpAddress> unused = new HashSet<>(weights.keySet());
        final List<EndpointSpec> all = new ArrayList<>();
        for (Value item : list.items(null)) {
            final Section one = item.section();
            final List<Value> addresses = one.value("addresses").items("the endpoint's address");
            // The others are not used, as with kube-proxy.
            final IpAddress address =
                    addresses.isEmpty() ? null : addresses.getFirst().parsed("", KubernetesIps::address);
            if (address == null) {
                continue;
            }
            if (address.version() != version) {
                addresses.getFirst().warn(IpText.text(address)
                        + " is not of the slice's addressType and is passed over");
            }
            final Section conditions = one.section("conditions");
            final Section hints = one.section("hints");
            one.warnOfSlips(KubernetesKeys.ENDPOINT);
            conditions.warnOfSlips(KubernetesKeys.CONDITIONS);
            hints.warnOfSlips(KubernetesKeys.HINTS);
            unused.remove(address);
            all.add(new EndpointSpec(address, conditions.value("ready").flag(true),
                    conditions.value("serving").flag(true), conditions.value("terminating").flag(false),
                    pool.of(one.value("nodeName").text(null)), pool.of(one.value("zone").text(null)),
                    names(hints.value("forNodes")), names(hints.value("forZones")),
                    weights.getOrDefault(address, 1)));
        }
        for (IpAddress address : unused) {
            annotation.warn("gives a weight to " + IpText.text(address) + ", which the slice does not have");
        }
        return all;
    }

    private List<String> names(Value list) {
        final List<Value> items = list.items(null);
        if (items.isEmpty()) {
            return List.of();
        }
        final List<String> all = new ArrayList<>(items.size());
        for (Value item : items) {
            final String name = item.section().value("name").requiredText("whom the hint is for");
            all.add(name == null ? "" : name);
        }
        return pool.of(all);
    }

    /** Only a metric is made of it, so that one that cannot be read counts as none. */
    private static long time(Value annotation) {
        try {
            final String text = annotation.text("");
            return text.isEmpty() ? 0 : OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeParseException e) {
            return 0;
        }
    }

    /** A slip of one tenant must not keep everybody else's changes out, so that it only warns. */
    private static Map<IpAddress, Integer> weights(Value annotation) {
        final String text = annotation.text("");
        if (text.isEmpty()) {
            return Map.of();
        }
        final Map<IpAddress, Integer> weights = new HashMap<>();
        for (String entry : text.split(",")) {
            final int equals = entry.indexOf('=');
            try {
                final int weight = Integer.parseInt(entry.substring(equals + 1).strip());
                if (equals < 0 || weight < 0 || weight > MOST_WEIGHT) {
                    throw new IllegalArgumentException("weights are 0.." + MOST_WEIGHT);
                }
                weights.put(KubernetesIps.address(entry.substring(0, equals).strip()), weight);
            } catch (IllegalArgumentException e) {
                annotation.warn("'" + entry + "' is not ADDRESS=WEIGHT with 0.." + MOST_WEIGHT
                        + "; it is passed over");
            }
        }
        return weights;
    }
}
