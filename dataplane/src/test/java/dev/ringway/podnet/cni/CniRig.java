package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.ipam.AddressPool;
import dev.ringway.podnet.PodRig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The service between fakes, with a real state file. This process's own namespace plays the pods', each by the path of
 * another thread.
 */
final class CniRig implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    private static final Map<String, String> NAMESPACES = new ConcurrentHashMap<>();

    final PodRig pods;
    final AttachmentStore store;
    final AddressPool pool;
    final Attachments attachments;
    final CniService service;
    private final CniOp op;

    CniRig(Path stateDir) {
        this(stateDir, new PodRig());
    }

    /** @param pods as a former daemon left them */
    CniRig(Path stateDir, PodRig pods) {
        this.pods = pods;
        try {
            store = new AttachmentStore(StateFile.open(stateDir, List.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        final NodeAddresses node = new NodeAddresses(pods.publisher, List.of());
        pool = new AddressPool(address -> node.isGateway(address)
                || address.equals(IpText.address("10.244.1.3")), Map.of());
        pool.setLastAllocated(store.lastBefore());
        store.setLastAllocated(pool::lastAllocated);
        attachments = new Attachments(pods.manager, pods.hostPorts, store, pool);
        attachments.restore();
        service = new CniService(pods.manager, pods.hostPorts, attachments, pool, node,
                new NetnsPaths(List.of(Path.of("/run/netns")), Path.of("/proc/self/ns/uts")), 1450);
        op = new CniOp(service);
    }

    /** The namespace's path of a container, the same in every rig. */
    static String netns(String id) {
        return NAMESPACES.computeIfAbsent(id, CniRig::threadNetns);
    }

    private static String threadNetns(String id) {
        final CompletableFuture<String> path = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("pod-" + id).start(() -> {
            try {
                path.complete("/proc/" + Files.readSymbolicLink(Path.of("/proc/thread-self")) + "/ns/net");
                Thread.sleep(Duration.ofDays(1));
            } catch (IOException | InterruptedException e) {
                path.completeExceptionally(e);
            }
        });
        return path.join();
    }

    /** The arguments of an operation of container {@code id}; single quotes become double ones in the configuration. */
    static ObjectNode arguments(String command, String id, String config) {
        try {
            final ObjectNode arguments = JSON.createObjectNode().put("command", command).put("containerId", id)
                    .put("netns", netns(id)).put("ifname", "eth0")
                    .put("args", "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=" + id);
            final ObjectNode whole = JSON.createObjectNode().put("cniVersion", "1.1.0").put("name", "net");
            whole.setAll((ObjectNode) JSON.readTree("{" + config.replace('\'', '"') + "}"));
            arguments.set("config", whole);
            return arguments;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs an operation; the result, or what an error prints. */
    JsonNode run(String command, String id, String config) {
        return run(arguments(command, id, config));
    }

    JsonNode run(JsonNode arguments) {
        return CniOpCalls.run(op, arguments);
    }

    String addresses(String id) {
        return String.join(" ", store.get(id + "/eth0").addresses().stream().map(IpText::text).toList());
    }

    @Override
    public void close() {
        store.close();
    }
}
