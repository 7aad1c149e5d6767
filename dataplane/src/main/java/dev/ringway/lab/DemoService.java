package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The lab's Service {@code lab/web}, a ClusterIP and a NodePort of each IP version before up to three pods, as
 * Kubernetes would describe it: in the file that all nodes' switches watch.
 */
final class DemoService {
    static final String NAME = "lab/web";
    static final int PORT = 80;
    static final int NODE_PORT = 30_080;
    static final int TARGET_PORT = 8080;
    private static final String CLUSTER_IP = "10.96.0.80";
    private static final String CLUSTER_IP6 = "fd00:96::50";
    private static final int MOST_BACKENDS = 3;
    private static final YAMLMapper YAML = new YAMLMapper();

    private final LabSpec spec;
    private final LabFiles files;
    private final List<Endpoint> backends = new ArrayList<>();

    DemoService(LabSpec spec, LabFiles files) {
        this.spec = spec;
        this.files = files;
        // One pod of each node before a second one of any.
        for (int pod = 1; pod <= spec.pods(); pod++) {
            for (int node = 1; node <= spec.nodes() && backends.size() < MOST_BACKENDS; node++) {
                backends.add(spec.pod(node, pod));
            }
        }
    }

    List<Endpoint> backends() {
        return backends;
    }

    static String clusterIp(int version) {
        return version == 4 ? CLUSTER_IP : CLUSTER_IP6;
    }

    /** How it is reached. */
    String text() {
        final List<String> urls = new ArrayList<>();
        spec.versions().forEach(version -> urls.add(Ask.url(clusterIp(version), PORT)));
        return "Service " + NAME + ", " + String.join(" and ", urls) + " in pods and on nodes, port " + NODE_PORT
                + " of each node";
    }

    /** For {@code up --json}. */
    ObjectNode json() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", NAME);
        final ArrayNode clusterIps = json.putArray("clusterIPs");
        spec.versions().forEach(version -> clusterIps.add(clusterIp(version)));
        json.put("port", PORT).put("nodePort", NODE_PORT);
        final ArrayNode pods = json.putArray("pods");
        for (Endpoint backend : backends) {
            final ObjectNode pod = pods.addObject().put("name", backend.label());
            new Daemon(backend.label(), files).addTo(pod);
        }
        return json;
    }

    /**
     * Tells the switches.
     *
     * @param serving the backends that are ready; the others are listed as not ready
     */
    void publish(Set<Endpoint> serving) {
        final ObjectNode list = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "List");
        final ArrayNode items = list.putArray("items");
        service(items.addObject());
        for (int version : spec.versions()) {
            slice(items.addObject(), version, serving);
        }
        final Path file = files.services();
        try {
            final Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, YAML.writeValueAsString(list));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LabException("cannot write " + file + ": " + e.getMessage());
        }
    }

    private void service(ObjectNode service) {
        service.put("apiVersion", "v1").put("kind", "Service");
        service.putObject("metadata").put("name", "web").put("namespace", "lab");
        final ObjectNode described = service.putObject("spec").put("type", "NodePort").put("clusterIP", CLUSTER_IP);
        final ArrayNode clusterIps = described.putArray("clusterIPs");
        final ArrayNode families = described.putArray("ipFamilies");
        for (int version : spec.versions()) {
            clusterIps.add(clusterIp(version));
            families.add("IPv" + version);
        }
        described.putArray("ports").addObject().put("name", "http").put("protocol", "TCP").put("port", PORT)
                .put("targetPort", TARGET_PORT).put("nodePort", NODE_PORT);
    }

    private void slice(ObjectNode slice, int version, Set<Endpoint> serving) {
        slice.put("apiVersion", "discovery.k8s.io/v1").put("kind", "EndpointSlice").put("addressType", "IPv" + version);
        slice.putObject("metadata").put("name", "web-" + version).put("namespace", "lab").putObject("labels")
                .put("kubernetes.io/service-name", "web");
        slice.putArray("ports").addObject().put("name", "http").put("protocol", "TCP").put("port", TARGET_PORT);
        final ArrayNode endpoints = slice.putArray("endpoints");
        for (Endpoint pod : backends) {
            final ObjectNode endpoint = endpoints.addObject().put("nodeName", "node" + pod.node());
            endpoint.putArray("addresses").add(pod.address(version));
            endpoint.putObject("conditions").put("ready", serving.contains(pod)).put("serving", serving.contains(pod))
                    .put("terminating", false);
        }
    }
}
