package dev.ringway.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Iterator;

/** A mapping that knows where its keys stood. Entries are only added. */
@SuppressWarnings("unchecked") // of the library's own deepCopy
final class PlacedMapping extends ObjectNode {
    private static final long serialVersionUID = 1L;

    private long[] places = new long[4];

    PlacedMapping() {
        super(JsonNodeFactory.instance);
    }

    /** Adds a key that is not there yet. */
    void add(String key, long place, JsonNode value) {
        if (size() == places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        places[size()] = place;
        set(key, value);
    }

    /** Where a key stood; 0 if it is not there. */
    long place(String key) {
        int i = 0;
        for (Iterator<String> keys = fieldNames(); keys.hasNext(); i++) {
            if (keys.next().equals(key)) {
                return places[i];
            }
        }
        return 0;
    }
}
