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
import java.util.function.Consumer;

/** A Service as Kubernetes writes it (core/v1). Keys that are not known are somebody else's. */
final class ServiceReader {
    private static final String FOREIGN_PROXY = "service.kubernetes.io/service-proxy-name";
    private static final String BALANCE = "ringway.dev/balance";
    private static final String NO_CLUSTER_IP = "None";
    private static final int MOST_PORT = 65_535;
    /** Kubernetes' default and limit of sessionAffinityConfig.clientIP.timeoutSeconds. */
    private static final int AFFINITY_S = 10_800;
    private static final int MOST_AFFINITY_S = 86_400;

    private final StringPool pool;
    private final Consumer<String> warnings;

    /** @param warnings takes what is passed over */
    ServiceReader(StringPool pool, Consumer<String> warnings) {
        this.pool = pool;
        this.warnings = warnings;
    }

    /** Problems are reported; what is returned then is of no use. */
    ServiceSpec read(Section root) {
        final Section metadata = root.section("metadata");
        final String name = metadata.value("name").requiredText("the Service's name");
        final String namespace = pool.of(metadata.value("namespace").text("default"));
        final Section spec = root.section("spec");
        final ServiceType type = type(spec.value("type"));
        return new ServiceSpec(namespace, pool.of(name == null ? "" : name), type, clusterIps(spec),
                ports(spec.value("ports"), type), addresses(spec.value("externalIPs")),
                ingress(root.section("status").section("loadBalancer").value("ingress")),
                ranges(spec.value("loadBalancerSourceRanges")), affinity(spec),
                isLocal(spec.value("internalTrafficPolicy")), isLocal(spec.value("externalTrafficPolicy")),
                spec.value("healthCheckNodePort").integer(0, 0, MOST_PORT, ""),
                spec.value("publishNotReadyAddresses").flag(false),
                !metadata.section("labels").value(FOREIGN_PROXY).isAbsent(),
                balance(namespace + "/" + name, metadata.section("annotations").value(BALANCE)));
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

    private static List<IpAddress> clusterIps(Section spec) {
        final Value list = spec.value("clusterIPs");
        final List<IpAddress> all = new ArrayList<>(2);
        for (Value one : list.isAbsent() ? single(spec.value("clusterIP")) : list.items(null)) {
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

    private List<ServicePortSpec> ports(Value list, ServiceType type) {
        final List<ServicePortSpec> all = new ArrayList<>();
        for (Value item : list.items(null)) {
            final Section port = item.section();
            final ServicePortSpec one = new ServicePortSpec(pool.of(port.value("name").text("")),
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
            // One that has only a host name is reached by that name's addresses, which are not ours.
            final IpAddress address = one.value("ip").isAbsent() ? null
                    : one.value("ip").parsed("", KubernetesIps::address);
            if (address != null) {
                all.add(new IngressSpec(address, one.value("ipMode").isAbsent() || one.value("ipMode").isWord("VIP")));
            }
        }
        return all;
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
    private Balance balance(String service, Value annotation) {
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
            warnings.accept(service + ": the annotation " + BALANCE + " must be random, maglev or leastFlows; it is"
                    + " passed over");
            return null;
        }
        return Balance.RANDOM;
    }
}
