package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The configuration of one node's switch. It says only what the lab decides and leaves the rest to the defaults, so
 * that the lab shows what a user gets who sets nothing.
 */
final class NodeConfig {
    static final String POD_INTERFACE = "eth0";
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build());

    private NodeConfig() {
    }

    static ObjectNode of(LabSpec spec, Endpoint node, LabFiles files) {
        final ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("node", node.label());
        final ObjectNode cluster = root.putObject("cluster");
        Json.addAll(cluster.putArray("podCidrs"), spec.clusterCidrs());
        Json.addAll(cluster.putArray("serviceCidrs"), spec.serviceCidrs());
        final ArrayNode nodes = cluster.putArray("nodes");
        for (Endpoint peer : spec.allNodes()) {
            final ObjectNode entry = nodes.addObject().put("name", peer.label())
                    .put("address", peer.address(spec.underlay()));
            Json.addAll(entry.putArray("podCidrs"), spec.podCidrs(peer.node()));
        }
        root.putObject("encap").put("type", spec.encap());
        final ArrayNode pods = root.putArray("pods");
        for (Endpoint pod : spec.podsOf(node.node())) {
            final ObjectNode entry = pods.addObject().put("name", "lab/" + pod.label())
                    .put("netns", NAMESPACES.resolve(pod.namespace()).toString()).put("interface", POD_INTERFACE);
            Json.addAll(entry.putArray("addresses"), pod.addresses());
        }
        root.putObject("threading").put("mode", spec.threading());
        root.putObject("control").put("socket", files.socket(node.label()).toString());
        Ejection.putInto(root.putObject("services").put("file", files.services().toString()));
        root.putObject("cni").put("stateDir", files.state(node.label()).toString());
        return root;
    }

    static void write(LabSpec spec, LabFiles files) {
        try {
            for (Endpoint node : spec.allNodes()) {
                Files.writeString(files.config(node.label()), YAML.writeValueAsString(of(spec, node, files)));
            }
        } catch (IOException e) {
            throw new LabException("cannot write the nodes' configurations: " + e);
        }
    }
}
