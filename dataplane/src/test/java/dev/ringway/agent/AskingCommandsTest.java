package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that ask for more than a word, against a daemon that gives the pages of the test one after the other. */
class AskingCommandsTest {
    @TempDir
    private Path directory;
    private final List<String> requests = new ArrayList<>();

    private static String service(String name, String rest, String... ports) {
        return "{'namespace':'test','name':'" + name + "','type':'ClusterIP'" + rest + ",'ports':["
                + String.join(",", ports) + "]}";
    }

    private static String port(String newFlows, String rest) {
        return "{'name':'http','protocol':'TCP','ipVersion':4,'port':80,'balance':'random','addresses':[{'kind':"
                + "'clusterIP','address':'10.96.0.1','port':80}],'ready':1,'listed':2,'traffic':{'flows':7,"
                + "'openFlows':3,"
                + "'toBackend':{'packets':10,'bytes':2048},'toClient':{'packets':20,'bytes':4096},'refused':1,"
                + "'unanswered':2,'noBackend':4,'synToSynAck':{'count':5,'p50BelowMicros':128,"
                + "'p99AboveMicros':1048576}}"
                + ",'newFlows':" + newFlows + rest + "}";
    }

    private static final String PODS = "{'fromPods':{'decision':'backend','backends':2}}";

    private static String backend(String address, String rest) {
        return "{'address':'" + address + "','port':8080,'state':'ready','weight':1,'node':'node2','newFlows':"
                + "{'fromPods':true}" + rest + "}";
    }

    @Test
    void servicesOfSeveralPagesAreOneTable() throws Exception {
        final Executed output = answer("services", List.of(),
                "{'total':3,'notServed':{'headless':2},'warnings':['odd'],'services':["
                        + service("a", "", port(PODS, "")) + "],'next':'test/a'}",
                "{'services':[" + service("long", "", port("{'fromPods':{'decision':'backend','backends':1},"
                        + "'fromOutside':"
                        + "{'decision':'dropped','backends':0,'why':'none here'}}", "")) + "],'next':'test/long'}",
                "{'services':[" + service("c", "", port("{'fromPods':{'decision':'refused','backends':0,'why':"
                        + "'no endpoints'}}", "")) + "]}");
        assertEquals("""
                SERVICE      TYPE       ADDRESSES         READY  BACKENDS  FLOWS  OPEN  NEW FLOWS  NOTES
                test/a:http  ClusterIP  10.96.0.1:80/TCP      1         2      7     3  2
                test/long:http  ClusterIP  10.96.0.1:80/TCP      1         2      7     3\
                  pods: 1; outside: dropped: none here
                test/c:http     ClusterIP  10.96.0.1:80/TCP      1         2      7     3  refused: no endpoints
                and 2 that are not served (2 headless); give a name to see why
                warning: odd
                """, output.out());
        assertEquals(List.of(
                "{'v':1,'op':'services','args':{'backends':false,'limit':200}}",
                "{'v':1,'op':'services','args':{'backends':false,'limit':200,'after':'test/a'}}",
                "{'v':1,'op':'services','args':{'backends':false,'limit':200,'after':'test/long'}}"), requests);
    }

    @Test
    void aLimitAsksForNoMore() throws Exception {
        final Executed output = answer("services", List.of("--limit", "1"),
                "{'total':3,'services':[" + service("a", "", port(PODS, "")) + "],'next':'test/a'}");
        assertTrue(output.out().endsWith("and 2 more; give a WORD or a higher --limit\n"), output.out());
        assertEquals(List.of("{'v':1,'op':'services','args':{'backends':false,'limit':1}}"), requests);
    }

    @Test
    void aServiceInDetail() throws Exception {
        final Executed output = answer("services", List.of("A", "10.96.0.1"),
                "{'total':1,'services':[" + service("a", ",'sourceRanges':['192.0.2.0/24'],"
                        + "'notCaptured':['198.51.100.9']"
                        + ",'healthCheckNodePort':31000", port(PODS, ",'backends':[" + backend("10.244.2.1",
                        ",'ejected':{'text':'ejected, tried again in 24 s'},'traffic':{'flows':6,'openFlows':2,"
                                + "'toBackend':"
                        + "{'packets':9,'bytes':1024},'toClient':{'packets':8,'bytes':512},'refused':1,'unanswered':0,"
                        + "'synToSynAck':{'p50BelowMicros':4096,'p99BelowMicros':8192}}") + "]")) + ","
                        + service("aa", ",'notServed':'headless: so it is'") + "]}");
        assertEquals("""
                SERVICE      TYPE       ADDRESSES         READY  BACKENDS  FLOWS  OPEN  NEW FLOWS  NOTES
                test/a:http  ClusterIP  10.96.0.1:80/TCP      1         2      7     3  2\
                          not captured: 198.51.100.9

                SERVICE      PACKETS TO BACKENDS    BYTES  PACKETS TO CLIENTS    BYTES  REFUSED  UNANSWERED\
                  NO BACKEND      P50     P99
                test/a:http                   10  2.0 KiB                  20  4.0 KiB        1           2\
                           4  <128 µs  >1.0 s

                SERVICE      BACKEND          STATE                         NEW FLOWS  NODE   ZONE  WEIGHT  FLOWS  OPEN\
                  PACKETS TO    BYTES  PACKETS FROM  BYTES  REFUSED  UNANSWERED      P50      P99
                test/a:http  10.244.2.1:8080  ejected, tried again in 24 s  yes        node2  -          1      6     2\
                           9  1.0 KiB             8  512 B        1           0  <4.1 ms  <8.2 ms

                NOT SERVED  TYPE       BECAUSE
                test/aa     ClusterIP  headless: so it is

                test/a: its load balancer's addresses take clients of 192.0.2.0/24 only
                test/a: load balancers ask for its health at port 31000 of the node
                test/a: what is sent to 198.51.100.9 goes to the load balancer itself (ipMode Proxy)
                """, output.out());
        assertEquals(List.of("{'v':1,'op':'services','args':{'filter':['A','10.96.0.1'],'limit':200}}"), requests);
    }

    private static final String[] IN_PARTS = {
        "{'total':1,'services':[" + service("a", "", port(PODS, ",'backends':[" + backend("10.0.0.1", "") + "]"))
                + "],'next':'x','partial':true}",
        "{'services':[" + service("a", ",'continued':true", port(PODS, ",'continued':true,'backends':["
                + backend("10.0.0.2", "") + "]"), port(PODS, ",'backends':[" + backend("10.0.0.3", "") + "]")) + "]}"};

    @Test
    void whatComesInPartsIsOneInJson() throws Exception {
        final Executed output = answer("services", List.of("--json", "--limit", "1"), IN_PARTS);
        final JsonNode json = new JsonMapper().readTree(output.out());
        assertEquals(1, json.path("total").asInt());
        assertEquals(1, json.path("services").size());
        final JsonNode ports = json.path("services").path(0).path("ports");
        assertEquals(2, ports.size());
        assertEquals(List.of("10.0.0.1", "10.0.0.2"), ports.path(0).path("backends").findValuesAsText("address"));
        assertEquals(List.of("10.0.0.3"), ports.path(1).path("backends").findValuesAsText("address"));
        assertEquals(List.of("{'v':1,'op':'services','args':{'limit':1}}",
                "{'v':1,'op':'services','args':{'limit':1,'after':'x'}}"), requests);
        assertTrue(output.out().startsWith("{\n  \"total\" : 1,\n  \"services\" : [ {\n"), output.out());
    }

    @Test
    void portsAreListedOnceInText() throws Exception {
        final String out = answer("services", List.of("a"), IN_PARTS).out();
        for (int i = 1; i <= 3; i++) {
            assertTrue(out.contains("10.0.0." + i + ":8080"), out);
        }
        assertEquals(2, out.split("10.96.0.1:80/TCP", -1).length - 1, out);
    }

    /** What is printed is whole, whenever the daemon goes. */
    @Test
    void jsonIsWholeWhenTheDaemonGoes() throws Exception {
        final Executed output = answer("services", List.of("--json"), IN_PARTS[0]);
        assertEquals(1, output.status());
        assertEquals(1, new JsonMapper().readTree(output.out()).path("services").size());
        assertTrue(output.err().contains("ringway: "), output.err());
    }

    @Test
    void nothingFound() throws Exception {
        assertEquals("there are no Services\n", answer("services", List.of(), "{'total':0,'services':[]}").out());
        assertEquals("no Service matches 'a b'\n", answer("services", List.of("a", "b"), "{'services':[]}").out());
        assertEquals("{\n  \"total\" : 0,\n  \"services\" : [ ]\n}\n",
                answer("services", List.of("--json"), "{'total':0,'services':[]}").out());
        assertEquals("no flows with 'x'\n", answer("flows", List.of("x"), "{'total':0,'flows':[]}").out());
    }

    private static String flow(String client, int packets, long bytes, String rest) {
        return "{'service':'test/web','protocol':'TCP','client':'" + client + "','address':'198.51.100.7:80','backend':"
                + "'10.244.2.1:8080','seenAs':'10.244.1.0:9','state':'ESTABLISHED','ageSeconds':61,'idleSeconds':1,"
                + "'toBackend':{'packets':" + packets + ",'bytes':" + bytes + "},'toClient':{'packets':0,'bytes':0}"
                + rest + "}";
    }

    @Test
    void flows() throws Exception {
        final Executed output = answer("flows", List.of("web", "tcp", "--top", "age", "--limit", "501"),
                "{'total':9,'flows':[" + flow("192.0.2.1:1", 5, 1024, "") + "],'next':'5/1'}",
                "{'total':9,'flows':[" + flow("192.0.2.1:2", 5, 10, ",'handedOnTo':'node2'").replace("10.244.1.0:9",
                        "192.0.2.1:2") + "]}");
        assertEquals("""
                SERVICE   PROTOCOL  CLIENT       ADDRESS          BACKEND          SEEN AS       STATE\
                              AGE  IDLE  PACKETS\
                  TO BACKEND  TO CLIENT
                test/web  TCP       192.0.2.1:1  198.51.100.7:80  10.244.2.1:8080  10.244.1.0:9  ESTABLISHED\
                  1 min 1 s   1 s        5\
                     1.0 KiB        0 B
                test/web  TCP       192.0.2.1:2  198.51.100.7:80  by node node2    -             ESTABLISHED\
                  1 min 1 s   1 s        5\
                        10 B        0 B
                and 7 more
                """, output.out());
        assertEquals(List.of("{'v':1,'op':'flows','args':{'filter':['web','tcp'],'order':'age','limit':500}}",
                "{'v':1,'op':'flows','args':{'filter':['web','tcp'],'order':'age','limit':500,"
                        + "'after':'5/1'}}"), requests);
    }

    /** The daemon would answer once more, or for good. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--json", "--watch"})
    void nobodyReads(String option) throws Exception {
        final Executed output = answer(Executed::unread, "flows",
                option.isEmpty() ? List.of("--limit", "0") : List.of(option),
                "{'total':1,'flows':[" + flow("192.0.2.1:1", 5, 1000, "") + "],'next':'5/1'}");
        assertEquals(1, output.status());
        assertEquals("", output.err());
        assertEquals(1, requests.size());
    }

    /** The daemon ends after the second look, and so does the watch. */
    @Test
    void watchedFlowsHaveRates() throws Exception {
        final Executed output = answer("flows", List.of("--watch", "--interval", "0.05"),
                "{'clockMs':5000,'total':1,'flows':[" + flow("192.0.2.1:1", 5, 1000, "") + "]}",
                "{'clockMs':7000,'total':2,'flows':[" + flow("192.0.2.1:1", 7, 1 << 30, "") + ","
                        + "" + flow("192.0.2.1:2", 9, 9, "") + "]}");
        assertEquals(1, output.status());
        final String[] lines = output.out().split("\n");
        assertEquals(2, output.out().split("PACKETS/S", -1).length - 1, output.out());
        assertTrue(lines[1].endsWith("  -        -"), output.out());
        assertTrue(lines[4].endsWith("  1  512 MiB"), output.out());
        assertTrue(lines[5].endsWith("  -        -"), "one that was not there: " + output.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"flows --top size", "flows --limit -1", "flows --limit x", "flows --watch --json",
        "flows --watch --limit 0", "flows --watch --interval 0", "services --limit -1", "services --limit x"})
    void wrongUse(String line) {
        final Executed output = Executed.of(line.split(" "));
        assertEquals(2, output.status());
        assertTrue(output.err().contains(line.split(" ")[1]), output.err());
    }

    @Test
    void wrongOrdersAreNamed() {
        assertTrue(Executed.of("flows", "--top", "size").err().startsWith(
                "--top must be bytes, packets, age or idle, not 'size'\n"));
    }

    private static final String DELIVERED = "{'steps':[{'stage':'from','decision':'pod a'},{'stage':'reverse path',"
            + "'decision':'fine'}],'verdict':'delivered','to':'node n2','packet':'A > B'}";

    @Test
    void resolve() throws Exception {
        final Executed output = answer("resolve", List.of("test/a", "[fd00::80]:80", "--source-port", "7"), DELIVERED);
        assertEquals("""
                STAGE         DECISION
                from          pod a
                reverse path  fine
                delivered: to node n2, as A > B
                """, output.out());
        assertEquals(0, output.status());
        assertEquals(List.of("{'v':1,'op':'resolve','args':{'source':'test/a','sourcePort':7,'destination':'fd00::80',"
                + "'port':80}}"), requests);
    }

    @Test
    void resolveTakesServices() throws Exception {
        answer("resolve", List.of("10.0.0.1", "test/web:http"), DELIVERED);
        answer0("resolve", List.of("10.0.0.1", "test/web:80", "--protocol", "udp"), DELIVERED);
        answer0("resolve", List.of("10.0.0.1", "test/web", "--protocol", "icmp"), DELIVERED);
        answer0("resolve", List.of("10.0.0.1", "10.96.0.1", "--protocol", "icmp"), DELIVERED);
        assertEquals(List.of(
                "{'v':1,'op':'resolve','args':{'source':'10.0.0.1','destination':'test/web','port':'http'}}",
                "{'v':1,'op':'resolve','args':{'source':'10.0.0.1','protocol':'UDP','destination':'test/web',"
                        + "'port':80}}",
                "{'v':1,'op':'resolve','args':{'source':'10.0.0.1','protocol':'ICMP','destination':'test/web'}}",
                "{'v':1,'op':'resolve','args':{'source':'10.0.0.1','protocol':'ICMP','destination':'10.96.0.1'}}"),
                requests);
    }

    @Test
    void resolveTellsScripts() throws Exception {
        final Executed refused = answer("resolve", List.of("10.0.0.1", "10.96.0.1:80"),
                "{'steps':[],'verdict':'refused','reason':'SERVICE_REFUSED'}");
        assertEquals(1, refused.status());
        assertTrue(refused.out().endsWith("refused: SERVICE_REFUSED\n"), refused.out());
        final Executed kernel = answer("resolve", List.of("10.0.0.1", "8.8.8.8:80"), "{'steps':[],'verdict':'kernel'}");
        assertEquals(3, kernel.status());
        final String help = Executed.of("resolve", "--help").out();
        assertTrue(help.contains("Exit code: 0"), help);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1 10.97.0.80]:80", "fd00::1 fd00::80:80", "10.0.0.1 10.97.0.80", "10.0.0.1 web:80",
        "web 10.97.0.80:80", "10.0.0.1 10.97.0.80:80 --protocol ICMP", "10.0.0.1 test/web", "10.0.0.1 test/web:",
        "10.0.0.1 test/web:80 --protocol icmp", "10.0.0.1 10.97.0.80:80 --source-port 0", "10.0.0.1 10.97.0.80:0"})
    void wrongQuestions(String line) {
        final Executed output = Executed.of(("resolve " + line).split(" "));
        assertEquals(2, output.status());
        assertEquals("", output.out());
    }

    /** As {@link #answer}, after other requests. */
    private void answer0(String op, List<String> options, String... pages) throws Exception {
        final List<String> before = List.copyOf(requests);
        answer(op, options, pages);
        requests.addAll(0, before);
    }

    /** Runs a command against a daemon that answers so many requests with these. */
    private Executed answer(String op, List<String> options, String... pages) throws Exception {
        return answer(Executed::of, op, options, pages);
    }

    private Executed answer(Function<String[], Executed> run, String op, List<String> options, String... pages)
            throws Exception {
        requests.clear();
        final Path socket = directory.resolve("daemon" + System.nanoTime() + ".sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))) {
            final Thread daemon = Thread.ofPlatform().start(() -> serve(server, pages));
            final List<String> arguments = new ArrayList<>(List.of(op, "--socket", socket.toString()));
            arguments.addAll(options);
            final Executed output = run.apply(arguments.toArray(String[]::new));
            daemon.join();
            return output;
        }
    }

    private void serve(ServerSocketChannel server, String... pages) {
        try (server) {
            for (String page : pages) {
                try (SocketChannel client = server.accept()) {
                    final ByteBuffer buffer = ByteBuffer.allocate(1_000);
                    client.read(buffer);
                    requests.add(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip()
                            .replace('"', '\''));
                    client.write(ByteBuffer.wrap(("{\"v\":1,\"ok\":true,\"result\":" + page.replace('\'', '"') + "}\n")
                            .getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (IOException e) {
            requests.add(e.toString());
        }
    }
}
