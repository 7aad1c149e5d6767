package dev.ringway.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/**
 * What a list says of its items, which need not say it themselves in lists of one kind.
 *
 * @param kind       as in ServiceList; empty: not known
 * @param apiVersion empty: not known
 */
record ListHeader(String kind, String apiVersion) {
    static final ListHeader NONE = new ListHeader("", "");

    static ListHeader of(JsonNode list) {
        return new ListHeader(list.path("kind").asText(), list.path("apiVersion").asText());
    }

    boolean isWhole() {
        return !kind.isEmpty() && !apiVersion.isEmpty();
    }

    /**
     * Looks for it in the whole text: where keys are sorted, kind comes behind the items.
     *
     * @param number of the document, from 1
     */
    static ListHeader find(ServiceText text, int number) throws IOException, ConfigException {
        try (JsonParser parser = text.parser()) {
            for (int i = 1; i < number; i++) {
                parser.nextToken();
                parser.skipChildren();
            }
            parser.nextToken();
            final PlacedMapping header = new PlacedMapping();
            final ObjectTree trees = new ObjectTree(parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                if (parser.currentName().equals("kind") || parser.currentName().equals("apiVersion")) {
                    trees.entry(header);
                } else {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
            return of(header);
        }
    }
}
