package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.config.ConfigException;
import dev.ringway.config.EjectionConfig;
import dev.ringway.config.SwitchConfig;
import dev.ringway.control.IpText;
import dev.ringway.control.PodSpec;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.shard.ThreadingMode;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The switch itself reads what the lab writes for it. */
class NodeConfigTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "3, 2, vxlan, true, 4, shared, 1500",
        "2, 1, gre, false, 4, dedicated, 9000",
        "1, 3, gre, true, 6, shared, 1332",
        "100, 100, vxlan, true, 6, dedicated, 1350",
    })
    void everyNodesConfigurationIsAccepted(int nodes, int pods, String encap, boolean ipv6, int underlay,
            String threading, int mtu) throws ConfigException {
        final LabSpec spec = new LabSpec(nodes, pods, encap, ipv6, underlay, threading, mtu);
        final LabFiles files = new LabFiles(directory);
        NodeConfig.write(spec, files);
        for (Endpoint node : spec.allNodes()) {
            final SwitchConfig config = SwitchConfig.read(files.config(node.label()));
            assertEquals(node.label(), config.node());
            assertEquals(nodes, config.cluster().nodes().size());
            assertEquals(node.address(underlay), IpText.text(config.self().address()));
            assertEquals(pods, config.pods().size());
            assertEquals(encap.equals("vxlan") ? new VxlanSettings(1) : new GreSettings(false, 0),
                    config.encap().tunnel());
            assertEquals(ThreadingMode.valueOf(threading.toUpperCase(Locale.ROOT)),
                    config.threading().mode());
            assertEquals(files.socket(node.label()), config.controlSocket());
            assertEquals(spec.serviceCidrs(), config.cluster().serviceCidrs().stream().map(IpText::text).toList());
            assertEquals(files.services(), config.services().source());
            assertEquals(new EjectionConfig(true, Ejection.FAILURES, Ejection.RETRY_AFTER_S),
                    config.services().ejection());
        }
    }

    @Test
    void podsAreDescribedByNamespaceAndAddresses() throws ConfigException {
        final LabSpec spec = new LabSpec(2, 2, "vxlan", true, 4, "shared", 1500);
        final LabFiles files = new LabFiles(directory);
        NodeConfig.write(spec, files);
        final PodSpec pod = SwitchConfig.read(files.config("node2")).pods().get(1);
        assertEquals("lab/n2-p2", pod.name());
        assertEquals(Path.of("/run/netns/rw-n2-p2"), pod.netns());
        assertEquals(spec.pod(2, 2).addresses(), pod.addresses().stream().map(IpText::text).toList());
    }
}
