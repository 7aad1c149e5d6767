package dev.ringway.control.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.config.ConfigException;
import dev.ringway.config.ServiceObjectReader;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The last state of a store on this node's disk, for a start while the store cannot be reached: an object a line, as
 * Kubernetes writes them, between a line with the version and one with the count. Replaced as a whole by a rename, so
 * that a reader finds the old one or the new one, also after a loss of power. Any thread.
 *
 * @param <N> what the store has of nodes
 */
public final class StateFile<N> {
    private static final int VERSION = 1;
    private static final String END = "End";
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final String kind;
    private final Nodes<N> nodeKind;
    private final ObjectMapper json = new ObjectMapper();

    /** How lines that are neither Service nor EndpointSlice are read and written. */
    public interface Nodes<N> {
        /** @throws IllegalArgumentException if it is nothing of the sort */
        N read(JsonNode line);

        /** The line; its kind is of the store's choice. */
        ObjectNode write(N node);
    }

    /** @param kind of the file's first line, which tells one store's state from another's */
    public StateFile(Path file, String kind, Nodes<N> nodeKind) {
        this.file = file;
        this.kind = kind;
        this.nodeKind = nodeKind;
    }

    /** All that is kept. */
    public record State<N>(List<N> nodes, List<ServiceSpec> services, List<EndpointSliceSpec> slices) {
        public State {
            nodes = List.copyOf(nodes);
            services = List.copyOf(services);
            slices = List.copyOf(slices);
        }
    }

    /**
     * Reads it; null if there is none.
     *
     * @param node of which node it must be
     * @throws IOException if it is there and cannot be used, with a message that tells why
     */
    public State<N> read(String node) throws IOException {
        try (MappingIterator<JsonNode> lines =
                json.readerFor(JsonNode.class).readValues(Files.newInputStream(file))) {
            final JsonNode head = lines.hasNextValue() ? lines.nextValue() : JsonNodeFactory.instance.nullNode();
            if (!head.path("kind").asText().equals(kind)) {
                throw new IOException(file + " is no " + kind);
            }
            if (head.path("version").asInt() != VERSION || !head.path("node").asText().equals(node)) {
                throw new IOException(file + " is of version " + head.path("version").asInt() + " and node "
                        + head.path("node").asText() + "; wanted are version " + VERSION + " and node " + node);
            }
            return objects(lines);
        } catch (NoSuchFileException e) {
            return null;
        } catch (ConfigException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is damaged: no JSON at line "
                    + (e.getLocation() == null ? 0 : e.getLocation().getLineNr()), e);
        } catch (RuntimeException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private State<N> objects(MappingIterator<JsonNode> lines) throws IOException, ConfigException {
        final List<N> nodes = new ArrayList<>();
        final List<ServiceSpec> services = new ArrayList<>();
        final List<EndpointSliceSpec> slices = new ArrayList<>();
        // What is passed over is told when the store says it again.
        final ServiceObjectReader reader = new ServiceObjectReader(warning -> { });
        while (lines.hasNextValue()) {
            final JsonNode line = lines.nextValue();
            final String title = line.path("metadata").path("name").asText();
            switch (line.path("kind").asText()) {
                case "Service" -> services.add(reader.service(line, title));
                case "EndpointSlice" -> slices.add(reader.slice(line, title));
                case END -> {
                    if (line.path("objects").asInt() == nodes.size() + services.size() + slices.size()) {
                        return new State<>(nodes, services, slices);
                    }
                    throw new IOException(file + " is damaged: objects are missing");
                }
                default -> nodes.add(nodeKind.read(line));
            }
        }
        throw new IOException(file + " is damaged: its end is missing");
    }

    /** Bytes; 0: there is none. */
    public long length() throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** Replaces it. */
    public synchronized void write(String node, State<N> state) throws IOException {
        final Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        final Path next = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            final OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            final JsonGenerator generator = json.createGenerator(out).setRootValueSeparator(null);
            line(generator, JsonNodeFactory.instance.objectNode().put("kind", kind).put("version", VERSION)
                    .put("node", node));
            for (N one : state.nodes()) {
                line(generator, nodeKind.write(one));
            }
            for (ServiceSpec one : state.services()) {
                line(generator, SpecTrees.of(one));
            }
            for (EndpointSliceSpec one : state.slices()) {
                line(generator, SpecTrees.of(one));
            }
            line(generator, JsonNodeFactory.instance.objectNode().put("kind", END).put("objects",
                    state.nodes().size() + state.services().size() + state.slices().size()));
            generator.flush();
            channel.force(true);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void line(JsonGenerator generator, ObjectNode object) throws IOException {
        json.writeTree(generator, object);
        generator.writeRaw('\n');
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
