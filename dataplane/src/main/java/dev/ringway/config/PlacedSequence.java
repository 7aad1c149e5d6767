package dev.ringway.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Arrays;

/** A list that knows where its entries stood. Entries are only added. */
@SuppressWarnings("unchecked") // of the library's own deepCopy
final class PlacedSequence extends ArrayNode {
    private static final long serialVersionUID = 1L;

    private long[] places = new long[4];

    PlacedSequence() {
        super(JsonNodeFactory.instance);
    }

    void add(long place, JsonNode value) {
        if (size() == places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        places[size()] = place;
        add(value);
    }

    long place(int index) {
        return places[index];
    }
}
