package dev.ringway.config;

import com.fasterxml.jackson.databind.JsonNode;

/** Where a value stands in a tree. Its text and its place are only made when there is something to be said of it. */
final class KeyPath {
    private final KeyPath parent;
    private final JsonNode holder;
    private final String key;
    private final int index;
    private final long rootPlace;

    private KeyPath(KeyPath parent, JsonNode holder, String key, int index, long rootPlace) {
        this.parent = parent;
        this.holder = holder;
        this.key = key;
        this.index = index;
        this.rootPlace = rootPlace;
    }

    /** @param place where the tree begins; 0: not known */
    static KeyPath root(long place) {
        return new KeyPath(null, null, null, 0, place);
    }

    /** @param in the mapping, or null if it is not there */
    KeyPath key(JsonNode in, String name) {
        return new KeyPath(this, in, name, 0, 0);
    }

    /** @param in the list */
    KeyPath item(JsonNode in, int at) {
        return new KeyPath(this, in, null, at, 0);
    }

    /** Line and column, of a key that is missing those of what it is missing from; 0 if the tree does not know. */
    long place() {
        if (parent == null) {
            return rootPlace;
        }
        final long own = holder instanceof PlacedMapping mapping ? mapping.place(key)
                : holder instanceof PlacedSequence sequence ? sequence.place(index) : 0;
        return own != 0 ? own : parent.place();
    }

    /** As in {@code cluster.nodes[1].podCidrs[0]}. */
    @Override
    public String toString() {
        if (parent == null) {
            return "";
        }
        final String before = parent.toString();
        return key == null ? before + "[" + index + "]" : before.isEmpty() ? key : before + "." + key;
    }
}
