package dev.ringway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.fib.OutsideClients;
import dev.ringway.service.Balance;
import dev.ringway.shard.ThreadingMode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwitchConfigTest {
    @Test
    void smallFileLeavesEverythingToDefaults() throws ConfigException {
        final SwitchConfig config = ConfigFiles.parse(ConfigFiles.SMALL);
        assertNull(config.underlayInterface());
        assertEquals(0, config.mtu());
        assertEquals(Path.of("/run/netns/web-1"), config.pods().getFirst().netns());
        assertEquals(MacAddress.ofNode("node1"), config.self().mac());
        assertEquals(List.of(IpText.address("10.244.1.1"), IpText.address("fd00:244:1::1")),
                config.self().gateways());
    }

    @Test
    void nodesFromKubernetes() throws ConfigException {
        final SwitchConfig config = ConfigFiles.parse("""
                node: auto
                cluster: {podCidrs: [10.244.0.0/16], source: kubernetes}
                kubernetes: {apiServer: "https://192.0.2.10:6443", kubeconfig: /etc/x.conf, addressFamily: ipv6,
                  outsideClients: keep}
                cni: {stateDir: /var/lib/other}
                """);
        assertEquals(new SourceConfig.Kubernetes("https://192.0.2.10:6443", Path.of("/etc/x.conf"), 6,
                OutsideClients.KEEP,
                Path.of("/var/lib/other/kubernetes.json")), config.source());
        assertNull(config.self());
        assertFalse(config.node().isEmpty());
    }

    @Test
    void nodesFromEtcd() throws ConfigException {
        assertEquals(new SourceConfig.Etcd(List.of("http://192.0.2.10:2379", "https://[2001:db8::1]:2379"), "/x",
                IpText.address("172.30.0.1"), List.of(IpText.prefix("10.244.1.0/24")), "me", Path.of("/p"),
                Path.of("/ca"), Path.of("/c"), Path.of("/k"), 20, 0, OutsideClients.DIRECT,
                Path.of("/var/lib/ringway/etcd.json")),
                ConfigFiles.parse("""
                cluster: {podCidrs: [10.244.0.0/16], source: etcd}
                etcd: {endpoints: ["http://192.0.2.10:2379", "https://[2001:db8::1]:2379"], prefix: /x,
                  address: 172.30.0.1, podCidrs: [10.244.1.0/24], user: me, passwordFile: /p, ca: /ca, cert: /c,
                  key: /k, lease: 20, grace: 0, outsideClients: direct}
                """).source());
    }

    @Test
    void everyKeyIsRead() throws ConfigException {
        final SwitchConfig config = ConfigFiles.parse("""
                node: a
                cluster:
                  podCidrs: ["fd01::/16"]
                  serviceCidrs: [10.96.0.0/16, "fd00:96::/112"]
                  nodes: [{name: a, address: "fd00::1", podCidrs: ["fd01:1::/64"], mac: 02:00:00:00:00:0A, mtu: 1400}]
                underlay: {interface: eth1}
                encap: {type: gre, key: 4294967295, port: 4755, dscp: uniform, checksum: false}
                mtu: 1300
                host: {interface: pods0, masquerade: false}
                pods: [{name: x/y, netns: /proc/1/ns/net, interface: net0, addresses: ["fd01:1::2"]}]
                threading: {mode: dedicated, shards: 4, idle: spin}
                rings: {slots: 1024}
                sockets: {sourcePorts: 8, receiveBuffer: 65536, sendBuffer: 131072, gso: off, gro: off}
                offload: {tun: off}
                control: {socket: /run/x.sock}
                services:
                  file: /etc/ringway/services
                  nodePortAddresses: [172.30.0.0/24]
                  zone: zone-a
                  balance: leastFlows
                  maxFlows: 4096
                  masqueradeAll: true
                  ejection: {enabled: true, failures: 5, retryAfter: 60}
                  healthz: 0.0.0.0:10256
                metrics: {listen: "[fd00::1]:80"}
                log: {format: json}
                cleanup: keep
                """);
        assertEquals(new InetSocketAddress("fd00::1", 80), config.metrics());
        assertTrue(config.jsonLog());
        assertEquals(new ServicesConfig(Path.of("/etc/ringway/services"),
                List.of(IpText.prefix("172.30.0.0/24")), "zone-a", Balance.LEAST_FLOWS, 4096, true,
                new EjectionConfig(true, 5, 60), new InetSocketAddress("0.0.0.0", 10_256)), config.services());
        assertEquals(List.of(IpText.prefix("10.96.0.0/16"), IpText.prefix("fd00:96::/112")),
                config.cluster().serviceCidrs());
        assertEquals("eth1", config.underlayInterface());
        assertEquals(new EncapConfig(new GreSettings(true, -1), 4755, true, false), config.encap());
        assertEquals(1300, config.mtu());
        assertEquals(1400, config.self().mtu());
        assertEquals(0x02_00_00_00_00_0AL, config.self().mac());
        assertEquals(new HostConfig("pods0", false), config.host());
        assertEquals("net0", config.pods().getFirst().interfaceName());
        assertEquals(Path.of("/proc/1/ns/net"), config.pods().getFirst().netns());
        assertEquals(new ThreadingConfig(ThreadingMode.DEDICATED, 4, true), config.threading());
        assertEquals(1024, config.ringSlots());
        assertEquals(new SocketsConfig(8, 65_536, 131_072, false, false), config.sockets());
        assertFalse(config.tunOffload());
        assertEquals(Path.of("/run/x.sock"), config.controlSocket());
        assertFalse(config.removeAtStop());
    }

    @Test
    void metricsCanBeTurnedOff() throws ConfigException {
        assertNull(ConfigFiles.parse(ConfigFiles.SMALL + "metrics: {listen: none}").metrics());
    }

    @Test
    void portFollowsTheEncapsulation() throws ConfigException {
        assertEquals(4754, ConfigFiles.parse(ConfigFiles.SMALL + "encap: {type: gre}").encap().port());
        assertEquals(4789, ConfigFiles.parse(ConfigFiles.SMALL + "encap: {type: vxlan, port: auto}").encap().port());
        assertEquals(new GreSettings(false, 0),
                ConfigFiles.parse(ConfigFiles.SMALL + "encap: {type: gre, key: none}").encap().tunnel());
        assertEquals(new VxlanSettings(7),
                ConfigFiles.parse(ConfigFiles.SMALL + "encap: {vni: 7, key: none}").encap().tunnel());
    }

    @Test
    void smallMtuIsFineForIpv4() throws ConfigException {
        final String ipv4 = ConfigFiles.SMALL.replaceAll(", \"fd00:[^\"]*\"", "") + "mtu: 68\n";
        assertEquals(68, ConfigFiles.parse(ipv4).mtu());
        assertTrue(ConfigFiles.problems(ipv4.replace("mtu: 68", "mtu: 67")).getFirst()
                .contains("mtu: must be a whole number from 68 to 65535 bytes, not 67"));
    }

    @Test
    void emptySectionsAreDefaults() throws ConfigException {
        assertEquals(ConfigFiles.parse(ConfigFiles.SMALL), ConfigFiles.parse(
                ConfigFiles.SMALL + "underlay:\nencap:\nmtu: auto\nhost: {}\nthreading:\nsockets: ~\n"));
        assertEquals(List.of(), ConfigFiles.parse(
                ConfigFiles.SMALL.substring(0, ConfigFiles.SMALL.indexOf("pods:")) + "pods:\n").pods());
    }
}
