package dev.ringway.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.List;

/**
 * Kubernetes objects out of a parser's tokens, with the place of each key, and without what says nothing: keys with
 * null or empty text, and the long {@code managedFields}. That one of {@link #ALWAYS} is there says something even with
 * a null that somebody has written: the API writes it always, so that an object without it is not whole.
 */
final class ObjectTree {
    private static final String SKIPPED = "managedFields";
    private static final String LABELS = "labels";
    private static final List<String> ALWAYS = List.of("endpoints", "ports");
    /** More values make no object that the API would take, of 1.5 MiB; a tree of them would take all memory. */
    private static final int MOST_VALUES = 1 << 18;

    private final JsonParser parser;
    private int values;

    ObjectTree(JsonParser parser) {
        this.parser = parser;
    }

    /** The object that the parser is at. */
    JsonNode object() throws IOException {
        values = 0;
        return value();
    }

    private JsonNode value() throws IOException {
        if (++values > MOST_VALUES) {
            throw refused("one object has more than " + MOST_VALUES + " values");
        }
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
    void entry(PlacedMapping mapping) throws IOException {
        final String key = parser.currentName();
        final long place = newKey(mapping, key);
        parser.nextToken();
        if (SKIPPED.equals(key)) {
            parser.skipChildren();
            return;
        }
        final boolean labels = LABELS.equals(key) && parser.currentToken() == JsonToken.START_OBJECT;
        final JsonNode value = labels ? labels() : value();
        if (!value.isNull() || ALWAYS.contains(key) && parser.currentToken() == JsonToken.VALUE_NULL) {
            mapping.add(key, place, value);
        }
    }

    private long newKey(PlacedMapping mapping, String key) throws IOException {
        if (mapping.has(key)) {
            throw refused("the key '" + key + "' is given twice, first at " + Places.text(mapping.place(key)));
        }
        return Places.of(parser.currentTokenLocation());
    }

    /** That a label is there says something, even if it is empty. */
    private PlacedMapping labels() throws IOException {
        final PlacedMapping labels = new PlacedMapping();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            final String label = parser.currentName();
            final long place = newKey(labels, label);
            parser.nextToken();
            final JsonNode value = value();
            labels.add(label, place, value.isNull() ? JsonNodeFactory.instance.textNode("") : value);
        }
        return labels;
    }

    private PlacedMapping mapping() throws IOException {
        final PlacedMapping mapping = new PlacedMapping();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            entry(mapping);
        }
        return mapping;
    }

    private PlacedSequence sequence() throws IOException {
        final PlacedSequence sequence = new PlacedSequence();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            final long place = Places.of(parser.currentTokenLocation());
            sequence.add(place, value());
        }
        return sequence;
    }

    private JsonNode text() throws IOException {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw refused("aliases (*name) are not supported; write the value out");
        }
        final String text = parser.getText();
        return text.isEmpty() ? JsonNodeFactory.instance.nullNode() : JsonNodeFactory.instance.textNode(text);
    }

    private TextException refused(String message) {
        return new TextException(message, parser.currentTokenLocation());
    }
}
