package dev.ringway.podnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** An operation of the control socket. Runs on a connection's thread, several at the same time. */
public interface ControlOp {
    /** What requests call it. */
    String name();

    /**
     * @param arguments the request's {@code args}, an empty mapping if it has none
     * @return the answer's {@code result}, or null if it has none
     * @throws ControlException to refuse with a code
     * @throws IOException      to answer that it failed
     */
    JsonNode run(JsonNode arguments) throws ControlException, IOException;
}
