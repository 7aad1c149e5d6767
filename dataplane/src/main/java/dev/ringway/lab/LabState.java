package dev.ringway.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A lab as it is on this machine: the file lab.json, and what {@code ringway lab up --json} prints. The shape is
 * stable; keys may be added while {@code v} stays 1:
 * <pre>
 * { "v": 1, "id": "…", "state": "up",
 *   "options": { "nodes": 3, "pods": 2, "encap": "vxlan", "ipv6": true, "underlay": "ipv4", "threading": "shared",
 *                "mtu": 1500 },
 *   "directory": "/run/ringway-lab",
 *   "podCidrs": ["10.244.0.0/16", "fd00:244::/32"],
 *   "nodes": [ { "name": "node1", "namespace": "rw-node1", "addresses": ["172.30.0.1", "fd00:30::1"],
 *                "podCidrs": ["10.244.1.0/24", "fd00:244:1::/64"], "config": "…", "socket": "…", "log": "…",
 *                "pid": 4711 } ],
 *   "pods": [ { "name": "n1-p1", "namespace": "rw-n1-p1", "node": "node1", "interface": "eth0",
 *               "addresses": ["10.244.1.10", "fd00:244:1::a"] } ],
 *   "outside": { "namespace": "rw-outside", "addresses": ["172.30.0.254", "fd00:30::fe"] },
 *   "service": { "name": "lab/web", "clusterIPs": ["10.96.0.80", "fd00:96::50"], "port": 80, "nodePort": 30080,
 *                "pods": [ { "name": "n1-p1", "log": "…", "pid": 4712 } ] } }
 * </pre>
 *
 * @param id one run's own, so that it does not take away another's lab
 * @param up false while it is being made; a lab that stays so was left by a crash
 */
record LabState(String id, boolean up, LabSpec spec) {
    private static final int VERSION = 1;

    /** The lab that is there, or null. */
    static LabState load(LabFiles files) {
        final Path file = files.state();
        final String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new LabException("cannot read " + file + ": " + e);
        }
        try {
            return of(Json.parse(text));
        } catch (IOException | IllegalArgumentException e) {
            throw new LabException(file + " is not a lab's state: " + e.getMessage(),
                    "ringway lab down removes what is left of it");
        }
    }

    /** The lab that is there and complete; refuses otherwise with what to do. */
    static LabState require(LabFiles files) {
        final LabState state = load(files);
        if (state == null) {
            throw new LabException("no lab is up", "ringway lab up");
        }
        if (!state.up) {
            throw new LabException("the lab is not complete: its start goes on or was cut off",
                    "wait for it, or 'ringway lab up' to start anew");
        }
        return state;
    }

    void save(LabFiles files) {
        try {
            Files.createDirectories(files.directory());
            final Path next = files.directory().resolve("lab.json.new");
            Files.writeString(next, Json.pretty(json(files)) + "\n");
            Files.move(next, files.state(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LabException("cannot write the lab's state: " + e);
        }
    }

    ObjectNode json(LabFiles files) {
        final ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("v", VERSION).put("id", id).put("state", up ? "up" : "starting");
        root.putObject("options").put("nodes", spec.nodes()).put("pods", spec.pods()).put("encap", spec.encap())
                .put("ipv6", spec.ipv6()).put("underlay", "ipv" + spec.underlay()).put("threading", spec.threading())
                .put("mtu", spec.mtu());
        root.put("directory", files.directory().toString());
        Json.addAll(root.putArray("podCidrs"), spec.clusterCidrs());
        final ArrayNode nodes = root.putArray("nodes");
        for (Endpoint node : spec.allNodes()) {
            final ObjectNode entry = described(nodes.addObject().put("name", node.label()), node);
            Json.addAll(entry.putArray("podCidrs"), spec.podCidrs(node.node()));
            entry.put("config", files.config(node.label()).toString());
            entry.put("socket", files.socket(node.label()).toString());
            new Daemon(node.label(), files).addTo(entry);
        }
        final ArrayNode pods = root.putArray("pods");
        for (Endpoint pod : spec.allPods()) {
            described(pods.addObject().put("name", pod.label()).put("node", spec.node(pod.node()).label())
                    .put("interface", NodeConfig.POD_INTERFACE), pod);
        }
        described(root.putObject("outside"), spec.outside());
        root.set("service", new DemoService(spec, files).json());
        return root;
    }

    private static ObjectNode described(ObjectNode entry, Endpoint endpoint) {
        entry.put("namespace", endpoint.namespace());
        Json.addAll(entry.putArray("addresses"), endpoint.addresses());
        return entry;
    }

    static LabState of(JsonNode root) {
        if (root.path("v").asInt() != VERSION) {
            throw new IllegalArgumentException("version " + root.path("v") + " instead of " + VERSION);
        }
        final JsonNode options = root.path("options");
        return new LabState(root.path("id").asText(), root.path("state").asText().equals("up"),
                new LabSpec(options.path("nodes").asInt(), options.path("pods").asInt(),
                        options.path("encap").asText(), options.path("ipv6").asBoolean(),
                        options.path("underlay").asText().equals("ipv6") ? 6 : 4,
                        options.path("threading").asText(), options.path("mtu").asInt()));
    }
}
