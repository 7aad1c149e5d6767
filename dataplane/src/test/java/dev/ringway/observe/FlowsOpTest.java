package dev.ringway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.podnet.ControlException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowsOpTest {
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;

    @TempDir
    private Path directory;
    private ObserveRig rig;
    private FlowsOp op;

    @BeforeEach
    void start() throws Exception {
        rig = new ObserveRig(directory, ObserveRig.service("web", "10.96.0.1", ", type: LoadBalancer, externalIPs:"
                + " [198.51.100.7], ports: [{port: 80, nodePort: 30080}]")
                + ObserveRig.endpoints("web", "10.244.1.12", "10.244.2.11")
                + ObserveRig.service("dns", "10.96.0.10", ", ports: [{name: dns, port: 53, protocol: UDP},"
                        + " {name: sig, port: 99, protocol: SCTP}]"));
        op = new FlowsOp(rig.dataplane, rig.publisher);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private JsonNode run(String arguments) throws Exception {
        return ObserveRig.run(op, arguments);
    }

    private List<String> clients(String arguments) throws Exception {
        final List<String> clients = new ArrayList<>();
        run(arguments).path("flows").forEach(flow -> clients.add(flow.path("client").asText()));
        return clients;
    }

    /** Four flows that differ in all that can be looked for. */
    private void openSome() {
        rig.open(TCP, "10.244.1.11:4000", "10.96.0.1:80", "10.244.2.11:8080");
        rig.open(TCP, "203.0.113.9:5000", "10.244.1.0:30080", "10.244.2.11:8080", "10.244.1.0:1234");
        rig.open(UDP, "10.244.1.12:6000", "10.96.0.10:53", "10.244.2.53:53");
        rig.open(SCTP, "10.244.2.77:7000", "10.96.0.10:99", "10.244.1.12:99");
    }

    @ParameterizedTest
    @CsvSource({
        "10.244.1.11, 10.244.1.11:4000",
        "10.244.1.11:4000, 10.244.1.11:4000",
        "10.244.1.11:4001, ''",
        "10.96.0.1, 10.244.1.11:4000",
        "10.96.0.10, '10.244.1.12:6000 10.244.2.77:7000'",
        "172.30.0.1:30080, 203.0.113.9:5000",
        "10.244.1.0:1234, 203.0.113.9:5000",
        "10.244.2.11:8080, '10.244.1.11:4000 203.0.113.9:5000'",
        "10.244.1.1, ''",
        "TEST/Web, '10.244.1.11:4000 203.0.113.9:5000'",
        "dns:sig, 10.244.2.77:7000",
        "test/a, 10.244.1.11:4000",
        "test/b, '10.244.1.12:6000 10.244.2.77:7000'",
        "node2, '10.244.1.11:4000 10.244.1.12:6000 10.244.2.77:7000 203.0.113.9:5000'",
        "sctp, 10.244.2.77:7000",
        "syn_sent, '10.244.1.11:4000 203.0.113.9:5000'",
        "cookie, 10.244.2.77:7000",
        "10.96, ''",
        "nothing, ''"})
    void oneWord(String word, String expected) throws Exception {
        openSome();
        assertEquals(expected, String.join(" ", new TreeSet<>(clients("{'filter':'" + word + "'}"))));
    }

    @Test
    void allWordsMustMatch() throws Exception {
        openSome();
        assertEquals(List.of("203.0.113.9:5000"), clients("{'filter':['web','node2','203.0.113.9']}"));
        assertEquals(List.of(), clients("{'filter':['web','udp']}"));
        final JsonNode none = run("{'filter':['web','udp']}");
        assertEquals(0, none.path("total").asInt(-1));
    }

    @Test
    void externalClientsAddressIsWhatTheyUsed() throws Exception {
        openSome();
        final JsonNode flow = run("{'filter':'203.0.113.9'}").path("flows").path(0);
        assertEquals("172.30.0.1:30080", flow.path("address").asText());
        assertEquals("10.244.1.0:1234", flow.path("seenAs").asText());
        assertTrue(flow.path("masqueraded").asBoolean());
        assertEquals("test/web", flow.path("service").asText());
        assertEquals("node2", flow.path("backendNode").asText());
        assertFalse(flow.has("clientNode"), flow::toString);
        final JsonNode inside = run("{'filter':'test/a'}").path("flows").path(0);
        assertEquals("test/a", inside.path("clientPod").asText());
        assertEquals("10.244.1.11:4000", inside.path("seenAs").asText());
        assertFalse(inside.path("masqueraded").asBoolean());
    }

    @Test
    void tokensOfExternalAddresses() throws Exception {
        final int token = rig.publisher.current().services().lookup(4, 0xC633_6407L << 32, 0, TCP, 80).port.id;
        final StringBuilder at = new StringBuilder();
        rig.publisher.current().services().forEachFrontend(one -> {
            if (one.token && one.number == 80 && one.port.id == token) {
                at.append("10.244.1.0:").append(one.matchPort());
            }
        });
        rig.open(TCP, "203.0.113.9:5000", at.toString(), "10.244.1.12:8080");
        assertEquals("198.51.100.7:80", run("{'filter':'198.51.100.7:80'}").path("flows").path(0).path("address")
                .asText());
    }

    @Test
    void pings() throws Exception {
        rig.open(ICMP, "10.244.1.11:77", "10.96.0.1", "10.244.1.12");
        final JsonNode flow = run("").path("flows").path(0);
        assertEquals("ICMP", flow.path("protocol").asText());
        assertEquals("10.244.1.11 id 77", flow.path("client").asText());
        assertEquals("10.96.0.1", flow.path("address").asText());
        assertEquals("10.244.1.12", flow.path("backend").asText());
        assertEquals("test/web", flow.path("service").asText());
        assertEquals("QUERY", flow.path("state").asText());
    }

    @Test
    void ordersAndWhatPassed() throws Exception {
        for (int i = 1; i <= 3; i++) {
            final long flow = rig.open(TCP, "10.244.1.11:" + i, "10.96.0.1:80", "10.244.2.11:8080");
            rig.pass(flow, false, 1000 * i);
            for (int j = i; j < 3; j++) {
                rig.pass(flow, true, 10);
            }
        }
        assertEquals(List.of("10.244.1.11:3", "10.244.1.11:2", "10.244.1.11:1"), clients(""));
        assertEquals(List.of("10.244.1.11:1", "10.244.1.11:2", "10.244.1.11:3"), clients("{'order':'packets'}"));
        assertEquals(3, clients("{'order':'age'}").size());
        assertEquals(3, clients("{'order':'idle'}").size());
        final JsonNode first = run("{'order':'packets'}").path("flows").path(0);
        assertEquals(1, first.path("toBackend").path("packets").asInt());
        assertEquals(1000, first.path("toBackend").path("bytes").asInt());
        assertEquals(2, first.path("toClient").path("packets").asInt());
        assertEquals(20, first.path("toClient").path("bytes").asInt());
    }

    /** As many as there are, each once and in order, whatever the size of the pages; many are equal. */
    @Test
    void pages() throws Exception {
        for (int i = 1; i <= 50; i++) {
            rig.pass(rig.open(TCP, "10.244.1.11:" + i, "10.96.0.1:80", "10.244.2.11:8080"), false, 100 * (i % 5));
        }
        final List<String> whole = clients("{'limit':500}");
        assertEquals(50, new TreeSet<>(whole).size());
        final List<String> all = new ArrayList<>();
        String after = "";
        int asked = 0;
        while (after != null) {
            final JsonNode page = run("{'limit':7,'after':'" + after + "'}");
            page.path("flows").forEach(flow -> all.add(flow.path("client").asText()));
            assertEquals(50, page.path("total").asInt());
            after = page.has("next") ? page.path("next").asText() : null;
            asked++;
        }
        assertEquals(whole, all);
        assertEquals(8, asked);
        assertFalse(run("{'limit':50}").has("next"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'limit':0}", "{'limit':501}", "{'limit':'5'}", "{'order':'size'}", "{'filter':5}",
        "{'filter':[5]}", "{'after':'x'}", "{'after':'5'}"})
    void wrongArguments(String arguments) {
        assertEquals("bad-request", assertThrows(ControlException.class, () -> run(arguments)).code());
    }
}
