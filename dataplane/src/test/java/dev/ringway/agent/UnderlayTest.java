package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.config.SwitchConfig;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the loopback interface, which every machine has. */
class UnderlayTest {
    @TempDir
    private Path directory;

    @Test
    void theInterfaceThatCarriesTheAddress() throws Exception {
        final Underlay underlay = Underlay.find(config("127.0.0.1", ""));
        assertEquals(new Underlay("lo", Math.min(65_535, NetworkInterface.getByName("lo").getMTU())), underlay);
    }

    @Test
    void anAddressThatIsNotHere() throws Exception {
        assertTrue(message("192.0.2.7", "").startsWith(
                "no interface of this machine carries 192.0.2.7, the address of node n in cluster.nodes"));
    }

    @Test
    void anInterfaceThatIsNotHere() throws Exception {
        assertEquals("underlay.interface: there is no interface nosuch0",
                message("127.0.0.1", "underlay: {interface: nosuch0}"));
    }

    @Test
    void podMtuIsWhatTheHeadersLeave() throws Exception {
        final Underlay ethernet = new Underlay("eth0", 1500);
        assertEquals(1450, ethernet.podMtu(config("127.0.0.1", "")));
        assertEquals(1468, ethernet.podMtu(config("127.0.0.1", "encap: {type: gre}")));
        assertEquals(1464, ethernet.podMtu(config("127.0.0.1", "encap: {type: gre, key: 1}")));
        assertEquals(1430, ethernet.podMtu(config("'::1'", "")));
        assertEquals(1448, ethernet.podMtu(config("'::1'", "encap: {type: gre}")));
        assertEquals(9000, ethernet.podMtu(config("127.0.0.1", "mtu: 9000")));
    }

    @Test
    void ipv6PodsNeedMore() throws Exception {
        final SwitchConfig dual = config("127.0.0.1", "", ", 'fd00:244::/32'");
        assertEquals(1280, new Underlay("eth0", 1330).podMtu(dual));
        final Underlay small = new Underlay("eth0", 1329);
        assertTrue(assertThrows(StartException.class, () -> small.podMtu(dual)).getMessage()
                .startsWith("the MTU of eth0 is 1329 bytes, which leaves 1279 for pods' packets; IPv6 pods need 1280"));
        assertEquals(1279, small.podMtu(config("127.0.0.1", "")));
    }

    private String message(String address, String more) throws Exception {
        final SwitchConfig config = config(address, more);
        return assertThrows(StartException.class, () -> Underlay.find(config)).getMessage();
    }

    private SwitchConfig config(String address, String more, String... ranges) throws Exception {
        return SwitchConfig.read(Files.writeString(directory.resolve("node.yaml"), """
                node: n
                cluster:
                  podCidrs: [10.244.0.0/16%s]
                  nodes: [{name: n, address: %s, podCidrs: [10.244.1.0/24]}]
                %s
                """.formatted(String.join("", ranges), address, more)));
    }
}
