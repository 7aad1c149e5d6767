package dev.ringway.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.ringway.control.IoText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * A YAML (or JSON) file as a tree, with the line of each key. Built from the parser's tokens rather than by a mapper,
 * because a mapper takes the last of two equal keys, reads an alias as the text of its name, and forgets lines.
 *
 * @param root  the document; an empty one is an empty mapping
 * @param lines line of each key path
 */
record ConfigTree(JsonNode root, Map<String, Integer> lines) {
    private static final long MOST_BYTES = 8 << 20;
    private static final int MOST_DEPTH = 16;
    private static final YAMLFactory YAML = YAMLFactory.builder()
            // So that "off" is the word and not false.
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH)
                    .maxStringLength(65_536).maxNumberLength(20).build())
            .build();

    static ConfigTree read(Path file) throws ConfigException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw refused(file, 0, "larger than " + MOST_BYTES + " bytes: not a configuration");
            }
            return parse(file, Files.readString(file));
        } catch (CharacterCodingException e) {
            throw refused(file, 0, "is not UTF-8");
        } catch (IOException e) {
            throw refused(file, 0, IoText.unreadable(e));
        }
    }

    static ConfigTree parse(Path file, String text) throws ConfigException {
        final Map<String, Integer> lines = new HashMap<>();
        try (YAMLParser parser = YAML.createParser(text)) {
            final Builder builder = new Builder(parser, file, lines);
            final JsonNode root =
                    parser.nextToken() == null ? JsonNodeFactory.instance.objectNode() : builder.value("");
            if (parser.nextToken() != null) {
                throw refused(file, parser.currentTokenLocation().getLineNr(), "holds more than one document");
            }
            if (!root.isObject()) {
                throw refused(file, 1, "must be a mapping of keys to values");
            }
            return new ConfigTree(root, lines);
        } catch (JsonProcessingException e) {
            final int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw refused(file, line, "not YAML: " + (e.getCause() instanceof MarkedYAMLException marked
                    ? marked.getProblem() : e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static ConfigException refused(Path file, int line, String message) {
        return new ConfigException(List.of(file + (line > 0 ? ":" + line : "") + ": " + message));
    }

    private record Builder(YAMLParser parser, Path file, Map<String, Integer> lines) {
        JsonNode value(String path) throws IOException, ConfigException {
            lines.putIfAbsent(path, parser.currentTokenLocation().getLineNr());
            final JsonNodeFactory nodes = JsonNodeFactory.instance;
            return switch (parser.currentToken()) {
                case START_OBJECT -> mapping(path);
                case START_ARRAY -> sequence(path);
                case VALUE_STRING -> {
                    if (parser.isCurrentAlias()) {
                        throw refused(file, parser.currentTokenLocation().getLineNr(),
                                path + ": aliases (*name) are not supported; write the value out");
                    }
                    // A key with nothing behind it reads as empty text.
                    yield parser.getText().isEmpty() ? nodes.nullNode() : nodes.textNode(parser.getText());
                }
                case VALUE_NUMBER_INT -> switch (parser.getNumberType()) {
                    case INT -> nodes.numberNode(parser.getIntValue());
                    case LONG -> nodes.numberNode(parser.getLongValue());
                    default -> nodes.numberNode(parser.getBigIntegerValue());
                };
                case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
                case VALUE_TRUE -> nodes.booleanNode(true);
                case VALUE_FALSE -> nodes.booleanNode(false);
                default -> nodes.nullNode();
            };
        }

        private ObjectNode mapping(String path) throws IOException, ConfigException {
            final ObjectNode mapping = JsonNodeFactory.instance.objectNode();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                final String key = parser.currentName();
                final int line = parser.currentTokenLocation().getLineNr();
                final String at = path.isEmpty() ? key : path + "." + key;
                if (mapping.has(key)) {
                    throw refused(file, line, at + ": given twice, first in line " + lines.get(at));
                }
                lines.put(at, line);
                parser.nextToken();
                mapping.set(key, value(at));
            }
            return mapping;
        }

        private ArrayNode sequence(String path) throws IOException, ConfigException {
            final ArrayNode sequence = JsonNodeFactory.instance.arrayNode();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                sequence.add(value(path + "[" + sequence.size() + "]"));
            }
            return sequence;
        }
    }
}
