package dev.ringway.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Two nodes with real daemons of the built distribution, each with pods of both IP versions, and an outside host, all
 * on a bridge:
 *
 * <pre>
 *   rwe-n1 (172.31.0.1, fd00:31::1) -- rwe-fabric -- rwe-n2 (172.31.0.2, fd00:31::2)
 *     rwe-n1-p1, rwe-n1-p2             |               rwe-n2-p1, rwe-n2-p2
 *                                    rwe-out (172.31.0.254, fd00:31::fe)
 * </pre>
 *
 * Pod p of node n has 10.245.n.(9+p) and fd00:245:n::(9+p).
 */
final class TestCluster implements AutoCloseable {
    static final int PODS = 2;
    final TestNet net = new TestNet();
    final String outside;
    private final Options options;
    private final Process[] daemons = new Process[3];

    /**
     * What differs between tests; {@code extra} is YAML appended to each node's configuration, with DIRECTORY for the
     * test's own and NUMBER for the node's, {@code podExtra} to each pod's, {@code nodeExtra} to each node's in the
     * cluster, and {@code source} names where nodes come from instead of the list.
     */
    record Options(String encap, int underlay, String threading, int mtu, String extra, String podExtra,
            String nodeExtra, String source) {
        static Options vxlan() {
            return new Options("vxlan", 4, "shared", 1500, "", "", "", "");
        }

        static Options keyedGre() {
            return new Options("gre, key: 4000000000", 4, "shared", 1500, "", "", "", "");
        }

        static Options gre() {
            return new Options("gre", 4, "shared", 1500, "", "", "", "");
        }

        Options underlay(int version) {
            return new Options(encap, version, threading, mtu, extra, podExtra, nodeExtra, source);
        }

        Options threading(String mode) {
            return new Options(encap, underlay, mode, mtu, extra, podExtra, nodeExtra, source);
        }

        Options extra(String yaml) {
            return new Options(encap, underlay, threading, mtu, yaml, podExtra, nodeExtra, source);
        }

        /** More keys of every pod, as they stand in a YAML flow mapping. */
        Options everyPod(String yaml) {
            return new Options(encap, underlay, threading, mtu, extra, ", " + yaml, nodeExtra, source);
        }

        /** More keys of every node of the cluster, as they stand in a YAML flow mapping. */
        Options everyNode(String yaml) {
            return new Options(encap, underlay, threading, mtu, extra, podExtra, ", " + yaml, source);
        }

        /** Nodes come from elsewhere. */
        Options source(String word) {
            return new Options(encap, underlay, threading, mtu, extra, podExtra, nodeExtra, word);
        }

        @Override
        public String toString() {
            return encap + " over IPv" + underlay + ", " + threading;
        }
    }

    TestCluster(Options options) {
        this.options = options;
        try {
            outside = build();
        } catch (RuntimeException | Error e) {
            net.close();
            throw e;
        }
    }

    /** Builds the network and starts both daemons. */
    static TestCluster start(Options options) {
        final TestCluster cluster = new TestCluster(options);
        try {
            cluster.startDaemon(1);
            cluster.startDaemon(2);
            cluster.awaitReady(1);
            cluster.awaitReady(2);
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    static String node(int n) {
        return TestNet.PREFIX + "n" + n;
    }

    static String pod(int n, int p) {
        return TestNet.PREFIX + "n" + n + "-p" + p;
    }

    /** Underlay address of a node. */
    String nodeAddress(int n, int version) {
        return version == 4 ? "172.31.0." + n : "fd00:31::" + n;
    }

    static String podAddress(int n, int p, int version) {
        return version == 4 ? "10.245." + n + "." + (9 + p) : "fd00:245:" + n + "::" + Integer.toHexString(9 + p);
    }

    static String gateway(int n, int version) {
        return version == 4 ? "10.245." + n + ".1" : "fd00:245:" + n + "::1";
    }

    static String outsideAddress(int version) {
        return version == 4 ? "172.31.0.254" : "fd00:31::fe";
    }

    /** MTU that pods get. */
    int podMtu() {
        final int outer = options.underlay() == 4 ? 28 : 48;
        final int tunnel = options.encap().equals("vxlan") ? 22 : options.encap().contains("key") ? 8 : 4;
        return options.mtu() - outer - tunnel;
    }

    private String build() {
        final String fabric = net.namespace("fabric");
        net.ip(fabric, "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0", "link set br0 up");
        for (int n = 1; n <= 2; n++) {
            final String node = net.namespace("n" + n);
            attach(fabric, node, "n" + n, Integer.toString(n));
            for (int p = 1; p <= PODS; p++) {
                net.namespace("n" + n + "-p" + p);
            }
        }
        final String host = net.namespace("out");
        attach(fabric, host, "out", "254");
        return host;
    }

    private void attach(String fabric, String namespace, String port, String last) {
        net.cable(namespace, "eth0", fabric, port, options.mtu());
        net.ip(fabric, "link set " + port + " master br0");
        final String six = last.equals("254") ? "fe" : last;
        net.ip(namespace, "addr add 172.31.0." + last + "/24 dev eth0",
                "addr add fd00:31::" + six + "/64 dev eth0 nodad");
    }

    /** Writes a node's configuration and starts its daemon. */
    void startDaemon(int n) {
        writeConfig(n, PODS);
        daemons[n] = net.start(node(n), "daemon" + n, launcher().toString(), "switch", "--config",
                configFile(n).toString());
    }

    static Path launcher() {
        final Path dist = Path.of(System.getProperty("ringway.dist", "target/dist")).toAbsolutePath();
        final Path launcher = dist.resolve("bin/ringway");
        if (!Files.isExecutable(launcher)) {
            throw new AssertionError("no distribution at " + dist + "; build it with './mvnw package'");
        }
        return launcher;
    }

    Path configFile(int n) {
        return net.directory().resolve("node" + n + ".yaml");
    }

    Path socket(int n) {
        return net.directory().resolve("node" + n + "/ringway.sock");
    }

    Path stateDir(int n) {
        return net.directory().resolve("node" + n + "/state");
    }

    /** Writes a node's configuration with its first {@code pods} pods, at once for readers (rename). */
    void writeConfig(int n, int pods) {
        final StringBuilder yaml = new StringBuilder();
        yaml.append("node: node").append(n).append("\ncluster:\n")
                .append("  podCidrs: [10.245.0.0/16, \"fd00:245::/32\"]\n")
                .append("  serviceCidrs: [10.97.0.0/16, \"fd00:97::/112\"]\n");
        yaml.append(options.source().isEmpty() ? nodes() : "  source: " + options.source() + "\n");
        yaml.append("encap: {type: ").append(options.encap()).append("}\n");
        yaml.append("threading: {mode: ").append(options.threading()).append("}\n");
        yaml.append("control: {socket: ").append(socket(n)).append("}\n");
        yaml.append("cni: {stateDir: ").append(stateDir(n)).append("}\n");
        if (pods > 0) {
            yaml.append("pods:\n");
        }
        for (int p = 1; p <= pods; p++) {
            yaml.append("  - {name: test/p").append(p).append(", netns: ").append(pod(n, p)).append(", addresses: [")
                    .append(podAddress(n, p, 4)).append(", \"").append(podAddress(n, p, 6)).append("\"]")
                    .append(options.podExtra()).append("}\n");
        }
        yaml.append(options.extra().replace("DIRECTORY", net.directory().toString())
                .replace("NUMBER", Integer.toString(n)));
        try {
            final Path fresh = net.directory().resolve("node" + n + ".new");
            Files.writeString(fresh, yaml);
            Files.move(fresh, configFile(n), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String nodes() {
        final StringBuilder yaml = new StringBuilder("  nodes:\n");
        for (int i = 1; i <= 2; i++) {
            yaml.append("    - {name: node").append(i).append(", address: \"")
                    .append(nodeAddress(i, options.underlay()))
                    .append("\", podCidrs: [10.245.").append(i).append(".0/24, \"fd00:245:").append(i)
                    .append("::/64\"]").append(options.nodeExtra()).append("}\n");
        }
        return yaml.toString();
    }

    Process daemon(int n) {
        return daemons[n];
    }

    void stopDaemon(int n) {
        net.stop(daemons[n]);
    }

    /** Waits until the daemon says that it forwards and all its pods are connected. */
    void awaitReady(int n) {
        TestNet.await("node" + n + " to be ready", () -> {
            if (!daemons[n].isAlive()) {
                throw new AssertionError("daemon of node" + n + " ended: " + net.read("daemon" + n));
            }
            final JsonNode status = tryQuery(n, "status");
            return status != null && status.path("ready").asBoolean() && status.path("pods").asInt() >= PODS;
        });
    }

    /** Asks a daemon. */
    JsonNode query(int n, String op) {
        return query(n, op, JsonNodeFactory.instance.objectNode());
    }

    JsonNode query(int n, String op, ObjectNode arguments) {
        try {
            return ControlSocket.ask(socket(n), op, arguments);
        } catch (IOException e) {
            throw new AssertionError("node" + n + " does not answer '" + op + "': " + net.read("daemon" + n), e);
        }
    }

    private JsonNode tryQuery(int n, String op) {
        try {
            return ControlSocket.ask(socket(n), op, JsonNodeFactory.instance.objectNode());
        } catch (IOException e) {
            return null;
        }
    }

    /** Packets dropped by a node for this reason. */
    long drops(int n, String reason) {
        return query(n, "counters").path("drops").path(reason).path("count").asLong(0);
    }

    /** Pings once; the output says what came back. */
    TestNet.Result ping(String from, String address, String... more) {
        final List<String> command = new ArrayList<>(List.of("ping", "-n", "-c", "1", "-W", "5"));
        command.addAll(List.of(more));
        command.add(address);
        return net.in(from, command.toArray(String[]::new));
    }

    @Override
    public void close() {
        net.close();
    }
}
