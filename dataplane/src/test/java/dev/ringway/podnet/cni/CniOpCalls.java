package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.ringway.podnet.ControlException;
import dev.ringway.podnet.ControlOp;
import java.io.IOException;

/** Calls of the operation as the control socket makes them. */
final class CniOpCalls {
    private CniOpCalls() {
    }

    /** The result (null if there is none), or the error as the plugin prints it. */
    static JsonNode run(ControlOp op, JsonNode arguments) {
        try {
            final JsonNode result = op.run(arguments);
            return result == null ? NullNode.instance : result;
        } catch (ControlException e) {
            return e.detail();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
