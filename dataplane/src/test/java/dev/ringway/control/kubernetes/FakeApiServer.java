package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The {@link FakeApi} as a process, to be run in a network namespace: {@code PORT DIRECTORY [NODES
 * SERVICES ENDPOINTS]}.
 * With numbers it begins with a {@link LargeCluster} of that size. Other objects are the files {@code nodes/*.json},
 * {@code services/*.json} and {@code endpointslices/*.json} there, followed as they change. What others patch is
 * written to {@code patched/}.
 */
public final class FakeApiServer {
    private static final Map<String, String> KINDS = Map.of("nodes", FakeApi.NODES, "services", FakeApi.SERVICES,
            "endpointslices", FakeApi.SLICES);
    private static final long LOOK_MS = 20;

    private final FakeApi api;
    private final Path directory;
    private final Map<Path, String> known = new HashMap<>();
    private final Map<Path, String> keys = new HashMap<>();
    private int patches;

    private FakeApiServer(FakeApi api, Path directory) {
        this.api = api;
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        final FakeApiServer server = new FakeApiServer(new FakeApi(Integer.parseInt(arguments[0])),
                Path.of(arguments[1]));
        // Later than what a former process has given.
        server.api.goOnFrom(System.currentTimeMillis());
        if (arguments.length > 2) {
            LargeCluster.fill(server.api, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]),
                    Integer.parseInt(arguments[4]));
        }
        System.out.println("serving");
        while (true) {
            for (String kind : KINDS.keySet()) {
                server.follow(kind);
            }
            server.writePatched();
            Thread.sleep(LOOK_MS);
        }
    }

    private void follow(String kind) throws IOException {
        final Set<Path> found = new HashSet<>();
        try (var files = Files.newDirectoryStream(directory.resolve(kind), "*.json")) {
            for (Path file : files) {
                found.add(file);
                read(kind, file);
            }
        } catch (NoSuchFileException e) {
            // No objects of this kind yet.
        }
        for (Path file : Set.copyOf(known.keySet())) {
            if (file.getParent().endsWith(kind) && !found.contains(file)) {
                known.remove(file);
                api.delete(KINDS.get(kind), keys.remove(file));
            }
        }
    }

    private void read(String kind, Path file) throws IOException {
        final String text = Files.readString(file);
        if (!text.equals(known.put(file, text))) {
            final ObjectNode object = (ObjectNode) Objects.JSON.readTree(text);
            keys.put(file, FakeApi.key(object));
            api.put(KINDS.get(kind), object);
        }
    }

    private void writePatched() throws IOException {
        if (api.patches().size() == patches) {
            return;
        }
        patches = api.patches().size();
        final Path target = Files.createDirectories(directory.resolve("patched"));
        for (Map.Entry<Path, String> one : keys.entrySet()) {
            if (one.getKey().getParent().endsWith("nodes")) {
                final Path fresh = target.resolve("new");
                Files.writeString(fresh, api.get(FakeApi.NODES, one.getValue()).toString());
                Files.move(fresh, target.resolve(one.getKey().getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }
}
