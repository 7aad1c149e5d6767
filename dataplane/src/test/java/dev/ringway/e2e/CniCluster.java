package dev.ringway.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Two hosts with the plugin installed and a real switch each, no pods, joined by a bridge: 172.31.0.n on the underlay,
 * pods in 10.246.n.0/24 and fd00:246:n::/64. All paths are the usual ones.
 */
final class CniCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SWITCH = "switch";

    final TestNet net = new TestNet();
    private final MiniHost[] hosts = new MiniHost[3];

    /** @param extra YAML appended to each node's configuration */
    CniCluster(String extra) {
        try {
            final String fabric = net.namespace("cni-fabric");
            net.ip(fabric, "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0", "link set br0 up");
            for (int n = 1; n <= 2; n++) {
                final String node = net.namespace("cni-n" + n);
                net.cable(node, "eth0", fabric, "n" + n, 1500);
                net.ip(fabric, "link set n" + n + " master br0");
                net.ip(node, "addr add 172.31.0." + n + "/24 dev eth0");
                hosts[n] = new MiniHost(net, node);
                writeConfig(n, extra);
                startSwitch(n);
            }
            for (int n = 1; n <= 2; n++) {
                awaitReady(n);
                hosts[n].must(launcher(), "install-cni");
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    static String launcher() {
        return TestCluster.launcher().toString();
    }

    MiniHost host(int n) {
        return hosts[n];
    }

    static String gateway(int n, int version) {
        return version == 4 ? "10.246." + n + ".1" : "fd00:246:" + n + "::1";
    }

    private void writeConfig(int n, String extra) {
        final StringBuilder yaml = new StringBuilder("node: node" + n + "\ncluster:\n"
                + "  podCidrs: [10.246.0.0/16, \"fd00:246::/32\"]\n  nodes:\n");
        for (int i = 1; i <= 2; i++) {
            yaml.append("    - {name: node").append(i).append(", address: 172.31.0.").append(i)
                    .append(", podCidrs: [10.246.").append(i).append(".0/24, \"fd00:246:").append(i)
                    .append("::/64\"]}\n");
        }
        try {
            Files.writeString(config(n), yaml + extra);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path config(int n) {
        return net.directory().resolve("node" + n + ".yaml");
    }

    void startSwitch(int n) {
        hosts[n].start(SWITCH, launcher(), "switch", "--config", config(n).toString());
    }

    void awaitReady(int n) {
        TestNet.await("node" + n + " to be ready", () -> {
            final JsonNode status = tryQuery(n, "status");
            if (status == null && hosts[n].log(SWITCH).contains("ERROR")) {
                throw new AssertionError(hosts[n].log(SWITCH));
            }
            return status != null && status.path("ready").asBoolean();
        });
    }

    void signalSwitch(int n, String signal) {
        hosts[n].signal(SWITCH, signal);
    }

    String switchPid(int n) {
        return hosts[n].pid(SWITCH);
    }

    JsonNode query(int n, String op) {
        final JsonNode answer = tryQuery(n, op);
        if (answer == null) {
            throw new AssertionError("node" + n + " does not answer '" + op + "': " + hosts[n].log(SWITCH));
        }
        return answer;
    }

    private JsonNode tryQuery(int n, String op) {
        final TestNet.Result result = hosts[n].run(launcher(), op, "--json");
        try {
            return result.ok() ? JSON.readTree(result.out()) : null;
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + result.out(), e);
        }
    }

    /** The addresses of all its pods. */
    List<String> podAddresses(int n) {
        return query(n, "pods").findValues("addresses").stream().flatMap(JsonNode::valueStream).map(JsonNode::asText)
                .toList();
    }

    String log(int n) {
        return hosts[n].log(SWITCH);
    }

    @Override
    public void close() {
        for (MiniHost host : hosts) {
            if (host != null) {
                host.close();
            }
        }
        net.close();
    }
}
