package dev.ringway.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/**
 * What {@code iperf3 -J} said of a TCP run.
 *
 * @param error null if it went well
 */
record IperfResult(double gbitPerSecond, long retransmits, double seconds, String error) {
    static IperfResult failed(String error) {
        return new IperfResult(0, 0, 0, error);
    }

    static IperfResult parse(String json) {
        final JsonNode root;
        try {
            root = Json.parse(json);
        } catch (IOException e) {
            return failed("iperf3 printed no JSON: " + json.strip().lines().findFirst().orElse("nothing"));
        }
        if (root.hasNonNull("error")) {
            return failed(root.get("error").asText());
        }
        final JsonNode received = root.path("end").path("sum_received");
        final double bitsPerSecond = received.path("bits_per_second").asDouble();
        if (bitsPerSecond <= 0) {
            return failed("nothing was received");
        }
        return new IperfResult(bitsPerSecond / 1e9, root.path("end").path("sum_sent").path("retransmits").asLong(),
                received.path("seconds").asDouble(), null);
    }
}
