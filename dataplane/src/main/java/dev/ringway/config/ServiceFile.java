package dev.ringway.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of Services and EndpointSlices as kubectl prints them: documents or Lists, YAML or JSON. Read object by
 * object, so that a file of a hundred megabytes needs little memory besides what comes out. Whatever is wrong with one
 * object refuses the file.
 */
final class ServiceFile {
    private static final int MOST_PROBLEMS = 20;

    private final Path file;
    private final ServiceObjects objects = new ServiceObjects();
    private final ServiceReader services;
    private final EndpointSliceReader slices;
    /** Where the object that is being read begins. */
    private final Map<String, Integer> lines = new HashMap<>();
    private final Problems problems;

    private ServiceFile(Path file, StringPool pool) {
        this.file = file;
        services = new ServiceReader(pool, objects.warnings::add);
        slices = new EndpointSliceReader(pool, objects.warnings::add);
        problems = new Problems(file, lines);
    }

    /** @throws ConfigException that tells what is wrong, and where */
    static ServiceObjects read(Path file, StringPool pool) throws ConfigException {
        final ServiceFile reader = new ServiceFile(file, pool);
        try (InputStream in = Files.newInputStream(file); JsonParser parser = ObjectText.parser(in)) {
            reader.documents(parser);
            reader.problems.throwIfAny(MOST_PROBLEMS);
            return reader.objects;
        } catch (JsonProcessingException e) {
            final int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw reader.refused(line, ObjectText.problem(e));
        } catch (NoSuchFileException e) {
            throw reader.refused(0, "no such file");
        } catch (IOException e) {
            throw reader.refused(0, "cannot be read: " + e.getMessage());
        }
    }

    private void documents(JsonParser parser) throws IOException, ConfigException {
        int number = 0;
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            number++;
            final String path = "document " + number;
            if (token == JsonToken.START_OBJECT) {
                document(parser, path);
            } else if (token != JsonToken.VALUE_NULL && !isEmptyText(parser)) {
                throw refused(parser.currentTokenLocation().getLineNr(), path + ": must be a mapping, as in"
                        + " kubectl get -o yaml");
            }
        }
    }

    private void document(JsonParser parser, String path) throws IOException, ConfigException {
        final int line = parser.currentTokenLocation().getLineNr();
        final ObjectTree tree = new ObjectTree(parser);
        final ObjectNode root = JsonNodeFactory.instance.objectNode();
        boolean list = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            if (!list && parser.currentName().equals("items")) {
                list = true;
                items(parser, tree, path, root.path("kind").asText());
            } else {
                tree.entry(root);
            }
        }
        if (!list) {
            object(root, path, line, "");
        }
    }

    /** @param listKind kind of the list as far as it is known: kubectl writes it behind the items */
    private void items(JsonParser parser, ObjectTree tree, String path, String listKind)
            throws IOException, ConfigException {
        final JsonToken start = parser.nextToken();
        if (start == JsonToken.VALUE_NULL || isEmptyText(parser)) {
            return;
        }
        if (start != JsonToken.START_ARRAY) {
            throw refused(parser.currentTokenLocation().getLineNr(), path + ".items: must be a list");
        }
        final String kind = listKind.endsWith("List") ? listKind.substring(0, listKind.length() - 4) : "";
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            final int line = parser.currentTokenLocation().getLineNr();
            object(tree.value(), path + ".items[" + i + "]", line, kind);
        }
    }

    private void object(JsonNode node, String path, int line, String defaultKind) {
        lines.put(path, line);
        final Section root = new Value(node, path, problems).section();
        final Value kindKey = root.value("kind");
        final String kind = kindKey.isAbsent() && !defaultKind.isEmpty() ? defaultKind
                : kindKey.requiredText("Service or EndpointSlice");
        if ("Service".equals(kind)) {
            final ServiceSpec service = services.read(root);
            objects.services.add(service);
        } else if ("EndpointSlice".equals(kind)) {
            final EndpointSliceSpec slice = slices.read(root);
            if (slice != null) {
                objects.slices.add(slice);
            }
        } else if (kind != null) {
            objects.warnings.add(file + ":" + line + ": " + path + ": a " + kind + " is passed over; only Service and"
                    + " EndpointSlice are read");
        }
        lines.remove(path);
    }

    private static boolean isEmptyText(JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.VALUE_STRING && parser.getText().isEmpty();
    }

    private ConfigException refused(int line, String message) {
        return new ConfigException(List.of(file + (line > 0 ? ":" + line : "") + ": " + message));
    }
}
