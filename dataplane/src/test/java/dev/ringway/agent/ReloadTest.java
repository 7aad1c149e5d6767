package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ringway.config.SwitchConfig;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {
    private static final String RUNNING = """
            node: node1
            cluster:
              podCidrs: [10.244.0.0/16]
              nodes:
                - {name: node1, address: 172.30.0.1, podCidrs: [10.244.1.0/24]}
                - {name: node2, address: 172.30.0.2, podCidrs: [10.244.2.0/24]}
            pods:
              - {name: a/x, netns: x, addresses: [10.244.1.10]}
            encap: {type: vxlan, vni: 1}
            """;

    @TempDir
    private Path directory;

    private SwitchConfig running;

    @BeforeEach
    void read() throws Exception {
        running = config(RUNNING);
    }

    @Test
    void nothingChanged() throws Exception {
        assertEquals(new Reload(running, List.of()), reload(RUNNING));
    }

    @Test
    void topologyPodsMasqueradeAndCleanupAreInForceAtOnce() throws Exception {
        final String file = RUNNING.replace("podCidrs: [10.244.0.0/16]", "podCidrs: [10.244.0.0/16, 10.245.0.0/16]")
                .replace("172.30.0.2", "172.30.0.22").replace("name: a/x, netns: x", "name: a/y, netns: y")
                + "host: {masquerade: false}\ncleanup: keep\n";
        assertEquals(new Reload(config(file), List.of()), reload(file));
    }

    @Test
    void otherKeysAreNamedAndStay() throws Exception {
        final Reload reload = reload(RUNNING.replace("vni: 1", "vni: 2, port: 4790, dscp: uniform, checksum: false")
                + """
                underlay: {interface: eth9}
                mtu: 1300
                host: {interface: r1}
                threading: {shards: 2}
                rings: {slots: 256}
                sockets: {gso: off}
                offload: {tun: off}
                control: {socket: /run/other.sock}
                """);
        assertEquals(List.of("underlay.interface", "encap.type/vni/key", "encap.port", "encap.dscp", "encap.checksum",
                "mtu", "host.interface", "threading", "rings.slots", "sockets", "offload.tun", "control.socket"),
                reload.restartKeys());
        assertEquals(running, reload.config());
    }

    @Test
    void theOwnAddressAndMacStayButNewRangesHold() throws Exception {
        final Reload reload = reload(RUNNING.replace(
                "{name: node1, address: 172.30.0.1, podCidrs: [10.244.1.0/24]}",
                "{name: node1, address: 172.30.0.11, podCidrs: [10.244.1.0/24, 10.244.9.0/24], mac: 02:00:00:00:00:01}"
                ));
        assertEquals(List.of("cluster.nodes[node1].address", "cluster.nodes[node1].mac"), reload.restartKeys());
        final NodeSpec self = reload.config().self();
        assertEquals(running.self().address(), self.address());
        assertEquals(running.self().mac(), self.mac());
        assertEquals(List.of(IpText.prefix("10.244.1.0/24"), IpText.prefix("10.244.9.0/24")), self.podCidrs());
    }

    @Test
    void anotherIpVersionBelowWaitsForARestartAsAWhole() throws Exception {
        final Reload reload = reload(RUNNING.replace("172.30.0.1", "\"fd00::1\"").replace("172.30.0.2", "\"fd00::2\""));
        assertEquals(List.of("cluster.nodes[node1].address"), reload.restartKeys());
        assertEquals(running, reload.config());
    }

    @Test
    void anotherNodesFileChangesNothing() throws Exception {
        final Reload reload =
                reload(RUNNING.replace("node: node1", "node: node2").replace("10.244.1.10", "10.244.2.10"));
        assertEquals(List.of("node"), reload.restartKeys());
        assertEquals(running, reload.config());
        assertFalse(reload.config().pods().isEmpty());
    }

    private Reload reload(String file) throws Exception {
        return Reload.of(running, config(file));
    }

    private SwitchConfig config(String yaml) throws Exception {
        return SwitchConfig.read(Files.writeString(directory.resolve("node.yaml"), yaml));
    }
}
