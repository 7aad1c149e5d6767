package dev.ringway.e2e;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cluster whose nodes read their Services from one file, and whose pods tell who they are on port 8080 over TCP and
 * UDP. ClusterIPs are of 10.97.0.0/16 and fd00:97::/112.
 */
final class ServiceCluster implements AutoCloseable {
    static final int TARGET = 8080;
    private static final String MARK = "mark";

    final TestCluster cluster;
    private int applied;

    /** @param extra more keys of the section {@code services}, two blanks in front, a line each */
    ServiceCluster(TestCluster.Options options, String extra) {
        final TestCluster built = new TestCluster(
                options.extra(options.extra() + "services:\n  file: DIRECTORY/services.yaml\n" + extra));
        cluster = built;
        try {
            for (String script : List.of("sctp.py", "datagram.py", "netexec.py")) {
                script(script);
            }
            write("");
            for (int n = 1; n <= 2; n++) {
                built.startDaemon(n);
            }
            for (int n = 1; n <= 2; n++) {
                built.awaitReady(n);
                for (int p = 1; p <= TestCluster.PODS; p++) {
                    serve(TestCluster.pod(n, p), name(n, p));
                }
            }
        } catch (RuntimeException | Error e) {
            built.close();
            throw e;
        }
    }

    /** Puts a script of this package's resources where programs find it. */
    String script(String name) {
        try (InputStream script = ServiceCluster.class.getResourceAsStream(name)) {
            final Path file = cluster.net.directory().resolve(name);
            Files.copy(script, file, StandardCopyOption.REPLACE_EXISTING);
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String path(String script) {
        return cluster.net.directory().resolve(script).toString();
    }

    static String name(int node, int pod) {
        return "n" + node + "p" + pod;
    }

    /** Starts the server of a namespace and waits for it. */
    Process serve(String namespace, String name) {
        return serve(namespace, name, TARGET, "python3", path("netexec.py"), name, Integer.toString(TARGET));
    }

    /**
     * Starts a server and waits for it.
     *
     * @param name of what it prints
     * @param port that it listens on when it is ready
     */
    Process serve(String namespace, String name, int port, String... command) {
        final Process server = cluster.net.start(namespace, name, command);
        TestNet.await(name + " to serve", () -> {
            if (!server.isAlive()) {
                throw new AssertionError(cluster.net.read(name));
            }
            return cluster.net.shell(namespace, "ss -Hltn 'sport = :" + port + "' | grep -q .").ok();
        });
        return server;
    }

    /** Brings exactly these Services into force on both nodes. */
    void apply(ServiceYaml... services) {
        applied++;
        final StringBuilder yaml = new StringBuilder();
        for (ServiceYaml service : services) {
            yaml.append(service);
        }
        write(yaml.toString() + new ServiceYaml(MARK + applied).clusterIp("10.97.255." + applied % 250)
                .port("TCP", 1, 1, ""));
        for (int n = 1; n <= 2; n++) {
            final int node = n;
            TestNet.await("node" + n + " to read the Services: " + warnings(n), () -> isApplied(node));
        }
    }

    private String warnings(int n) {
        return cluster.query(n, "services").path("warnings").toString();
    }

    private boolean isApplied(int n) {
        final ObjectNode filter = JsonNodeFactory.instance.objectNode().put("filter", "test/" + MARK + applied);
        // One that has been read and not compiled yet has no ports.
        return !cluster.query(n, "services", filter).path("services").path(0).path("ports").isEmpty();
    }

    /** Replaces the nodes' file at once. */
    void write(String yaml) {
        try {
            final Path fresh = cluster.net.directory().resolve("services.new");
            Files.writeString(fresh, yaml);
            Files.move(fresh, cluster.net.directory().resolve("services.yaml"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One HTTP request; what the server told, stripped. */
    TestNet.Result http(String from, String address, int port, String... options) {
        return curl(from, url(address, port), options);
    }

    private TestNet.Result curl(String from, String url, String... options) {
        final String[] command = new String[options.length + 5];
        command[0] = "curl";
        command[1] = "-sS";
        command[2] = "--max-time";
        command[3] = "5";
        System.arraycopy(options, 0, command, 4, options.length);
        command[options.length + 4] = url;
        final TestNet.Result result = cluster.net.in(from, command);
        return new TestNet.Result(result.exit(), result.out().strip());
    }

    static String url(String address, int port) {
        return "http://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port + "/";
    }

    /** "NAME CLIENT" of a request that must succeed. */
    String answer(String from, String address, int port, String... options) {
        final TestNet.Result result = http(from, address, port, options);
        if (!result.ok()) {
            throw new AssertionError(from + " -> " + address + " port " + port + ": " + result.out());
        }
        return result.out();
    }

    /** What is answered to a number of requests, each of a connection of its own. */
    List<String> answers(String from, String address, int port, int requests) {
        final TestNet.Result result = curl(from, url(address, port) + "?[1-" + requests + "]", "--fail-early", "-H",
                "Connection: close");
        if (!result.ok()) {
            throw new AssertionError(result.out());
        }
        return result.out().lines().toList();
    }

    /** How often each server answers so many requests. */
    Map<String, Integer> spread(String from, String address, int port, int requests) {
        return spread(answers(from, address, port, requests));
    }

    /** How often each server's name begins an answer. */
    static Map<String, Integer> spread(List<String> answers) {
        final Map<String, Integer> spread = new TreeMap<>();
        answers.forEach(line -> spread.merge(line.split(" ")[0], 1, Integer::sum));
        return spread;
    }

    /** One datagram from a port; what came back within two seconds. */
    String udp(String from, int sourcePort, String address, int port, String payload) {
        return udp(from, "", sourcePort, 1, address, port, payload);
    }

    /** The same from each of a number of ports; a line each. */
    List<String> udp(String from, int firstPort, int ports, String address, int port) {
        return udp(from, "", firstPort, ports, address, port, "x").lines().toList();
    }

    /** @param source address that the sockets are bound to, or empty */
    String udp(String from, String source, int firstPort, int ports, String address, int port, String payload) {
        return cluster.net.in(from, "python3", path("datagram.py"), address, Integer.toString(port), source,
                Integer.toString(firstPort), Integer.toString(ports), payload).out().strip();
    }

    /** What servers told over a number of SCTP associations, a line each, or how one failed. */
    String sctp(String from, String address, int port, int associations) {
        return cluster.net.in(from, "python3", path("sctp.py"), address, Integer.toString(port),
                Integer.toString(associations)).out().strip();
    }

    /**
     * Starts a client that asks again and again on one connection, ten times a second, and waits for its first answers.
     *
     * @param log what it prints: the answer each time
     */
    Process converse(String from, String address, int port, String log) {
        final Process client = cluster.net.start(from, log, "bash", "-c", "exec 3<>/dev/tcp/" + address + "/" + port
                + "; while printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3; do"
                + " while read -t 20 -u 3 l || exit; do case $l in n*) echo $l; break;; esac; done; sleep 0.1; done");
        TestNet.await("answers to " + log, () -> cluster.net.read(log).lines().count() > 1);
        return client;
    }

    /** Such a client goes on. */
    void assertGoesOn(String log) {
        final long before = cluster.net.read(log).lines().count();
        TestNet.await("more answers to " + log, () -> cluster.net.read(log).lines().count() > before + 2);
    }

    /** Such a client goes on, and all answers were those of one server; ends it. */
    void assertGoesOn(Process client, String log, String answer) {
        assertGoesOn(log);
        cluster.net.stop(client);
        ServiceScenarios.assertMatch(answer, cluster.net.read(log).lines().toList());
    }

    @Override
    public void close() {
        cluster.close();
    }
}
