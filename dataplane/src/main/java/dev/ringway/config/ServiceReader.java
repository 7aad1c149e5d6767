package dev.ringway.config;

import dev.ringway.control.services.IngressSpec;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServicePortSpec;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.control.services.ServiceType;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Balance;
import java.util.ArrayList;
import java.util.List;

/** A Service as Kubernetes writes it (core/v1). Keys that are not known are somebody else's. */
final class ServiceReader {
    private static final String FOREIGN_PROXY = "service.kubernetes.io/service-proxy-name";
    private static final String NO_CLUSTER_IP = "None";
    private static final int MOST_PORT = 65_535;
    /** Kubernetes' default and limit of sessionAffinityConfig.clientIP.timeoutSeconds. */
    private static final int AFFINITY_S = 10_800;
    private static final int MOST_AFFINITY_S = 86_400;

    private final StringPool pool;

    ServiceReader(StringPool pool) {
        this.pool = pool;
    }

    /** Problems are reported; what is returned then is of no use. */
    ServiceSpec read(Section root) {
        final Section metadata = root.section("metadata");
        final String name = KubernetesNames.check(metadata.value("name"),
                metadata.value("name").requiredText("the Service's name"));
        final String namespace = pool.of(KubernetesNames.check(metadata.value("namespace"),
                metadata.value("namespace").text("default")));
        final Section annotations = metadata.section("annotations");
        final Value specKey = root.value("spec");
        if (specKey.isAbsent()) {
            specKey.refuse("is missing: is the object cut off?");
        }
        final Section spec = specKey.section();
        final ServiceType type = type(spec.value("type"));
        final List<Value> clusterIps = clusterIpValues(spec, type);
        final boolean headless = clusterIps.isEmpty() ? !spec.value("clusterIPs").isAbsent()
                : clusterIps.getFirst().isWord(NO_CLUSTER_IP);
        final boolean needsPorts = type != ServiceType.EXTERNAL_NAME && !specKey.isAbsent() && !headless;
        root.warnOfSlips(KubernetesKeys.SERVICE);
        metadata.warnOfSlips(KubernetesKeys.METADATA);
        spec.warnOfSlips(KubernetesKeys.SPEC);
        Annotations.check(annotations, Annotations.SERVICE);
        return new ServiceSpec(namespace, pool.of(name == null ? "" : name), type,
                clusterIps(clusterIps), ports(spec.value("ports"), type, needsPorts),
                addresses(spec.value("externalIPs")),
                ingress(root.section("status").section("loadBalancer").value("ingress")),
                ranges(spec.value("loadBalancerSourceRanges")), affinity(spec),
                isLocal(spec.value("internalTrafficPolicy")), isLocal(spec.value("externalTrafficPolicy")),
                spec.value("healthCheckNodePort").integer(0, 0, MOST_PORT, ""),
                spec.value("publishNotReadyAddresses").flag(false),
                !metadata.section("labels").value(FOREIGN_PROXY).isAbsent(),
                balance(annotations.value(Annotations.BALANCE)));
    }

    private static ServiceType type(Value value) {
        final String word = value.choice(ServiceType.CLUSTER_IP.word(), ServiceType.NODE_PORT.word(),
                ServiceType.LOAD_BALANCER.word(), ServiceType.EXTERNAL_NAME.word());
        for (ServiceType type : ServiceType.values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        throw new IllegalStateException(word);
    }

    private static List<Value> clusterIpValues(Section spec, ServiceType type) {
        final Value list = spec.value("clusterIPs");
        final Value single = spec.value("clusterIP");
        if (list.isAbsent() && single.isAbsent() && spec.isThere() && type != ServiceType.EXTERNAL_NAME) {
            single.warn("is missing, so that nothing reaches the Service; the API always writes one, None if it is"
                    + " headless");
        }
        return list.isAbsent() ? single(single) : list.items(null);
    }

    private static List<IpAddress> clusterIps(List<Value> values) {
        final List<IpAddress> all = new ArrayList<>(2);
        for (Value one : values) {
            if (!one.isWord(NO_CLUSTER_IP)) {
                final IpAddress address = one.parsed("", KubernetesIps::address);
                if (address != null && all.stream().anyMatch(other -> other.version() == address.version())) {
                    one.refuse("is a second cluster IP of IPv" + address.version());
                } else if (address != null) {
                    all.add(address);
                }
            }
        }
        return all;
    }

    private static List<Value> single(Value value) {
        return value.isAbsent() ? List.of() : List.of(value);
    }

    /** @param needed whether there must be one */
    private List<ServicePortSpec> ports(Value list, ServiceType type, boolean needed) {
        final List<ServicePortSpec> all = new ArrayList<>();
        for (Value item : list.items(needed ? "the Service's port; is the object cut off?" : null)) {
            final Section port = item.section();
            port.warnOfSlips(KubernetesKeys.SERVICE_PORT);
            final ServicePortSpec one = new ServicePortSpec(
                    pool.of(KubernetesNames.check(port.value("name"), port.value("name").text(""))),
                    protocol(port.value("protocol")), portNumber(port.value("port"), type),
                    port.value("nodePort").integer(0, 0, MOST_PORT, ""));
            for (ServicePortSpec other : all) {
                if (other.name().equals(one.name())) {
                    port.value("name").refuse("'" + one.name() + "' is the name of another port, too");
                } else if (other.protocol() == one.protocol() && other.port() == one.port()
                        && type != ServiceType.EXTERNAL_NAME) {
                    port.value("port").refuse(one.port() + "/" + Protocols.word(one.protocol())
                            + " is already that of port '" + other.name() + "'");
                }
            }
            all.add(one);
        }
        return all;
    }

    private static int portNumber(Value value, ServiceType type) {
        if (value.isAbsent() && type != ServiceType.EXTERNAL_NAME) {
            value.refuse("is missing: a port number");
        }
        return value.integer(1, 1, MOST_PORT, "");
    }

    static int protocol(Value value) {
        final Integer number = value.isAbsent() ? Integer.valueOf(Protocols.TCP)
                : value.parsed("", Protocols::number);
        return number == null ? Protocols.TCP : number;
    }

    private static List<IpAddress> addresses(Value list) {
        final List<IpAddress> all = new ArrayList<>();
        for (Value one : list.items(null)) {
            final IpAddress address = one.parsed("", KubernetesIps::address);
            if (address != null) {
                all.add(address);
            }
        }
        return all;
    }

    private static List<Prefix> ranges(Value list) {
        final List<Prefix> all = new ArrayList<>();
        for (Value one : list.items(null)) {
            final Prefix range = one.parsed("", KubernetesIps::prefix);
            if (range != null) {
                all.add(range);
            }
        }
        return all;
    }

    private static List<IngressSpec> ingress(Value list) {
        final List<IngressSpec> all = new ArrayList<>();
        for (Value item : list.items(null)) {
            final Section one = item.section();
            one.warnOfSlips(KubernetesKeys.INGRESS);
            // One that has only a host name is reached by that name's addresses, which are not ours.
            final IpAddress address = one.value("ip").isAbsent() ? null
                    : one.value("ip").parsed("", KubernetesIps::address);
            if (address != null) {
                all.add(new IngressSpec(address, isVip(one.value("ipMode"))));
            }
        }
        return all;
    }

    /** What is neither of the two may be a word of a later Kubernetes, so that it does not stop everything. */
    private static boolean isVip(Value mode) {
        final boolean vip = mode.isAbsent() || mode.isWord("VIP");
        if (!vip && !mode.isWord("Proxy")) {
            mode.warn("should be VIP or Proxy; it is taken for Proxy, so that the address is not answered here");
        }
        return vip;
    }

    private static int affinity(Section spec) {
        if (spec.value("sessionAffinity").choice("None", "ClientIP").equals("None")) {
            return 0;
        }
        return spec.section("sessionAffinityConfig").section("clientIP").value("timeoutSeconds")
                .integer(AFFINITY_S, 1, MOST_AFFINITY_S, " seconds");
    }

    private static boolean isLocal(Value policy) {
        return policy.choice("Cluster", "Local").equals("Local");
    }

    /** A slip of one tenant must not keep everybody else's changes out, so that it only warns. */
    private static Balance balance(Value annotation) {
        if (annotation.isAbsent()) {
            return null;
        }
        if (annotation.isWord("maglev")) {
            return Balance.MAGLEV;
        }
        if (annotation.isWord("leastFlows")) {
            return Balance.LEAST_FLOWS;
        }
        if (!annotation.isWord("random")) {
            annotation.warn("must be random, maglev or leastFlows; it is passed over");
            return null;
        }
        return Balance.RANDOM;
    }
}
