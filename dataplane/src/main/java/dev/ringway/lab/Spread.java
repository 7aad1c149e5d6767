package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.linux.NetNs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How requests to the demo Service spread over its backends.
 *
 * @param when     what was going on
 * @param answers  how many each pod answered
 * @param failed   requests without an answer
 * @param expected pods that must have answered, and no others; empty: any, as in the moment of a change
 */
record Spread(String when, Endpoint from, Map<String, Integer> answers, int failed, Set<String> expected)
        implements Finding {
    static final int REQUESTS = 60;
    private static final int MOST_MS = 2000;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: web\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Sends one request after the other, each in a connection of its own, from inside the namespace. */
    static Spread measure(String when, Endpoint from, Set<String> expected) {
        try {
            return NetNs.call(NetNs.path(from.namespace()), () -> {
                final Map<String, Integer> answers = new TreeMap<>();
                int failed = 0;
                for (int i = 0; i < REQUESTS; i++) {
                    try {
                        answers.merge(request(), 1, Integer::sum);
                    } catch (IOException e) {
                        failed++;
                    }
                }
                return new Spread(when, from, answers, failed, expected);
            });
        } catch (IOException e) {
            throw new LabException("requests from " + from.label() + ": " + e.getMessage());
        }
    }

    private static String request() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(MOST_MS);
            socket.connect(new InetSocketAddress(DemoService.CLUSTER_IP, DemoService.PORT), MOST_MS);
            socket.getOutputStream().write(REQUEST);
            final String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            final int body = answer.indexOf("\r\n\r\n");
            if (body < 0) {
                throw new IOException("no answer");
            }
            return answer.substring(body).strip();
        }
    }

    @Override
    public boolean ok() {
        return expected.isEmpty() || failed == 0 && answers.keySet().equals(expected);
    }

    @Override
    public String complaint() {
        return "Service web, " + when + ": expected answers of " + expected + " alone, but " + answers + ", " + failed
                + " failed; again: ringway lab exec " + from.label() + " curl http://" + DemoService.CLUSTER_IP + "/";
    }

    @Override
    public ObjectNode json() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("when", when).put("from", from.label())
                .put("ok", ok()).put("requests", REQUESTS).put("failed", failed);
        final ObjectNode counts = json.putObject("answers");
        answers.forEach(counts::put);
        return json;
    }
}
