package dev.ringway.install;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The network in a runtime's directory of networks. It comes last and goes first, so that it never names a plugin that
 * is not there. containerd's watcher overlooks a file that is only renamed into its place; hence a write at the end.
 */
public final class NetworkFile {
    private static final String PLUGIN = "ringway-cni";
    /** What a runtime before CNI 1.1.0 takes, and what a newer one may choose instead, with GC and STATUS. */
    private static final String VERSION = "1.0.0";
    private static final List<String> VERSIONS = List.of(VERSION, "1.1.0");

    private final Path file;

    /** @param file usually /etc/cni/net.d/10-ringway.conflist */
    public NetworkFile(Path file) {
        this.file = file;
    }

    /**
     * Writes the network, over whatever was in this file before.
     *
     * @param socket the daemon's control socket, or null for the usual one
     */
    public void install(Path socket) throws IOException {
        final byte[] content = (network(socket).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        Files.createDirectories(file.getParent());
        final Path next = DurableFiles.beside(file);
        DurableFiles.write(next, content);
        DurableFiles.rename(next, file);
        DurableFiles.rewrite(file, content);
    }

    /** Removes the file, if it is one of ours; nothing there is fine. */
    public void uninstall() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        if (!new JsonMapper().readTree(file.toFile()).path("plugins").findValuesAsText("type").contains(PLUGIN)) {
            throw new InstallException(file + " is another network's: none of its plugins is " + PLUGIN);
        }
        Files.delete(file);
    }

    private static ObjectNode network(Path socket) {
        final ObjectNode network = JsonNodeFactory.instance.objectNode().put("cniVersion", VERSION);
        VERSIONS.forEach(network.putArray("cniVersions")::add);
        final ObjectNode plugin = network.put("name", "ringway").putArray("plugins").addObject().put("type", PLUGIN);
        if (socket != null) {
            plugin.put("socket", socket.toString());
        }
        plugin.putObject("capabilities").put("portMappings", true).put("bandwidth", true).put("ips", true);
        return network;
    }
}
