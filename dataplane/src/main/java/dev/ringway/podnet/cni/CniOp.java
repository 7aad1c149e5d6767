package dev.ringway.podnet.cni;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.podnet.ControlException;
import dev.ringway.podnet.ControlOp;

/** {@code cni}: what the plugin forwards. Errors come with what it is to print, under {@code cni}. */
final class CniOp implements ControlOp {
    private static final System.Logger LOG = System.getLogger(CniOp.class.getName());

    private final CniService service;

    CniOp(CniService service) {
        this.service = service;
    }

    @Override
    public String name() {
        return "cni";
    }

    @Override
    public JsonNode run(JsonNode arguments) throws ControlException {
        try {
            return service.run(CniRequest.parse(arguments));
        } catch (CniException e) {
            LOG.log(WARNING, "CNI " + what(arguments) + " failed: " + e.getMessage()
                    + (e.details().isEmpty() ? "" : " (" + e.details() + ")"));
            throw answer(arguments, e);
        } catch (RuntimeException e) {
            LOG.log(ERROR, "CNI " + what(arguments) + " failed inside the daemon", e);
            throw answer(arguments, new CniException(CniException.INTERNAL, "the Ringway daemon failed: " + e,
                    "its log has more"));
        }
    }

    /** For the log, in which foreign text must not look like lines of ours. */
    private static String what(JsonNode arguments) {
        final String id = arguments.path("containerId").asText();
        return arguments.path("command").asText().replaceAll("[^A-Z]", "?") + " of "
                + (CniRequest.isContainerId(id) ? id : "?");
    }

    private static ControlException answer(JsonNode arguments, CniException e) {
        final ObjectNode error = JsonNodeFactory.instance.objectNode();
        error.put("cniVersion", CniRequest.version(arguments)).put("code", e.code()).put("msg", e.getMessage());
        if (!e.details().isEmpty()) {
            error.put("details", e.details());
        }
        return new ControlException("cni", e.getMessage(), error);
    }
}
