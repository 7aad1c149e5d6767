package dev.ringway.control.services;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Balance;
import java.util.ArrayList;
import java.util.List;

/** Services and slices as tests write them: what is not said is as Kubernetes has it by default. */
final class Specs {
    static final String NODE = "node1";
    static final NodeView SELF = new NodeView(NODE, "zone-a", ips("172.30.0.1", "fd00:30::1"),
            ips("172.30.0.1", "fd00:30::1"), IpText.address("10.244.1.0"), IpText.address("fd00:244:1::"));

    private Specs() {
    }

    static List<IpAddress> ips(String... texts) {
        final List<IpAddress> all = new ArrayList<>();
        for (String text : texts) {
            all.add(IpText.address(text));
        }
        return all;
    }

    static Service service(String name, String... clusterIps) {
        return new Service(name, clusterIps);
    }

    static Slice slice(String service, String name) {
        return new Slice(service, name);
    }

    /** A Service in the making. */
    static final class Service {
        private final String name;
        private final List<IpAddress> clusterIps;
        private final List<ServicePortSpec> ports = new ArrayList<>();
        private final List<IngressSpec> ingress = new ArrayList<>();
        private final List<Prefix> ranges = new ArrayList<>();
        private List<IpAddress> externalIps = List.of();
        private ServiceType type = ServiceType.CLUSTER_IP;
        private int affinity;
        private boolean internalLocal;
        private boolean externalLocal;
        private int healthCheckNodePort;
        private boolean publish;
        private boolean foreign;
        private Balance balance;

        private Service(String name, String... clusterIps) {
            this.name = name;
            this.clusterIps = ips(clusterIps);
        }

        Service port(int port) {
            return port("", Protocols.TCP, port, 0);
        }

        Service port(String portName, int protocol, int port, int nodePort) {
            ports.add(new ServicePortSpec(portName, protocol, port, nodePort));
            return this;
        }

        Service nodePort(int port, int nodePort) {
            type = ServiceType.NODE_PORT;
            return port("", Protocols.TCP, port, nodePort);
        }

        Service type(ServiceType of) {
            type = of;
            return this;
        }

        Service externalIps(String... addresses) {
            externalIps = ips(addresses);
            return this;
        }

        Service loadBalancer(String address, boolean vip) {
            type = ServiceType.LOAD_BALANCER;
            ingress.add(new IngressSpec(IpText.address(address), vip));
            return this;
        }

        Service ranges(String... texts) {
            for (String text : texts) {
                ranges.add(IpText.prefix(text));
            }
            return this;
        }

        Service affinity(int seconds) {
            affinity = seconds;
            return this;
        }

        Service internalLocal() {
            internalLocal = true;
            return this;
        }

        Service externalLocal() {
            externalLocal = true;
            return this;
        }

        Service healthCheck(int nodePort) {
            healthCheckNodePort = nodePort;
            return this;
        }

        Service publishNotReady() {
            publish = true;
            return this;
        }

        Service foreignProxy() {
            foreign = true;
            return this;
        }

        Service balance(Balance by) {
            balance = by;
            return this;
        }

        ServiceSpec spec() {
            return new ServiceSpec("default", name, type, clusterIps, ports, externalIps, ingress, ranges, affinity,
                    internalLocal, externalLocal, healthCheckNodePort, publish, foreign, balance);
        }
    }

    /** A slice in the making. */
    static final class Slice {
        private final String service;
        private final String name;
        private final List<EndpointPortSpec> ports = new ArrayList<>();
        private final List<EndpointSpec> endpoints = new ArrayList<>();
        private boolean headless;
        private int version = 4;
        private long changedMs;

        private Slice(String service, String name) {
            this.service = service;
            this.name = name;
        }

        Slice port(int port) {
            return port("", Protocols.TCP, port);
        }

        Slice port(String portName, int protocol, int port) {
            ports.add(new EndpointPortSpec(portName, protocol, port));
            return this;
        }

        /** Ready ones on a node. */
        Slice on(String node, String... addresses) {
            for (String address : addresses) {
                endpoint(new Ep(address).node(node));
            }
            return this;
        }

        Slice endpoint(Ep endpoint) {
            final EndpointSpec spec = endpoint.spec();
            version = spec.address().version();
            endpoints.add(spec);
            return this;
        }

        Slice changed(long atMs) {
            changedMs = atMs;
            return this;
        }

        Slice headless() {
            headless = true;
            return this;
        }

        Slice noIpVersion() {
            version = 0;
            return this;
        }

        EndpointSliceSpec spec() {
            return new EndpointSliceSpec("default", name, service, version, headless, ports, endpoints, changedMs);
        }
    }

    /** An endpoint in the making: ready and serving, on no node. */
    static final class Ep {
        private final IpAddress address;
        private boolean ready = true;
        private boolean serving = true;
        private boolean terminating;
        private String node;
        private List<String> hintNodes = List.of();
        private List<String> hintZones = List.of();
        private int weight = 1;

        Ep(String address) {
            this.address = IpText.address(address);
        }

        Ep here() {
            return node(NODE);
        }

        Ep node(String name) {
            node = name;
            return this;
        }

        Ep notReady() {
            ready = false;
            serving = false;
            return this;
        }

        Ep terminating() {
            ready = false;
            terminating = true;
            return this;
        }

        Ep notServing() {
            serving = false;
            return this;
        }

        Ep zones(String... zones) {
            hintZones = List.of(zones);
            return this;
        }

        Ep nodes(String... nodes) {
            hintNodes = List.of(nodes);
            return this;
        }

        Ep weight(int of) {
            weight = of;
            return this;
        }

        EndpointSpec spec() {
            return new EndpointSpec(address, ready, serving, terminating, node, null, hintNodes, hintZones, weight);
        }
    }
}
