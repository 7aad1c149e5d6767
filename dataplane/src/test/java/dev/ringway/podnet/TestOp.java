package dev.ringway.podnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** An operation made of a lambda. */
record TestOp(String name, Body body) implements ControlOp {
    /** What it does. */
    interface Body {
        JsonNode run(JsonNode arguments) throws ControlException, IOException;
    }

    @Override
    public JsonNode run(JsonNode arguments) throws ControlException, IOException {
        return body.run(arguments);
    }
}
