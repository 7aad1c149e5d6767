package dev.ringway.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A Service and its EndpointSlices, one for each IP version, as YAML in the words of Kubernetes. */
final class ServiceYaml {
    static final String READY = "ready: true, serving: true, terminating: false";

    private final String name;
    private final List<String> spec = new ArrayList<>();
    private final List<String> ports = new ArrayList<>();
    private final List<String> slicePorts = new ArrayList<>();
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private final List<String> annotations = new ArrayList<>();
    private final List<String> sliceLabels = new ArrayList<>();
    private final List<String> sliceAnnotations = new ArrayList<>();
    private final List<Integer> versions = new ArrayList<>();
    private final List<ServiceYaml> moreSlices = new ArrayList<>();
    private final List<String> ingress = new ArrayList<>();

    /** @param address null: the pod's, of the slice's IP version */
    private record Endpoint(String address, int node, int pod, String conditions, String more) {
        String yaml(int version) {
            return "{addresses: [\"" + (address == null ? TestCluster.podAddress(node, pod, version) : address)
                    + "\"], nodeName: node" + node + ", conditions: {" + conditions + "}" + more + "}";
        }
    }

    ServiceYaml(String name) {
        this.name = name;
    }

    /** Lines of the Service's spec, such as {@code type: NodePort}. */
    ServiceYaml spec(String... lines) {
        spec.addAll(List.of(lines));
        return this;
    }

    /** One address, or one of each IP version. */
    ServiceYaml clusterIp(String... addresses) {
        final List<String> families = new ArrayList<>();
        for (String address : addresses) {
            versions.add(address.contains(":") ? 6 : 4);
            families.add("IPv" + versions.getLast());
        }
        return spec("clusterIP: \"" + addresses[0] + "\"", "clusterIPs: [\"" + String.join("\", \"", addresses) + "\"]",
                "ipFamilies: [" + String.join(", ", families) + "]");
    }

    ServiceYaml label(String key, String value) {
        labels.add(key + ": \"" + value + "\"");
        return this;
    }

    ServiceYaml annotation(String key, String value) {
        annotations.add(key + ": \"" + value + "\"");
        return this;
    }

    ServiceYaml sliceLabel(String key, String value) {
        sliceLabels.add(key + ": \"" + value + "\"");
        return this;
    }

    ServiceYaml sliceAnnotation(String key, String value) {
        sliceAnnotations.add(key + ": \"" + value + "\"");
        return this;
    }

    /** @param more other keys of the port, or empty */
    ServiceYaml port(String protocol, int port, int target, String more) {
        ports.add("{name: " + portName(protocol, port) + ", protocol: " + protocol + ", port: " + port
                + ", targetPort: " + target + (more.isEmpty() ? "" : ", " + more) + "}");
        return slicePort(protocol, port, target);
    }

    /** A port of the Service that no endpoint has. */
    ServiceYaml portAlone(String protocol, int port, int target) {
        ports.add("{name: " + portName(protocol, port) + ", protocol: " + protocol + ", port: " + port
                + ", targetPort: " + target + "}");
        return this;
    }

    /** What endpoints call a port of the Service. */
    ServiceYaml slicePort(String protocol, int port, int target) {
        slicePorts.add("{name: " + portName(protocol, port) + ", protocol: " + protocol + ", port: " + target + "}");
        return this;
    }

    private static String portName(String protocol, int port) {
        return protocol.toLowerCase(Locale.ROOT) + port;
    }

    /** An address of a load balancer. */
    ServiceYaml ingress(String ip, String mode) {
        ingress.add("{ip: \"" + ip + "\", ipMode: " + mode + "}");
        return this;
    }

    ServiceYaml endpoint(int node, int pod) {
        return endpoint(node, pod, READY);
    }

    ServiceYaml endpoint(int node, int pod, String conditions) {
        endpoints.add(new Endpoint(null, node, pod, conditions, ""));
        return this;
    }

    /** One that only nodes and zones are to use that the hint names. */
    ServiceYaml hinted(int node, int pod, String hint) {
        endpoints.add(new Endpoint(null, node, pod, READY, ", hints: {" + hint + "}"));
        return this;
    }

    ServiceYaml endpoint(String address, int node, String conditions) {
        endpoints.add(new Endpoint(address, node, 0, conditions, ""));
        return this;
    }

    /** Another slice of the same Service: its ports and endpoints are those of {@code slice}. */
    ServiceYaml slice(ServiceYaml slice) {
        moreSlices.add(slice);
        return this;
    }

    private String slice(int version, int number) {
        final List<String> texts = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            if (endpoint.address == null || endpoint.address.contains(":") == (version == 6)) {
                texts.add(endpoint.yaml(version));
            }
        }
        final List<String> allLabels = new ArrayList<>(sliceLabels);
        allLabels.add("kubernetes.io/service-name: " + name);
        return "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: " + name + "-" + version
                + "-" + number + ", namespace: test, labels: {" + String.join(", ", allLabels) + "}, annotations: {"
                + String.join(", ", sliceAnnotations) + "}}\naddressType: IPv" + version
                + "\nports: [" + String.join(", ", slicePorts) + "]\nendpoints: [" + String.join(", ", texts)
                + "]\n";
    }

    @Override
    public String toString() {
        final StringBuilder yaml = new StringBuilder("---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name
                + ", namespace: test, labels: {" + String.join(", ", labels) + "}, annotations: {"
                + String.join(", ", annotations) + "}}\nspec:\n  " + String.join("\n  ", spec) + "\n  ports: ["
                + String.join(", ", ports) + "]\nstatus: {loadBalancer: {ingress: [" + String.join(", ", ingress)
                + "]}}\n");
        for (int version : versions.isEmpty() ? List.of(4) : versions) {
            yaml.append(slice(version, 0));
            for (int i = 0; i < moreSlices.size(); i++) {
                yaml.append(moreSlices.get(i).slice(version, i + 1));
            }
        }
        return yaml.toString();
    }
}
