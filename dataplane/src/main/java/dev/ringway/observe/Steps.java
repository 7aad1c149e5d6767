package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What one stage after the other has decided about a packet, for people and, in more fields, for programs. */
final class Steps {
    private final ArrayNode all;

    Steps(ArrayNode all) {
        this.all = all;
    }

    /** Adds a stage; what programs may want to know of it is put into the result. */
    ObjectNode add(String stage, String decision) {
        return all.addObject().put("stage", stage).put("decision", decision);
    }
}
