package dev.ringway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.podnet.ControlException;
import dev.ringway.service.BackendLoad;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServicesOpTest {
    private static final int TCP = 6;

    @TempDir
    private Path directory;
    private ObserveRig rig;
    private ServicesOp op;

    private void start(String... objects) throws Exception {
        rig = new ObserveRig(directory, String.join("", objects));
        op = new ServicesOp(rig.services, rig.dataplane);
    }

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    private JsonNode run(String arguments) throws Exception {
        return ObserveRig.run(op, arguments);
    }

    private JsonNode only(String arguments) throws Exception {
        final JsonNode services = run(arguments).path("services");
        assertEquals(1, services.size(), services::toString);
        return services.path(0);
    }

    private List<String> names(String arguments) throws Exception {
        final List<String> names = new ArrayList<>();
        run(arguments).path("services").forEach(service -> names.add(service.path("name").asText()));
        return names;
    }

    @Test
    void pages() throws Exception {
        final StringBuilder many = new StringBuilder();
        final List<String> expected = new ArrayList<>();
        for (int i = 10; i < 40; i++) {
            many.append(ObserveRig.service("s" + i, "10.96.1." + i, ""));
            expected.add("s" + i);
        }
        start(many.toString());
        assertEquals(expected, names(""));
        assertFalse(run("").has("next"));
        final List<String> all = new ArrayList<>();
        JsonNode page = run("{'limit':7}");
        assertEquals(30, page.path("total").asInt());
        assertTrue(page.path("warnings").isArray());
        int asked = 1;
        while (true) {
            page.path("services").forEach(service -> all.add(service.path("name").asText()));
            if (!page.has("next")) {
                break;
            }
            page = run("{'limit':7,'after':'" + page.path("next").asText() + "'}");
            assertFalse(page.has("total") || page.has("warnings"), "told once");
            asked++;
        }
        assertEquals(expected, all);
        assertEquals(5, asked);
    }

    /** Slices of 250 backends each. */
    private static String slices(String service, int count) {
        final StringBuilder slices = new StringBuilder();
        for (int slice = 0; slice < count; slice++) {
            slices.append("---\nkind: EndpointSlice\nmetadata: {name: ").append(service).append('-').append(slice)
                    .append(", namespace: test, labels: {kubernetes.io/service-name: ").append(service)
                    .append("}}\naddressType: IPv4\n")
                    .append("ports: [{name: http, port: 8080}, {name: more, port: 8081}, {port: 8080}]\nendpoints:\n");
            for (int i = 0; i < 250; i++) {
                slices.append("- {addresses: [10.").append(100 + slice).append(".0.").append(i).append("]}\n");
            }
        }
        return slices.toString();
    }

    /** Where an answer is full behind the last backend of a port or of a Service, nothing is told twice. */
    @Test
    void answersThatEndBetweenPortsAndServices() throws Exception {
        start(ObserveRig.service("a", "10.96.0.1", ", ports: [{name: http, port: 80}, {name: more, port: 81}]"),
                slices("a", 4), ObserveRig.service("b", "10.96.0.2", ""), slices("b", 4),
                ObserveRig.service("none", "10.96.0.3", ""), ObserveRig.service("c", "10.96.0.4", ""), slices("c", 1));
        final List<String> told = new ArrayList<>();
        JsonNode page = run("");
        while (true) {
            for (JsonNode service : page.path("services")) {
                told.add(service.path("name").asText() + (service.path("continued").asBoolean() ? "+" : ""));
                for (JsonNode port : service.path("ports")) {
                    assertFalse(port.has("continued"));
                    told.add(port.path("port").asInt() + "x" + port.path("backends").size());
                }
            }
            if (!page.has("next")) {
                break;
            }
            told.add(page.has("partial") ? "goes on" : "next");
            page = run("{'after':'" + page.path("next").asText() + "'}");
        }
        assertEquals("a 80x1000 goes on a+ 81x1000 next b 80x1000 next c 80x250 none 80x0", String.join(" ", told));
    }

    /** A Service with more backends than an answer may have goes on in the next. */
    @Test
    void largeServicesComeInParts() throws Exception {
        start(ObserveRig.service("a", "10.96.0.1", ""), ObserveRig.service("big", "10.96.0.2", ""), slices("big", 10),
                ObserveRig.service("c", "10.96.0.3", ""));
        JsonNode page = run("");
        assertTrue(page.path("partial").asBoolean());
        final TreeSet<String> seen = new TreeSet<>();
        final List<String> services = new ArrayList<>();
        int asked = 1;
        while (true) {
            int count = 0;
            for (JsonNode service : page.path("services")) {
                services.add(service.path("name").asText() + (service.path("continued").asBoolean() ? "+" : ""));
                for (JsonNode backend : service.path("ports").path(0).path("backends")) {
                    seen.add(backend.path("address").asText());
                    count++;
                }
                if (service.path("name").asText().equals("big")) {
                    assertEquals(2500, service.path("ports").path(0).path("ready").asInt());
                    assertEquals(service.path("continued").asBoolean(),
                            service.path("ports").path(0).path("continued").asBoolean());
                }
            }
            assertTrue(count <= 1000, count + " in one answer");
            if (!page.has("next")) {
                break;
            }
            page = run("{'after':'" + page.path("next").asText() + "'}");
            asked++;
        }
        assertEquals(2500, seen.size());
        assertEquals(List.of("a", "big", "big+", "big+", "c"), services);
        assertEquals(4, asked);
        final JsonNode without = run("{'backends':false,'filter':'big'}");
        assertFalse(without.path("services").path(0).path("ports").path(0).has("backends"));
        assertFalse(without.has("next"));
    }

    @ParameterizedTest
    @CsvSource({"WEB, web", "web:HTTP, web", "10.96.0.1, web", "10.96.0.1:80, web", "10.96.0.1:81, ''",
        "10.244.1.12, web", "10.244.1.12:8080, web", "198.51.100.9, web", "172.30.0.1:30080, web", "test/, 'db web'",
        "10.96., ''"})
    void filters(String word, String expected) throws Exception {
        start(ObserveRig.service("web", "10.96.0.1", ", type: LoadBalancer, ports: [{name: http, port: 80, nodePort:"
                + " 30080}]").replaceFirst("}\n$", "}\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.9, ipMode:"
                + " Proxy}]}}\n"), ObserveRig.endpoints("web", "10.244.1.12").replace("[{port", "[{name: http, port"),
                ObserveRig.service("db", "10.96.0.2", ""));
        assertEquals(expected, String.join(" ", names("{'filter':'" + word + "'}")));
        assertEquals(List.of(), names("{'filter':['web','db']}"));
    }

    @Test
    void whatIsNotServed() throws Exception {
        start(ObserveRig.service("web", "10.96.0.1", ""), ObserveRig.service("headless", "None", ""),
                ObserveRig.service("headless2", "None", ""),
                "---\nkind: Service\nmetadata: {name: dns, namespace: test}\nspec: {type: ExternalName, externalName:"
                        + " example.com}\n",
                ObserveRig.service("foreign", "10.96.0.2", "").replace("namespace: test}", "namespace: test, labels:"
                        + " {service.kubernetes.io/service-proxy-name: other}}"));
        final JsonNode all = run("");
        assertEquals(1, all.path("total").asInt());
        assertEquals(1, all.path("services").size());
        assertEquals("{\"ExternalName\":1,\"another proxy's\":1,\"headless\":2}",
                all.path("notServed").toString());
        for (String name : List.of("headless2", "dns", "foreign")) {
            final JsonNode one = only("{'filter':'test/" + name + "'}");
            assertEquals(name, one.path("name").asText());
            assertTrue(one.path("notServed").asText().length() > 20, one::toString);
        }
        assertFalse(only("{'filter':'web'}").has("notServed"));
    }

    @Test
    void rangesHealthChecksAndProxies() throws Exception {
        start(ObserveRig.service("web", "10.96.0.1", ", type: LoadBalancer, externalTrafficPolicy: Local,"
                + " healthCheckNodePort: 31000, loadBalancerSourceRanges: [192.0.2.0/24], ports: [{port: 80, nodePort:"
                + " 30080}]").replaceFirst("}\n$", "}\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.9, ipMode:"
                + " Proxy}, {ip: 198.51.100.10}]}}\n"));
        final JsonNode web = only("{'filter':'web'}");
        assertEquals("[\"192.0.2.0/24\"]", web.path("sourceRanges").toString());
        assertEquals("[\"198.51.100.9\"]", web.path("notCaptured").toString());
        assertEquals(31000, web.path("healthCheckNodePort").asInt());
    }

    private JsonNode newFlows(String name) throws Exception {
        return only("{'filter':'test/" + name + "'}").path("ports").path(0).path("newFlows");
    }

    /** What decides is what decides about packets: policies, readiness, weights, ejections. */
    @Test
    void newFlows() throws Exception {
        final String nodePort = ", type: NodePort, ports: [{port: 80, nodePort: 3000";
        start(ObserveRig.service("none", "10.96.0.1", ""),
                ObserveRig.service("unready", "10.96.0.2", ""), ObserveRig.endpoints("unready", "10.244.2.11")
                        .replace("nodeName", "conditions: {ready: false, serving: false}, nodeName"),
                ObserveRig.service("external", "10.96.0.3", nodePort + "1}], externalTrafficPolicy: Local"),
                ObserveRig.endpoints("external", "10.244.2.11"),
                ObserveRig.service("internal", "10.96.0.4", ", internalTrafficPolicy: Local"),
                ObserveRig.endpoints("internal", "10.244.2.11"),
                ObserveRig.service("both", "10.96.0.5", nodePort + "2}], externalTrafficPolicy: Local"),
                ObserveRig.endpoints("both", "10.244.1.11", "10.244.2.11"),
                ObserveRig.service("weightless", "10.96.0.6", ""), ObserveRig.endpoints("weightless", "10.244.2.11",
                        "10.244.2.12").replace("labels:", "annotations: {ringway.dev/weights: '10.244.2.11=0,"
                        + "10.244.2.12=0'}, labels:"));
        assertEquals("{\"fromPods\":{\"decision\":\"refused\",\"backends\":0,\"why\":\"no endpoints\"}}",
                newFlows("none").toString());
        assertEquals("no endpoint is ready", newFlows("unready").path("fromPods").path("why").asText());
        assertEquals(1, newFlows("external").path("fromPods").path("backends").asInt());
        assertEquals("dropped", newFlows("external").path("fromOutside").path("decision").asText());
        assertEquals("no endpoint on this node, externalTrafficPolicy Local",
                newFlows("external").path("fromOutside").path("why").asText());
        assertEquals("no endpoint on this node, internalTrafficPolicy Local",
                newFlows("internal").path("fromPods").path("why").asText());
        assertEquals(2, newFlows("both").path("fromPods").path("backends").asInt());
        assertEquals(1, newFlows("both").path("fromOutside").path("backends").asInt());
        assertEquals(2, newFlows("weightless").path("fromPods").path("backends").asInt());
        assertEquals("all have weight 0, which counts as equal", newFlows("weightless").path("fromPods").path("why")
                .asText());
        final JsonNode both = only("{'filter':'test/both'}").path("ports").path(0).path("backends");
        assertEquals("{\"fromPods\":true,\"fromOutside\":true}", both.path(0).path("newFlows").toString());
        assertEquals("{\"fromPods\":true,\"fromOutside\":false}", both.path(1).path("newFlows").toString());
    }

    /** A backend answers a new connection by a reset. */
    private void refuse(String backend, int clientPort) {
        rig.meter.answered(rig.open(TCP, "10.244.1.11:" + clientPort, "10.96.0.1:80", backend), true, 100, rig.nowS);
        rig.load.tell(rig.nowS);
    }

    @Test
    void topologyHints() throws Exception {
        start(ObserveRig.service("web", "10.96.0.1", ""), ObserveRig.endpoints("web", "10.244.1.11", "10.244.2.11")
                .replace("nodeName: node1", "nodeName: node1, hints: {forZones: [{name: zone-a}]}")
                .replace("nodeName: node2", "nodeName: node2, hints: {forZones: [{name: zone-b}]}"));
        final JsonNode port = only("").path("ports").path(0);
        assertEquals("zone zone-a", port.path("topologyHint").asText());
        assertEquals(1, port.path("newFlows").path("fromPods").path("backends").asInt());
        assertTrue(port.path("backends").path(0).path("newFlows").path("fromPods").asBoolean());
        assertFalse(port.path("backends").path(1).path("newFlows").path("fromPods").asBoolean());
    }

    @Test
    void ejectedBackends() throws Exception {
        start(ObserveRig.service("web", "10.96.0.1", ""), ObserveRig.endpoints("web", "10.244.1.11", "10.244.2.11"));
        refuse("10.244.2.11:8080", 1);
        refuse("10.244.2.11:8080", 2);
        rig.dataplane.ejections.add(rig.load.ejections());
        JsonNode port = only("").path("ports").path(0);
        final JsonNode ejected = port.path("backends").path(1).path("ejected");
        assertTrue(ejected.path("retrySeconds").asInt() > 20 && ejected.path("retrySeconds").asInt() <= 30,
                port::toString);
        assertEquals("ejected, tried again in " + ejected.path("retrySeconds").asInt() + " s",
                ejected.path("text").asText());
        assertFalse(port.path("backends").path(1).path("newFlows").path("fromPods").asBoolean());
        assertFalse(port.path("backends").path(0).has("ejected"));
        assertEquals(1, port.path("newFlows").path("fromPods").path("backends").asInt());
        refuse("10.244.1.11:8080", 3);
        refuse("10.244.1.11:8080", 4);
        rig.dataplane.ejections.set(0, rig.load.ejections());
        port = only("").path("ports").path(0);
        assertEquals("all are ejected, one of them is tried all the same",
                port.path("newFlows").path("fromPods").path("why").asText());
        // Another shard does not know of it.
        rig.dataplane.ejections.add(new BackendLoad(2, 30).ejections());
        port = only("").path("ports").path(0);
        assertEquals(2, port.path("newFlows").path("fromPods").path("backends").asInt());
        assertTrue(port.path("backends").path(0).path("ejected").path("text").asText()
                .startsWith("ejected by 1 of 2 shards, tried again in "), port::toString);
    }

    @Test
    void whatHasGoneThrough() throws Exception {
        start(ObserveRig.service("web", "10.96.0.1", ""), ObserveRig.endpoints("web", "10.244.1.11", "10.244.2.11"));
        final long closed = rig.open(TCP, "10.244.1.12:1", "10.96.0.1:80", "10.244.2.11:8080");
        rig.pass(closed, false, 100);
        rig.pass(closed, true, 1000);
        rig.meter.answered(closed, false, 3000, rig.nowS);
        rig.flows.remove(closed);
        final long open = rig.open(TCP, "10.244.1.12:2", "10.96.0.1:80", "10.244.2.11:8080");
        rig.pass(open, false, 50);
        rig.meter.answered(open, false, 100, rig.nowS);
        rig.meter.noBackend(rig.frontend(TCP, "10.96.0.1:80").port);
        final JsonNode port = only("").path("ports").path(0);
        final JsonNode traffic = port.path("traffic");
        assertEquals(2, traffic.path("flows").asInt());
        assertEquals(1, traffic.path("openFlows").asInt());
        assertEquals("{\"packets\":2,\"bytes\":150}", traffic.path("toBackend").toString());
        assertEquals("{\"packets\":1,\"bytes\":1000}", traffic.path("toClient").toString());
        assertEquals(1, traffic.path("noBackend").asInt());
        assertEquals("{\"count\":2,\"meanMicros\":1550,\"p50BelowMicros\":128,\"p99BelowMicros\":4096}",
                traffic.path("synToSynAck").toString());
        final JsonNode busy = port.path("backends").path(1).path("traffic");
        assertEquals(1, busy.path("openFlows").asInt());
        assertEquals(150, busy.path("toBackend").path("bytes").asInt());
        assertEquals(4096, busy.path("synToSynAck").path("p99BelowMicros").asInt());
        final JsonNode idle = port.path("backends").path(0).path("traffic");
        assertEquals(0, idle.path("flows").asInt());
        assertEquals("{\"count\":0}", idle.path("synToSynAck").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'limit':0}", "{'limit':201}", "{'filter':7}", "{'backends':'no'}", "{'after':'a/b#1'}",
        "{'after':'a/b#x#1'}", "{'after':7}"})
    void wrongArguments(String arguments) throws Exception {
        start(ObserveRig.service("web", "10.96.0.1", ""));
        assertEquals("bad-request", assertThrows(ControlException.class, () -> run(arguments)).code());
    }
}
