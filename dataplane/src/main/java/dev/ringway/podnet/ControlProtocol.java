package dev.ringway.podnet;

import static java.lang.System.Logger.Level.ERROR;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The control socket's language: one JSON object a line each way,
 * {@code {"v":1,"op":"…","args":{…}}} and {@code {"v":1,"ok":true,"result":…}} or
 * {@code {"v":1,"ok":false,"error":{"code":"…","message":"…"}}}. Every request gets an answer, whatever is wrong
 * with it. Stateless; any thread.
 */
final class ControlProtocol {
    /** Bytes of a request, without its line feed: a CNI GC names each pod of the node twice. */
    static final int MOST_REQUEST = 256 << 10;

    private static final System.Logger LOG = System.getLogger(ControlProtocol.class.getName());
    private static final int VERSION = 1;
    private static final int MOST_DEPTH = 32;
    private static final int MOST_REASON = 120;
    private static final List<String> KEYS = List.of("v", "op", "args");

    private final JsonMapper json = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH)
                    .maxDocumentLength(MOST_REQUEST).maxStringLength(MOST_REQUEST).maxNumberLength(40).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private final Map<String, ControlOp> ops = new TreeMap<>();

    ControlProtocol(List<ControlOp> ops) {
        for (ControlOp op : ops) {
            this.ops.put(op.name(), op);
        }
    }

    /** Answers a request; the answer ends with a line feed. */
    byte[] answer(byte[] request, int length) {
        try {
            return success(run(parse(request, length)));
        } catch (ControlException e) {
            return failure(e.code(), e.getMessage(), e.detail());
        } catch (IOException e) {
            return failure("failed", String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            LOG.log(ERROR, "a request on the control socket failed inside the daemon", e);
            return failure("internal", e.toString());
        }
    }

    byte[] failure(String code, String message) {
        return failure(code, message, null);
    }

    private byte[] failure(String code, String message, JsonNode detail) {
        final ObjectNode answer = answer(false);
        final ObjectNode error = answer.putObject("error").put("code", code).put("message", message);
        if (detail != null) {
            error.set(code, detail);
        }
        return line(answer);
    }

    private byte[] success(JsonNode result) {
        final ObjectNode answer = answer(true);
        if (result != null) {
            answer.set("result", result);
        }
        return line(answer);
    }

    private JsonNode parse(byte[] request, int length) throws ControlException {
        try {
            return json.readTree(request, 0, length);
        } catch (JsonProcessingException e) {
            // The parser quotes what it did not understand, up to the whole request.
            final String why = e.getOriginalMessage();
            throw new ControlException("bad-json", "not one JSON object a line: "
                    + why.substring(0, Math.min(why.length(), MOST_REASON)));
        } catch (IOException e) {
            throw new ControlException("bad-json", "not UTF-8: " + e.getMessage());
        }
    }

    private JsonNode run(JsonNode request) throws ControlException, IOException {
        if (request == null || !request.isObject()) {
            throw new ControlException("bad-request", "a request is a JSON object with v, op and perhaps args");
        }
        final JsonNode version = request.path("v");
        if (!version.isInt() || version.intValue() != VERSION) {
            throw new ControlException("bad-version", "v must be " + VERSION + ", the only version this daemon speaks");
        }
        for (Iterator<String> keys = request.fieldNames(); keys.hasNext();) {
            final String key = keys.next();
            if (!KEYS.contains(key)) {
                throw new ControlException("bad-request", "unknown key '" + key + "'; allowed: v, op, args");
            }
        }
        final JsonNode arguments = request.path("args");
        if (!arguments.isMissingNode() && !arguments.isObject()) {
            throw new ControlException("bad-request", "args must be an object");
        }
        final ControlOp op = ops.get(request.path("op").asText());
        if (op == null) {
            throw new ControlException("unknown-op", "op must be one of " + String.join(", ", ops.keySet()));
        }
        return op.run(arguments.isMissingNode() ? JsonNodeFactory.instance.objectNode() : arguments);
    }

    private static ObjectNode answer(boolean ok) {
        return JsonNodeFactory.instance.objectNode().put("v", VERSION).put("ok", ok);
    }

    private byte[] line(ObjectNode answer) {
        try {
            final byte[] bytes = json.writeValueAsBytes(answer);
            final byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
            line[bytes.length] = '\n';
            return line;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes always has a text", e);
        }
    }
}
