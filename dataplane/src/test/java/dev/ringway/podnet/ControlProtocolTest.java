package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlProtocolTest {
    private static final JsonMapper JSON = new JsonMapper();

    private final ControlProtocol protocol = new ControlProtocol(List.of(
            new TestOp("echo", arguments -> arguments),
            new TestOp("refuse", arguments -> {
                throw new ControlException("not-now", "later");
            }),
            new TestOp("fail", arguments -> {
                throw new IOException("disk full");
            }),
            new TestOp("break", arguments -> {
                throw new Bug();
            })));

    /** A mistake of ours, without a stack trace that would fill the test's log. */
    private static final class Bug extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Bug() {
            super("bug", null, false, false);
        }
    }

    @Test
    void argumentsReachTheOperationAndItsResultComesBack() {
        assertEquals("{\"v\":1,\"ok\":true,\"result\":{\"a\":[1,\"ü\"]}}\n",
                text("{\"v\":1,\"op\":\"echo\",\"args\":{\"a\":[1,\"ü\"]}}"));
        assertEquals("{\"v\":1,\"ok\":true,\"result\":{}}\n", text(" { \"op\" : \"echo\" , \"v\" : 1 } "));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"v":1,"op":"refuse"}              | not-now     | later
        {"v":1,"op":"fail"}                | failed      | disk full
        {"v":1,"op":"break"}               | internal    | dev.ringway.podnet.ControlProtocolTest$Bug: bug
        {"v":1,"op":"ech"}                 | unknown-op  | op must be one of break, echo, fail, refuse
        {"v":1}                            | unknown-op  | op must be one of break, echo, fail, refuse
        {"v":1,"op":["echo"]}              | unknown-op  | op must be one of break, echo, fail, refuse
        {"v":2,"op":"echo"}                | bad-version | v must be 1, the only version this daemon speaks
        {"v":"1","op":"echo"}              | bad-version | v must be 1, the only version this daemon speaks
        {"v":1.0,"op":"echo"}              | bad-version | v must be 1, the only version this daemon speaks
        {"op":"echo"}                      | bad-version | v must be 1, the only version this daemon speaks
        {"v":1,"op":"echo","arg":{}}       | bad-request | unknown key 'arg'; allowed: v, op, args
        {"v":1,"op":"echo","args":[]}      | bad-request | args must be an object
        {"v":1,"op":"echo","args":null}    | bad-request | args must be an object
        [{"v":1,"op":"echo"}]              | bad-request | a request is a JSON object with v, op and perhaps args
        null                               | bad-request | a request is a JSON object with v, op and perhaps args
        """)
    void refused(String request, String code, String message) {
        final JsonNode answer = ask(request.getBytes(StandardCharsets.UTF_8));
        assertEquals(false, answer.path("ok").booleanValue());
        assertEquals(code, answer.path("error").path("code").asText());
        assertEquals(message, answer.path("error").path("message").asText());
    }

    @Test
    void anEmptyLine() {
        assertEquals("bad-request", ask(new byte[0]).path("error").path("code").asText());
    }

    @Test
    void whatIsNotJson() {
        for (String request : List.of("{", "{}{}", "{\"v\":1,\"v\":1}", "x".repeat(60_000), "[".repeat(60_000),
                "{\"v\":" + "1".repeat(60_000) + "}", "{'v':1}", "{\"v\":1,}", "NaN", "\u0000")) {
            final JsonNode error = ask(request.getBytes(StandardCharsets.UTF_8)).path("error");
            assertEquals("bad-json", error.path("code").asText(), () -> request.substring(0, 1));
            assertTrue(error.path("message").asText().length() < 200, error.path("message").asText());
        }
    }

    @Test
    void randomBytesAlwaysGetOneLine() {
        final Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            final byte[] request = new byte[random.nextInt(200)];
            random.nextBytes(request);
            assertEquals(false, ask(request).path("ok").booleanValue());
        }
    }

    private JsonNode ask(byte[] request) {
        final byte[] answer = protocol.answer(request, request.length);
        final String line = new String(answer, StandardCharsets.UTF_8);
        assertEquals(line.length() - 1, line.indexOf('\n'));
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    private String text(String request) {
        final byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        return new String(protocol.answer(bytes, bytes.length), StandardCharsets.UTF_8);
    }
}
