package dev.ringway.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What libcni does for runtimes and cnitool for people: runs a network's plugins in their order, hands each the result
 * of the one before, keeps the last result for CHECK and DEL, and takes them off in reverse order.
 */
final class Libcni {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/opt/cni/bin:/usr/lib/cni";

    private final MiniHost host;
    private final ObjectNode network;
    private final Map<String, JsonNode> cache = new HashMap<>();

    /** A plugin said no; {@code code} is -1 when what it said was no error of the specification. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int code;

        Refused(String plugin, String out) {
            super(plugin + ": " + out);
            int told = -1;
            try {
                told = JSON.readTree(out).path("code").asInt(-1);
            } catch (IOException e) {
                addSuppressed(e);
            }
            code = told;
        }

        int code() {
            return code;
        }
    }

    Libcni(MiniHost host, String conflist) {
        this.host = host;
        try {
            network = (ObjectNode) JSON.readTree(conflist);
        } catch (IOException e) {
            throw new AssertionError(conflist, e);
        }
    }

    /** The network that install-cni has installed, for a runtime that knows this version. */
    static Libcni installed(MiniHost host, String version) {
        final Libcni network = new Libcni(host, host.must("cat", "/etc/cni/net.d/10-ringway.conflist"));
        network.network.put("cniVersion", version);
        return network;
    }

    /** Makes a network namespace as a runtime does and returns its path. */
    String sandbox(String name) {
        host.must("ip", "netns", "add", name);
        return "/run/netns/" + name;
    }

    /** The container id that cnitool derives. */
    static String containerId(String netns) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-512").digest(netns.getBytes(StandardCharsets.UTF_8));
            return "cnitool-" + HexFormat.of().formatHex(digest, 0, 10);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    JsonNode add(String netns) {
        return add(containerId(netns), netns, "{}", "");
    }

    /**
     * @param runtimeConfig JSON; each plugin gets of it what it has the capability for
     * @param args          CNI_ARGS
     */
    JsonNode add(String containerId, String netns, String runtimeConfig, String args) {
        JsonNode result = null;
        for (JsonNode plugin : network.path("plugins")) {
            result = read(run("ADD", plugin, result, containerId, netns, runtimeConfig, args));
        }
        synchronized (cache) {
            cache.put(containerId, result);
        }
        return result;
    }

    void check(String netns) {
        check(containerId(netns), netns, "{}");
    }

    void check(String containerId, String netns, String runtimeConfig) {
        for (JsonNode plugin : network.path("plugins")) {
            silent(run("CHECK", plugin, cached(containerId), containerId, netns, runtimeConfig, ""));
        }
    }

    void del(String netns) {
        del(containerId(netns), netns, "{}");
    }

    void del(String containerId, String netns, String runtimeConfig) {
        final List<JsonNode> reversed = new ArrayList<>();
        network.path("plugins").forEach(reversed::addFirst);
        for (JsonNode plugin : reversed) {
            silent(run("DEL", plugin, cached(containerId), containerId, netns, runtimeConfig, ""));
        }
        synchronized (cache) {
            cache.remove(containerId);
        }
    }

    /** As if the node's cache was lost, or the ADD had failed. */
    void forget(String netns) {
        synchronized (cache) {
            cache.remove(containerId(netns));
        }
    }

    private JsonNode cached(String containerId) {
        synchronized (cache) {
            return cache.get(containerId);
        }
    }

    void status() {
        for (JsonNode plugin : network.path("plugins")) {
            silent(run("STATUS", plugin, null, "", "", "{}", ""));
        }
    }

    /** @param valid container ids whose eth0 stays */
    void gc(List<String> valid) {
        for (JsonNode plugin : network.path("plugins")) {
            final ObjectNode with = plugin.deepCopy();
            for (String key : List.of("cni.dev/valid-attachments", "cni.dev/attachments")) {
                final ArrayNode attachments = with.putArray(key);
                valid.forEach(id -> attachments.addObject().put("containerID", id).put("ifname", "eth0"));
            }
            silent(run("GC", with, null, "", "", "{}", ""));
        }
    }

    private static void silent(String out) {
        if (!out.isBlank()) {
            throw new AssertionError("nothing was to be printed, but there was " + out);
        }
    }

    private String run(String command, JsonNode plugin, JsonNode previous, String containerId, String netns,
            String runtimeConfig, String args) {
        final ObjectNode config = plugin.deepCopy();
        config.set("name", network.get("name"));
        config.set("cniVersion", network.get("cniVersion"));
        if (previous != null) {
            config.set("prevResult", previous);
        }
        final ObjectNode offered = (ObjectNode) read(runtimeConfig);
        offered.retain(names(plugin.path("capabilities")));
        if (!offered.isEmpty()) {
            config.set("runtimeConfig", offered);
        }
        final Map<String, String> env = new TreeMap<>(Map.of("CNI_COMMAND", command, "CNI_CONTAINERID", containerId,
                "CNI_NETNS", netns, "CNI_IFNAME", containerId.isEmpty() ? "" : "eth0", "CNI_ARGS", args,
                "CNI_PATH", PATH));
        final String type = plugin.path("type").asText();
        final TestNet.Result result = host.run(env, config.toString(), program(type));
        if (!result.ok()) {
            throw new Refused(type, result.out());
        }
        return result.out();
    }

    private String program(String type) {
        for (String directory : PATH.split(":")) {
            if (host.run("test", "-x", directory + "/" + type).ok()) {
                return directory + "/" + type;
            }
        }
        throw new AssertionError("no plugin " + type + " in " + PATH + "; .ci/run installs what the tests need");
    }

    private static List<String> names(JsonNode object) {
        final List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }
}
