package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes that know each other, and Services, from an API server outside only. */
final class KubernetesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String API = "http://172.31.0.254:6443";
    private static final String VIP = "10.97.0.40";
    private static final String CLIENT = TestCluster.pod(1, 1);

    private TestCluster cluster;
    private Path objects;
    private Process api;
    private Process door;

    @BeforeEach
    void build() {
        cluster = new TestCluster(TestCluster.Options.vxlan().source("kubernetes")
                .extra("kubernetes: {apiServer: \"" + API + "\"}\n"));
        objects = cluster.net.directory().resolve("api");
        startApi();
    }

    @AfterEach
    void remove() {
        cluster.close();
    }

    private void startApi() {
        api = cluster.net.start(cluster.outside, "api", Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp", System.getProperty("java.class.path"), "dev.ringway.control.kubernetes.FakeApiServer", "6444",
                objects.toString());
        // It listens on 127.0.0.1 only.
        door = cluster.net.start(cluster.outside, "door", "socat", "TCP-LISTEN:6443,fork,reuseaddr",
                "TCP:127.0.0.1:6444");
        TestNet.await("the API server", () -> {
            if (!api.isAlive()) {
                throw new AssertionError(cluster.net.read("api"));
            }
            return cluster.net.shell(cluster.outside, "ss -Hltn 'sport = :6444' | grep -q .").ok();
        });
    }

    private void put(String kind, String name, String json) {
        try {
            final Path directory = Files.createDirectories(objects.resolve(kind));
            final Path fresh = objects.resolve("new");
            Files.writeString(fresh, json.replace('\'', '"'));
            Files.move(fresh, directory.resolve(name + ".json"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete(String kind, String name) {
        try {
            Files.delete(objects.resolve(kind).resolve(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void putNode(int n, String ranges) {
        put("nodes", "node" + n, "{'kind':'Node','apiVersion':'v1','metadata':{'name':'node" + n + "','uid':'n" + n
                + "','creationTimestamp':'2026-11-01T08:30:12Z'},'spec':{" + ranges + "},'status':{'addresses':["
                + "{'type':'InternalIP','address':'172.31.0." + n + "'},{'type':'Hostname','address':'node" + n
                + "'}],'conditions':[{'type':'NetworkUnavailable','status':'True'}]}}");
    }

    private static String ranges(int n) {
        return "'podCIDR':'10.245." + n + ".0/24','podCIDRs':['10.245." + n + ".0/24','fd00:245:" + n + "::/64']";
    }

    private void putService(int... nodes) {
        put("services", "web", "{'kind':'Service','apiVersion':'v1','metadata':{'name':'web','namespace':'test'},"
                + "'spec':{'type':'ClusterIP','clusterIP':'" + VIP + "','clusterIPs':['" + VIP + "'],"
                + "'ports':[{'name':'http','protocol':'TCP','port':80,'targetPort':8080}]}}");
        final List<String> endpoints = new ArrayList<>();
        for (int n : nodes) {
            endpoints.add("{'addresses':['" + TestCluster.podAddress(n, 2, 4) + "'],'nodeName':'node" + n
                    + "','conditions':{'ready':true}}");
        }
        put("endpointslices", "web-1", "{'kind':'EndpointSlice','apiVersion':'discovery.k8s.io/v1','metadata':{'name':"
                + "'web-1','namespace':'test','labels':{'kubernetes.io/service-name':'web'}},'addressType':'IPv4',"
                + "'ports':[{'name':'http','protocol':'TCP','port':8080}],'endpoints':[" + String.join(",", endpoints)
                + "]}");
    }

    private void start() {
        putNode(1, ranges(1));
        putNode(2, ranges(2));
        for (int n = 1; n <= 2; n++) {
            cluster.startDaemon(n);
        }
        for (int n = 1; n <= 2; n++) {
            cluster.awaitReady(n);
            awaitPeers(n, 1);
        }
    }

    private void awaitPeers(int n, int count) {
        TestNet.await("node" + n + " to have " + count + " peers; " + cluster.net.read("daemon" + n),
                () -> cluster.query(n, "peers").size() == count);
    }

    private void serve(int n) {
        cluster.net.start(TestCluster.pod(n, 2), "web" + n, "python3", "-c", "import http.server as h\n"
                + "class H(h.BaseHTTPRequestHandler):\n def do_GET(s):\n  s.send_response(200);s.end_headers();"
                + "s.wfile.write(b'web" + n + "')\nh.ThreadingHTTPServer(('', 8080), H).serve_forever()");
        TestNet.await("web" + n, () -> get(TestCluster.pod(n, 2), "127.0.0.1:8080").equals("web" + n));
    }

    private String get(String from, String to) {
        return cluster.net.in(from, "curl", "-sS", "--max-time", "3", "http://" + to + "/").out();
    }

    /** Waits until exactly these answer, over as many requests as leave none of them out by chance. */
    private void awaitAnswers(String... expected) {
        TestNet.await("answers of " + List.of(expected), () -> {
            final Set<String> answers = new TreeSet<>();
            for (int i = 0; i < 20; i++) {
                answers.add(get(CLIENT, VIP));
            }
            return answers.equals(Set.of(expected));
        });
    }

    private void assertPing() {
        for (int version = 4; version <= 6; version += 2) {
            final TestNet.Result ping = cluster.ping(CLIENT, TestCluster.podAddress(2, 1, version));
            assertTrue(ping.ok(), ping.out());
        }
    }

    private String annotation(int n, String key) {
        try {
            return JSON.readTree(objects.resolve("patched/node" + n + ".json").toFile()).path("metadata")
                    .path("annotations").path(key).asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nodesAndServicesComeFromTheApiAndChange() {
        start();
        assertPing();
        assertEquals("172.31.0.2", annotation(2, "flannel.alpha.coreos.com/public-ip"));
        assertEquals("vxlan", annotation(1, "flannel.alpha.coreos.com/backend-type"));
        serve(1);
        serve(2);
        putService(1, 2);
        awaitAnswers("web1", "web2");
        putService(2);
        awaitAnswers("web2");
        putService();
        TestNet.await("a refusal", () -> cluster.net.in(CLIENT, "curl", "-sS", "http://" + VIP).exit() == 7);
        delete("nodes", "node2");
        awaitPeers(1, 0);
        assertFalse(cluster.ping(CLIENT, TestCluster.podAddress(2, 1, 4), "-W", "1").ok());
    }

    /** The switch goes on with its last tables, also after its own restart, and catches up. */
    @Test
    void anOutageOfTheApiIsOutlived() {
        start();
        serve(1);
        serve(2);
        putService(1, 2);
        awaitAnswers("web1", "web2");
        // What was last heard is written down at most every ten seconds.
        TestNet.await("the state's file", () -> Files.exists(cluster.stateDir(1).resolve("kubernetes.json")));
        cluster.net.stop(door);
        cluster.net.stop(api);
        assertPing();
        cluster.stopDaemon(1);
        cluster.startDaemon(1);
        cluster.awaitReady(1);
        assertPing();
        awaitAnswers("web1", "web2");
        assertTrue(cluster.query(1, "services").path("warnings").toString().contains("Kubernetes API"));
        putService(2);
        startApi();
        awaitAnswers("web2");
        TestNet.await("no complaint", () -> cluster.query(1, "services").path("warnings").isEmpty());
    }

    /** A node that is to go on without Ringway has nothing of it left, and its peers know. */
    @Test
    void uninstallLeavesTheNodeClean() {
        start();
        TestNet.await("node1's announcement", () -> annotation(1, "ringway.dev/version").length() > 0);
        final Path bin = cluster.net.directory().resolve("bin");
        final Path conf = cluster.net.directory().resolve("conf");
        TestNet.must(TestCluster.launcher().toString(), "install-cni", "--bin-dir", bin.toString(), "--conf-dir",
                conf.toString());
        final String[] uninstall = {TestCluster.launcher().toString(), "uninstall", "--config",
            cluster.configFile(1).toString(), "--bin-dir", bin.toString(), "--conf-dir", conf.toString()};
        final TestNet.Result refused = cluster.net.in(TestCluster.node(1), uninstall);
        assertTrue(refused.exit() == 1 && refused.out().contains("stop the switch first"), refused.out());
        // A crash leaves most.
        cluster.daemon(1).destroyForcibly();
        TestNet.await("its end", () -> !cluster.daemon(1).isAlive());
        final TestNet.Result done = cluster.net.in(TestCluster.node(1), uninstall);
        assertEquals(0, done.exit(), done.out());
        assertFalse(cluster.net.in(TestCluster.node(1), "ip", "link", "show", "ringway0").ok());
        assertEquals("", cluster.net.in(TestCluster.node(1), "nft", "list", "tables").out());
        TestNet.await("node1 to be forgotten", () -> annotation(1, "ringway.dev/version").isEmpty()
                && annotation(1, "flannel.alpha.coreos.com/public-ip").isEmpty());
        awaitPeers(2, 0);
        assertFalse(Files.exists(bin.resolve("ringway-cni")) || Files.exists(conf.resolve("10-ringway.conflist")));
        assertEquals(List.of(), List.of(cluster.stateDir(1).toFile().list()));
        final TestNet.Result again = cluster.net.in(TestCluster.node(1), uninstall);
        assertEquals(0, again.exit(), again.out());
    }

    /** A node without ranges waits, says so, and starts when it has some. */
    @Test
    void aNodeWithoutRangesWaitsForThem() {
        putNode(1, "");
        cluster.startDaemon(1);
        TestNet.await("the complaint", () -> cluster.net.read("daemon1").contains("Node node1 has no spec.podCIDR"));
        putNode(1, ranges(1));
        cluster.awaitReady(1);
    }
}
