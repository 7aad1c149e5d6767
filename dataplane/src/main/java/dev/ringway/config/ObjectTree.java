package dev.ringway.config;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;

/**
 * Kubernetes objects out of a parser's tokens, without what says nothing: keys with null or empty text, and the long
 * {@code managedFields}.
 */
record ObjectTree(JsonParser parser) {
    private static final String SKIPPED = "managedFields";
    private static final String LABELS = "labels";

    /** The value that the parser is at. */
    JsonNode value() throws IOException {
        final JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping();
            case START_ARRAY -> sequence();
            case VALUE_STRING -> text();
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

    /** Reads on with the value of the key that the parser is at, into the mapping. */
    void entry(ObjectNode mapping) throws IOException {
        final String key = parser.currentName();
        if (mapping.has(key)) {
            throw new JsonParseException(parser, "the key '" + key + "' is given twice");
        }
        parser.nextToken();
        if (SKIPPED.equals(key)) {
            parser.skipChildren();
            return;
        }
        final boolean labels = LABELS.equals(key) && parser.currentToken() == JsonToken.START_OBJECT;
        final JsonNode value = labels ? labels() : value();
        if (!value.isNull()) {
            mapping.set(key, value);
        }
    }

    /** That a label is there says something, even if it is empty. */
    private ObjectNode labels() throws IOException {
        final ObjectNode labels = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            final String label = parser.currentName();
            parser.nextToken();
            final JsonNode value = value();
            labels.set(label, value.isNull() ? JsonNodeFactory.instance.textNode("") : value);
        }
        return labels;
    }

    private ObjectNode mapping() throws IOException {
        final ObjectNode mapping = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            entry(mapping);
        }
        return mapping;
    }

    private ArrayNode sequence() throws IOException {
        final ArrayNode sequence = JsonNodeFactory.instance.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            sequence.add(value());
        }
        return sequence;
    }

    private JsonNode text() throws IOException {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw new JsonParseException(parser, "aliases (*name) are not supported; write the value out");
        }
        final String text = parser.getText();
        return text.isEmpty() ? JsonNodeFactory.instance.nullNode() : JsonNodeFactory.instance.textNode(text);
    }
}
