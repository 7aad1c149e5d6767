package dev.ringway.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A Service and its EndpointSlice as YAML, in the words of Kubernetes. */
final class ServiceYaml {
    private final String name;
    private final List<String> spec = new ArrayList<>();
    private final List<String> ports = new ArrayList<>();
    private final List<String> slicePorts = new ArrayList<>();
    private final List<String> endpoints = new ArrayList<>();
    private final List<String> annotations = new ArrayList<>();
    private final List<String> sliceAnnotations = new ArrayList<>();
    private String ingress = "";
    private int version = 4;

    ServiceYaml(String name) {
        this.name = name;
    }

    /** Lines of the Service's spec, such as {@code type: NodePort}. */
    ServiceYaml spec(String... lines) {
        spec.addAll(List.of(lines));
        return this;
    }

    ServiceYaml clusterIp(String address) {
        version = address.contains(":") ? 6 : 4;
        return spec("clusterIP: \"" + address + "\"", "clusterIPs: [\"" + address + "\"]",
                "ipFamilies: [IPv" + version + "]");
    }

    ServiceYaml annotation(String key, String value) {
        annotations.add(key + ": \"" + value + "\"");
        return this;
    }

    ServiceYaml sliceAnnotation(String key, String value) {
        sliceAnnotations.add(key + ": \"" + value + "\"");
        return this;
    }

    /** @param more other keys of the port, or empty */
    ServiceYaml port(String protocol, int port, int target, String more) {
        final String portName = protocol.toLowerCase(Locale.ROOT) + port;
        ports.add("{name: " + portName + ", protocol: " + protocol + ", port: " + port + ", targetPort: " + target
                + (more.isEmpty() ? "" : ", " + more) + "}");
        slicePorts.add("{name: " + portName + ", protocol: " + protocol + ", port: " + target + "}");
        return this;
    }

    /** Status of a load balancer. */
    ServiceYaml ingress(String ip, String mode) {
        ingress = "status: {loadBalancer: {ingress: [{ip: \"" + ip + "\", ipMode: " + mode + "}]}}\n";
        return this;
    }

    ServiceYaml endpoint(int node, int pod) {
        return endpoint(node, pod, "ready: true, serving: true, terminating: false");
    }

    ServiceYaml endpoint(int node, int pod, String conditions) {
        return endpoint(TestCluster.podAddress(node, pod, version), node, conditions);
    }

    ServiceYaml endpoint(String address, int node, String conditions) {
        endpoints.add("{addresses: [\"" + address + "\"], nodeName: node" + node + ", conditions: {" + conditions
                + "}}");
        return this;
    }

    @Override
    public String toString() {
        return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: test, annotations: {"
                + String.join(", ", annotations) + "}}\nspec:\n  " + String.join("\n  ", spec) + "\n  ports: ["
                + String.join(", ", ports) + "]\n" + ingress
                + "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: " + name
                + "-1, namespace: test, labels: {kubernetes.io/service-name: " + name + "}, annotations: {"
                + String.join(", ", sliceAnnotations) + "}}\naddressType: IPv" + version
                + "\nports: [" + String.join(", ", slicePorts) + "]\nendpoints: [" + String.join(", ", endpoints)
                + "]\n";
    }
}
