package dev.ringway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What load balancers of clouds are told, as kube-proxy tells it. */
class ProxyHealthServerTest {
    @ParameterizedTest
    @CsvSource({"/healthz, true, true, 200", "/healthz, true, false, 503", "/healthz, false, true, 503",
        "/livez, true, false, 200", "/livez, false, true, 503"})
    void answers(String path, boolean healthy, boolean eligible, int status) throws Exception {
        final ProxyHealthServer.Status node = new ProxyHealthServer.Status() {
            @Override
            public boolean isHealthy() {
                return healthy;
            }

            @Override
            public boolean isEligible() {
                return eligible;
            }

            @Override
            public long lastUpdatedMs() {
                return 1_700_000_000_000L;
            }

            @Override
            public boolean has(int version) {
                return version == 6;
            }
        };
        try (ProxyHealthServer server = new ProxyHealthServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), node);
                HttpClient client = HttpClient.newHttpClient()) {
            final URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
            final HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(status, response.statusCode());
            final JsonNode body = new ObjectMapper().readTree(response.body());
            assertEquals(status == 200 ? body.path("currentTime").asText() : "2023-11-14T22:13:20Z",
                    body.path("lastUpdated").asText());
            assertTrue(body.path("currentTime").asText().startsWith("20"), response.body());
            assertEquals(path.equals("/livez") ? "" : Boolean.toString(eligible), body.path("nodeEligible").asText());
            assertEquals(healthy, body.path("healthy").asBoolean());
            assertEquals("{\"IPv6\":{\"lastUpdated\":\"2023-11-14T22:13:20Z\",\"healthy\":" + healthy + "}}",
                    body.path("status").toString());
            final HttpResponse<String> other = client.send(HttpRequest.newBuilder(uri.resolve("/metrics")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(404, other.statusCode());
            for (int i = 0; i < 4; i++) {
                final boolean livez = i >= 2;
                final boolean good = (i & 1) == 0;
                assertEquals(livez == path.equals("/livez") && good == (status == 200) ? 1 : 0,
                        server.answers(livez, good));
            }
        }
    }
}
