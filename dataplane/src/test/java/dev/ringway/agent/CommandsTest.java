package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands against a daemon that says what the test wants. */
class CommandsTest {
    @TempDir
    private Path directory;

    @Test
    void status() throws Exception {
        assertEquals("""
                node                 node1
                version              1.0
                ready                yes, 412 ms after its start
                process              77, up 1 min 1 s
                underlay             eth0 172.30.0.1, MTU 1500
                encapsulation        vxlan, vni 1, port 4789
                pods' ranges         10.244.1.0/24
                pods' MTU            1450
                threading            shared, shards 1
                pods                 2
                peers                1
                generation           9
                Services             /etc/s.yaml, read 2026-01-01T00:00:00Z before the restart; what it says is not in \
                force since 2026-01-02T00:00:00Z: no such file
                offload udpGso       on
                shard0.receiveDepth  0
                waiting              a/x: no namespace
                """, answered("status", """
                {"node":"node1","version":"1.0","ready":true,"startMs":412,"pid":77,"uptimeMs":61000,
                 "underlay":{"interface":"eth0","address":"172.30.0.1","mtu":1500},
                 "encap":{"type":"vxlan","vni":1,"port":4789},"podCidrs":["10.244.1.0/24"],"mtu":1450,
                 "threading":{"mode":"shared","shards":1},"pods":2,"peers":1,"generation":9,
                 "services":{"source":"/etc/s.yaml","inLine":false,"readAt":"2026-01-01T00:00:00Z","kept":true,
                 "refusedSince":"2026-01-02T00:00:00Z","problem":"no such file"},
                 "offloads":{"udpGso":"on"},"gauges":{"shard0.receiveDepth":0},"waitingPods":{"a/x":"no namespace"}}
                """));
    }

    @Test
    void filesOfServicesAreCheckedWithoutADaemon() throws Exception {
        final Path file = directory.resolve("services.yaml");
        final String service = "kind: Service\nmetadata: {name: a}\nspec: {clusterIP: 10.96.0.1, ports:"
                + " [{port: 80}]}\n";
        Files.writeString(file, service);
        assertEquals(new Executed(0, file + ": 1 Services and 0 EndpointSlices\n", ""),
                Executed.of("services", "--check", file.toString()));
        Files.writeString(file, service.replace("10.96.0.1,", "127.0.0.1, sesionAffinity: None,"));
        assertEquals(new Executed(0, "warning: " + file + ":3:30: Service default/a: spec.sesionAffinity: is no key of"
                + " Kubernetes and is passed over; did you mean sessionAffinity?\nwarning: default/a: the cluster IP"
                + " 127.0.0.1 is a loopback address and is left out\n" + file + ": 1 Services and 0 EndpointSlices\n",
                ""), Executed.of("services", "--check", file.toString()));
        Files.writeString(file, (service.replace("80", "0") + "---\n").repeat(100));
        final Executed broken = Executed.of("services", "--check", directory.toString());
        assertEquals(1, broken.status());
        assertEquals(101, broken.out().lines().count(), "all of them");
        assertTrue(broken.out().startsWith("problem: " + file + ":3:39: Service default/a: spec.ports[0].port:"),
                broken.out());
        Files.writeString(file, "");
        assertEquals(1, Executed.of("services", "--check", file.toString()).status());
        Files.delete(file);
        assertEquals("problem: " + directory + ": the directory holds no file *.yaml, *.yml or *.json",
                Executed.of("services", "--check", directory.toString()).out().lines().findFirst().orElseThrow());
        assertEquals("""
                {
                  "services" : 0,
                  "endpointSlices" : 0,
                  "problems" : [ "%s: no such file" ],
                  "warnings" : [ ]
                }
                """.formatted(file), Executed.of("services", "--json", "--check", file.toString()).out());
    }

    @Test
    void listsOfMetricsAndReasonsNeedNoDaemon() {
        final Executed metrics = Executed.of("metrics", "--list");
        assertEquals(0, metrics.status());
        assertTrue(metrics.out().contains("ringway_dropped_packets_total"), metrics.out());
        final Executed reasons = Executed.of("counters", "--reasons");
        assertEquals(0, reasons.status());
        assertTrue(reasons.out().contains("SPOOFED_SOURCE"), reasons.out());
        assertEquals(2, Executed.of("metrics").status());
        assertEquals(2, Executed.of("counters", "--markdown").status());
    }

    @Test
    void pods() throws Exception {
        assertEquals("""
                POD  CONTAINER      ADDRESSES     INTERFACE  SHARD  RX PACKETS       RX  TX PACKETS     TX  DROPS  NETNS
                a/x  -              10.0.0.1,::1  eth0           0           1  1.0 KiB           2  100 B      3  /n/x
                a/y  0123456789abc  10.0.0.2      net1           0           0      0 B           0    0 B      0  /n/y
                """, answered("pods", """
                [{"name":"a/x","addresses":["10.0.0.1","::1"],"interface":"eth0","shard":0,"netns":"/n/x",
                  "counters":{"rxPackets":1,"rxBytes":1024,"txPackets":2,"txBytes":100,"drops":3}},
                 {"name":"a/y","containerId":"0123456789abcdef","addresses":["10.0.0.2"],"interface":"net1","shard":0,
                  "netns":"/n/y","counters":{"rxPackets":0,"rxBytes":0,"txPackets":0,"txBytes":0,"drops":0}}]
                """));
        assertEquals("no pods are connected\n", answered("pods", "[]"));
    }

    @Test
    void routes() throws Exception {
        assertEquals("PREFIX  VIA\n::/0    host\n", answered("routes", "[{\"prefix\":\"::/0\",\"via\":\"host\"}]"));
    }

    @Test
    void peers() throws Exception {
        assertEquals("""
                NODE  ADDRESS  MAC                PODS    PATH MTU  RX PACKETS   RX  TX PACKETS   TX  DROPS
                n2    ::2      02:00:00:00:00:02  a/1,b2      1500           0  0 B           0  0 B      0
                """, answered("peers", """
                [{"node":"n2","address":"::2","mac":"02:00:00:00:00:02","podCidrs":["a/1","b2"],"pathMtu":1500,
                  "counters":{"rxPackets":0,"rxBytes":0,"txPackets":0,"txBytes":0,"drops":0}}]
                """));
        assertEquals("this node has no peers\n", answered("peers", "[]"));
    }

    @Test
    void counters() throws Exception {
        final String result = """
                {"packets":{"pods":{"rxPackets":1,"rxBytes":2,"txPackets":3,"txBytes":4}},
                 "drops":{"NO_ROUTE":{"count":5,"label":"no route"},"RING_FULL":{"count":0,"label":"full"}}}
                """;
        assertEquals("""
                TRAFFIC WITH  RX PACKETS   RX  TX PACKETS   TX
                pods                   1  2 B           3  4 B

                DROPPED BECAUSE  PACKETS  MEANING
                NO_ROUTE               5  no route
                """, answered("counters", result));
        assertTrue(answered("counters", result, "--all").endsWith("RING_FULL              0  full\n"));
        assertTrue(answered("counters", "{\"packets\":{},\"drops\":{}}").endsWith("\nnothing was dropped\n"));
    }

    @Test
    void json() throws Exception {
        assertEquals("[ {\n  \"a\" : 1\n} ]\n", answered("routes", "[{\"a\":1}]", "--json"));
    }

    @Test
    void refusalsAndSilenceAreErrors() throws Exception {
        final Executed refused =
                answer("status", "{\"v\":1,\"ok\":false,\"error\":{\"code\":\"x\",\"message\":\"why\"}}\n");
        assertEquals(new Executed(1, "", "ringway: the daemon refused: why\n"), refused);
        final Executed silent = answer("status", "");
        assertEquals(1, silent.status());
        assertTrue(silent.err().contains("closed the connection without an answer"), silent.err());
    }

    @Test
    void withoutADaemonTheWayToStartOneIsTold() {
        final Path socket = directory.resolve("none.sock");
        final Executed output = Executed.of("pods", "--socket", socket.toString());
        assertEquals(1, output.status());
        assertTrue(output.err().contains("no daemon answers at " + socket + " (there is no such socket)")
                && output.err().contains("ringway switch --config FILE"), output.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"switch", "status", "pods", "routes", "peers", "services", "flows", "resolve",
        "counters", "metrics", "lab"})
    void everyCommandHasHelp(String command) {
        final Executed output = Executed.of(command, "--help");
        assertEquals(0, output.status());
        assertTrue(output.out().startsWith("Usage: ringway " + command), output.out());
        assertTrue(Executed.of("--help").out().contains("\n  " + command + " "));
    }

    @Test
    void wrongUse() {
        assertEquals(2, Executed.of("statsu").status());
        assertEquals(2, Executed.of("switch").status());
        assertEquals(2, Executed.of("status", "extra").status());
        assertTrue(Executed.of("--version").out().startsWith("ringway "));
    }

    @Test
    void aPlainStartNeedsNoParser() {
        assertNotNull(SwitchCommand.plain(new String[] {"switch", "--config", "f"}));
        assertNotNull(SwitchCommand.plain(new String[] {"switch", "-v", "--config", "f"}));
        for (String other : new String[] {"", "status", "switch", "switch --config", "switch --config f --config g",
            "switch --config f -x", "switch --help", "switch --config=f", "switch f"}) {
            assertNull(SwitchCommand.plain(other.split(" ")), other);
        }
    }

    private String answered(String op, String result, String... options) throws Exception {
        final Executed output =
                answer(op, "{\"v\":1,\"ok\":true,\"result\":" + result.replace("\n", "") + "}\n", options);
        assertEquals("", output.err());
        assertEquals(0, output.status());
        return output.out();
    }

    /** Runs a command against a daemon that answers one request with this. */
    private Executed answer(String op, String answer, String... options) throws Exception {
        final Path socket = directory.resolve("daemon" + System.nanoTime() + ".sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))) {
            final StringBuilder request = new StringBuilder();
            final Thread daemon = Thread.ofPlatform().start(() -> serve(server, request, answer));
            final String[] arguments = new String[3 + options.length];
            arguments[0] = op;
            arguments[1] = "--socket";
            arguments[2] = socket.toString();
            System.arraycopy(options, 0, arguments, 3, options.length);
            final Executed output = Executed.of(arguments);
            daemon.join();
            assertEquals("{\"v\":1,\"op\":\"" + op + "\"}\n", request.toString());
            return output;
        }
    }

    private static void serve(ServerSocketChannel server, StringBuilder request, String answer) {
        try (SocketChannel client = server.accept()) {
            final ByteBuffer buffer = ByteBuffer.allocate(1_000);
            client.read(buffer);
            request.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            request.append(e);
        }
    }
}
