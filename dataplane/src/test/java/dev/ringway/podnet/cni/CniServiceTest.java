package dev.ringway.podnet.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.fib.Adjacency;
import dev.ringway.podnet.PodRig;
import dev.ringway.tun.Shaping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CniServiceTest {
    @TempDir
    private Path directory;
    private CniRig rig;

    @BeforeEach
    void open() {
        rig = new CniRig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void add() throws IOException {
        assertEquals(json("""
                {'cniVersion':'1.1.0','interfaces':[{'name':'eth0','mac':'00:00:00:00:00:00','mtu':1450,
                  'sandbox':'NETNS'}],
                 'ips':[{'address':'10.244.1.2/32','interface':0,'gateway':'10.244.1.1'},
                  {'address':'fd00:244:1::2/128','interface':0,'gateway':'fd00:244:1::1'}],
                 'routes':[{'dst':'0.0.0.0/0'},{'dst':'::/0'}],'dns':{}}"""), rig.run("ADD", "a", ""));
        assertEquals(List.of("open shop/a", "add port 0 shop/a", "publish 2"), rig.pods.drain());
        assertEquals(Adjacency.pod(0), rig.pods.route("10.244.1.2"));
        assertTrue(Files.readString(directory.resolve("state.json")).contains("10.244.1.2"));
        // 10.244.1.3 is a static pod's.
        rig.run("ADD", "b", "");
        assertEquals("10.244.1.4 fd00:244:1::3", rig.addresses("b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", "0.2.0"})
    void resultOfTheOldForm(String version) throws IOException {
        assertEquals(json("""
                {'cniVersion':'VERSION',
                 'ip4':{'ip':'10.244.1.2/32','gateway':'10.244.1.1','routes':[{'dst':'0.0.0.0/0'}]},
                 'ip6':{'ip':'fd00:244:1::2/128','gateway':'fd00:244:1::1','routes':[{'dst':'::/0'}]},
                 'dns':{'nameservers':['10.96.0.10']}}""".replace("VERSION", version)),
                rig.run("ADD", "a", "'cniVersion':'" + version + "','dns':{'nameservers':['10.96.0.10']}"));
    }

    @ParameterizedTest
    @CsvSource({"0.3.0,true,false", "0.3.1,true,false", "0.4.0,true,false", "1.0.0,false,false", "1.1.0,false,true"})
    void resultOfAVersion(String version, boolean ipVersion, boolean mtu) {
        final JsonNode result = rig.run("ADD", "a", "'cniVersion':'" + version + "'");
        assertEquals(version, result.path("cniVersion").asText());
        assertEquals(ipVersion ? "6" : "", result.path("ips").path(1).path("version").asText());
        assertEquals(mtu, result.path("interfaces").path(0).has("mtu"));
    }

    @Test
    void noVersionMeansTheOldest() {
        final ObjectNode arguments = CniRig.arguments("ADD", "a", "");
        ((ObjectNode) arguments.path("config")).remove("cniVersion");
        assertEquals("0.1.0", rig.run(arguments).path("cniVersion").asText());
    }

    @Test
    void behindOthersInTheChain() throws IOException {
        final JsonNode result = rig.run("ADD", "a", """
                'cniVersion':'1.0.0','prevResult':{'cniVersion':'1.0.0','interfaces':[{'name':'net1','sandbox':'/x'}],
                  'ips':[{'address':'192.0.2.7/24','interface':0}],'routes':[{'dst':'192.0.2.0/24'}],
                  'dns':{'domain':'example'},'other':1}""");
        assertEquals(json("['net1','eth0']"), names(result.path("interfaces"), "name"));
        assertEquals(json("['192.0.2.7/24','10.244.1.2/32','fd00:244:1::2/128']"),
                names(result.path("ips"), "address"));
        assertEquals(json("['0','1','1']"), names(result.path("ips"), "interface"));
        assertEquals("example", result.path("dns").path("domain").asText());
        assertEquals(1, result.path("other").asInt());
    }

    @Test
    void anotherIpamPlugin() throws IOException {
        final ObjectNode arguments = CniRig.arguments("ADD", "a", "'ipam':{'type':'host-local'}");
        arguments.set("ipamResult", json("""
                {'cniVersion':'1.1.0','ips':[{'address':'10.244.1.77/24','gateway':'10.244.1.1'}],
                 'routes':[{'dst':'0.0.0.0/0'},{'dst':'10.9.0.0/16','gw':'10.244.1.1'}],
                 'dns':{'nameservers':['1.1.1.1']}}"""));
        final JsonNode result = rig.run(arguments);
        assertEquals(json("['10.244.1.77/32']"), names(result.path("ips"), "address"));
        assertEquals(json("['0.0.0.0/0','10.9.0.0/16']"), names(result.path("routes"), "dst"));
        assertEquals("1.1.1.1", result.path("dns").path("nameservers").path(0).asText());
        assertEquals("host-local", rig.store.get("a/eth0").ipam());
        arguments.put("containerId", "b");
        assertError(11, "still that of a/eth0", rig.run(arguments));
        arguments.set("ipamResult", json("{'ips':[{'address':'10.9.0.1/24'}]}"));
        assertError(7, "none of this node's podCidrs", rig.run(arguments));
        arguments.remove("ipamResult");
        assertError(7, "gave no result", rig.run(arguments));
    }

    @Test
    void requestedAddressesBeatEachOther() {
        final String ip = "K8S_POD_NAME=x;IP=10.244.1.50";
        final ObjectNode arguments = CniRig.arguments("ADD", "a", "").put("args", ip);
        rig.run(arguments);
        assertEquals("10.244.1.50 fd00:244:1::2", rig.addresses("a"));
        rig.run(CniRig.arguments("ADD", "b", "'args':{'cni':{'ips':['10.244.1.51']}}").put("args", ip));
        assertEquals("10.244.1.51 fd00:244:1::3", rig.addresses("b"));
        rig.run(CniRig.arguments("ADD", "c", "'args':{'cni':{'ips':['10.244.1.51']}},"
                + "'runtimeConfig':{'ips':['10.244.1.52/24','fd00:244:1::9']}").put("args", ip));
        assertEquals("10.244.1.52 fd00:244:1::9", rig.addresses("c"));
        assertError(7, "10.244.1.1 that is asked for is the gateway's",
                rig.run("ADD", "d", "'runtimeConfig':{'ips':['10.244.1.1']}"));
        assertError(7, "10.244.1.3 that is asked for", rig.run("ADD", "d", "'runtimeConfig':{'ips':['10.244.1.3']}"));
    }

    @Test
    void rangesOfTheRuntimeNarrowTheNodes() {
        rig.run("ADD", "a", "'runtimeConfig':{'ipRanges':[[{'subnet':'10.244.1.64/26'}]]}");
        assertEquals("10.244.1.66 fd00:244:1::2", rig.addresses("a"));
        assertError(7, "none of this node's podCidrs",
                rig.run("ADD", "b", "'runtimeConfig':{'ipRanges':[[{'subnet':'10.9.1.64/26'}]]}"));
        assertError(2, "ranges[][].color: \"red\"",
                rig.run("ADD", "b", "'ipam':{'ranges':[[{'subnet':'10.244.1.64/26','color':'red'}]]}"));
    }

    @Test
    void routesMtuAndBandwidth() {
        final JsonNode result = rig.run("ADD", "a", "'mtu':1400,'routes':[{'dst':'10.0.0.0/8'}],'runtimeConfig':{"
                + "'bandwidth':{'ingressRate':1000000,'ingressBurst':4294967295},'mac':'02:00:00:00:00:01'}");
        assertEquals(1400, result.path("interfaces").path(0).path("mtu").asInt());
        assertEquals("10.0.0.0/8", result.path("routes").path(0).path("dst").asText());
        assertTrue(rig.pods.manager.pod("a/eth0").port().ingress() != null);
        assertNull(rig.pods.manager.pod("a/eth0").port().egress());
        assertError(7, "mtu must be 1280..1450", rig.run("ADD", "b", "'mtu':9000"));
        assertError(7, "a rate and its burst come together",
                rig.run("ADD", "b", "'runtimeConfig':{'bandwidth':{'egressRate':5}}"));
        assertError(2, "routes[].table: 7", rig.run("ADD", "b", "'routes':[{'dst':'10.0.0.0/8','table':7}]"));
    }

    @Test
    void hostPorts() {
        rig.run("ADD", "a", "'runtimeConfig':{'portMappings':[{'hostPort':8080,'containerPort':80,'protocol':'TCP'},"
                + "{'hostPort':53,'containerPort':53,'protocol':'udp','hostIP':'172.30.0.1'},{'containerPort':9}]}");
        assertEquals(List.of("""
                add element inet ringway anyports4 { tcp . 8080 : 10.244.1.2 . 80 }
                add element inet ringway anyports6 { tcp . 8080 : fd00:244:1::2 . 80 }
                add element inet ringway hostports4 { udp . 172.30.0.1 . 53 : 10.244.1.2 . 53 }
                """), rig.pods.scripts);
        assertError(7, "tcp port 8080 of 127.0.0.1 is already that of pod shop/a", rig.run("ADD", "b",
                "'runtimeConfig':{'portMappings':[{'hostPort':8080,'containerPort':1,'hostIP':'127.0.0.1'}]}"));
        assertNull(rig.store.get("b/eth0"));
        assertEquals(2, rig.pool.size());
        rig.pods.scripts.clear();
        assertTrue(rig.run("DEL", "a", "").isNull());
        assertEquals(List.of("""
                delete element inet ringway anyports4 { tcp . 8080 }
                delete element inet ringway anyports6 { tcp . 8080 }
                delete element inet ringway hostports4 { udp . 172.30.0.1 . 53 }
                """), rig.pods.scripts);
    }

    @Test
    void delIsIdempotent() throws IOException {
        rig.run("ADD", "a", "");
        rig.pods.drain();
        final ObjectNode del = CniRig.arguments("DEL", "a", "").put("netns", "");
        assertTrue(rig.run(del).isNull());
        assertEquals(List.of("publish 3", "remove port 0 shop/a", "delete shop/a"), rig.pods.drain());
        assertTrue(rig.run(del).isNull());
        assertTrue(rig.run(del.put("containerId", "never-seen").put("netns", "/run/netns/gone")).isNull());
        assertEquals(0, rig.pool.size());
        assertTrue(!Files.readString(directory.resolve("state.json")).contains("containerId"));
    }

    @Test
    void failureLeavesNothing() {
        rig.pods.devices.failures.put("shop/a", "no device");
        assertError(5, "no device", rig.run("ADD", "a", ""));
        rig.pods.devices.failures.clear();
        rig.pods.dataplane.refusal = new IllegalStateException("ring closed");
        assertError(999, "ring closed", rig.run("ADD", "a", ""));
        assertEquals(0, rig.pool.size());
        assertEquals(List.of(), rig.store.all());
        rig.pods.devices.left.clear();
        assertEquals("1.1.0", rig.run("ADD", "a", "").path("cniVersion").asText());
    }

    @Test
    void interfaceThatExists() {
        rig.pods.devices.left.add("a/eth0");
        assertError(4, "exists", rig.run("ADD", "a", ""));
        assertEquals(0, rig.pool.size());
    }

    @Test
    void secondAdd() {
        rig.run("ADD", "a", "");
        assertError(4, "container a has interface eth0 already", rig.run("ADD", "a", ""));
        assertEquals("10.244.1.2 fd00:244:1::2", rig.addresses("a"));
    }

    /** A late DEL of the old sandbox leaves the new one of the same pod alone. */
    @Test
    void twoSandboxesOfOnePod() {
        rig.run("ADD", "old", "");
        rig.pods.devices.left.clear();
        rig.run(CniRig.arguments("ADD", "new", "").put("ifname", "eth1")
                .put("args", "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=old"));
        assertTrue(rig.run("DEL", "old", "").isNull());
        assertEquals("shop/old", rig.pods.manager.pod("new/eth1").port().name());
    }

    @Test
    void check() {
        final JsonNode result = rig.run("ADD", "a", "");
        final String config = "'prevResult':" + result;
        assertTrue(rig.run("CHECK", "a", config).isNull());
        assertError(7, "CHECK needs", rig.run("CHECK", "a", ""));
        assertError(101, "prevResult has no interface eth0", rig.run("CHECK", "a", "'prevResult':{}"));
        assertError(101, "has no interface eth0", rig.run("CHECK", "b", config));
        rig.pods.devices.drift = List.of("address 10.244.1.2 is missing on eth0", "route ::/0 is missing");
        final JsonNode error = rig.run("CHECK", "a", config);
        assertError(101, "address 10.244.1.2 is missing", error);
        assertEquals("address 10.244.1.2 is missing on eth0; route ::/0 is missing", error.path("details").asText());
        rig.pods.devices.drift = List.of();
        rig.pods.manager.pod("a/eth0").port().setShaping(new Shaping(0, 0, 8, 8));
        assertError(101, "does not limit its bandwidth", rig.run("CHECK", "a", config));
        rig.pods.publisher.removePod(rig.pods.manager.pod("a/eth0").spec());
        assertError(101, "the switch sends 10.244.1.2 elsewhere", rig.run("CHECK", "a", config));
    }

    @Test
    void gc() {
        rig.run("ADD", "a", "");
        rig.run(CniRig.arguments("ADD", "b", "").put("ifname", "eth1"));
        rig.run(CniRig.arguments("ADD", "c", "'name':'other'").put("ifname", "eth2"));
        assertError(7, "GC without cni.dev/valid-attachments", rig.run("GC", "", ""));
        assertError(7, "each needs containerID and ifname", rig.run("GC", "", "'cni.dev/valid-attachments':[{}]"));
        assertTrue(rig.run("GC", "",
                "'cni.dev/valid-attachments':[{'containerID':'b','ifname':'eth1'}]").isNull());
        assertEquals(List.of("b/eth1", "c/eth2"), rig.store.all().stream().map(Attachment::id).toList());
        assertTrue(rig.run("GC", "", "'cni.dev/valid-attachments':null").isNull());
        assertEquals(List.of("c/eth2"), rig.store.all().stream().map(Attachment::id).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "command     | STATUS          | 4 | unknown CNI_COMMAND",
        "containerId | ../etc          | 4 | CNI_CONTAINERID",
        "containerId | ''              | 4 | CNI_CONTAINERID",
        "ifname      | a/b             | 4 | CNI_IFNAME",
        "ifname      | waytoolonganame1 | 4 | CNI_IFNAME",
        "ifname      | ..              | 4 | CNI_IFNAME",
        "ifname      | lo              | 4 | CNI_IFNAME",
        "netns       | ''              | 4 | CNI_NETNS",
        "netns       | run/netns/x     | 4 | no absolute path",
        "netns       | /etc/passwd     | 4 | cannot be used",
        "netns       | /run/netns/none | 4 | cannot be used",
        "netns       | /run/netns/../../etc/passwd | 4 | cannot be used",
        "netns       | /proc/1/ns/mnt  | 4 | cannot be used",
        "args        | A               | 4 | CNI_ARGS is not valid",
        "args        | A=1=2           | 4 | CNI_ARGS is not valid",
        "args        | COLOR=red       | 4 | unknown key: COLOR",
        "args        | K8S_POD_NAME=a b | 4 | K8S_POD_NAME"})
    void badEnvironment(String key, String value, int code, String message) {
        assertError(code, message, rig.run(CniRig.arguments("ADD", "a", "").put(key, value)));
        assertEquals(0, rig.pool.size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ADD   | 'cniVersion':'1.2.0'  | 1 | not supported",
        "ADD   | 'cniVersion':'1.0'    | 1 | not supported",
        "ADD   | 'cniVersion':7        | 6 | cniVersion must be a string",
        "CHECK | 'cniVersion':'0.3.1'  | 1 | has no CHECK",
        "GC    | 'cniVersion':'1.0.0'  | 1 | has no GC",
        "ADD   | 'name':''             | 7 | name",
        "ADD   | 'name':'a/b'          | 7 | name",
        "ADD   | 'runtimeConfig':{'portMappings':[{'hostPort':70000}]} | 7 | hostPort",
        "ADD   | 'runtimeConfig':{'portMappings':[{'hostPort':1,'containerPort':1,'protocol':'icmp'}]} | 7 | protocol",
        "ADD   | 'runtimeConfig':{'portMappings':{}} | 7 | must be a list",
        "ADD   | 'runtimeConfig':{'ips':['x']} | 7 | not an IPv4 or IPv6 address"})
    void badConfiguration(String command, String config, int code, String message) {
        assertError(code, message, rig.run(command, "a", config));
        assertEquals(0, rig.pool.size());
    }

    @Test
    void thePluginsOwnNamespace() throws IOException {
        final String own = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        assertError(8, "plugin's own", rig.run(CniRig.arguments("ADD", "a", "").put("ownNetns", own)));
        assertError(8, "plugin's own", rig.run(CniRig.arguments("DEL", "a", "").put("ownNetns", own)));
    }

    @Test
    void theNextDaemonTakesOver() {
        rig.run("ADD", "a", "'runtimeConfig':{'portMappings':[{'hostPort':80,'containerPort':80}]}");
        rig.run(CniRig.arguments("ADD", "b", "").put("ifname", "eth1"));
        rig.close();
        final PodRig pods = new PodRig();
        pods.devices.left.add("a/eth0");
        rig = new CniRig(directory, pods);
        assertEquals(4, rig.pool.size());
        rig.attachments.adopt();
        assertEquals(Adjacency.pod(0), pods.route("10.244.1.2"));
        // The interface of b was never made, or its namespace was made anew.
        assertNull(rig.store.get("b/eth1"));
        assertEquals(2, rig.pool.size());
        assertError(7, "already that of pod shop/a",
                rig.run("ADD", "c", "'runtimeConfig':{'portMappings':[{'hostPort':80,'containerPort':80}]}"));
        rig.run("ADD", "c", "");
        // Those of the refused attempt rest as long as they can.
        assertEquals("10.244.1.6 fd00:244:1::5", rig.addresses("c"));
        assertTrue(rig.run("DEL", "a", "").isNull());
    }

    @Test
    void oneThatCannotBeConnectedKeepsItsAddresses() {
        rig.run("ADD", "a", "");
        rig.close();
        final PodRig pods = new PodRig();
        pods.devices.left.add("a/eth0");
        pods.devices.failures.put("shop/a", "busy");
        rig = new CniRig(directory, pods);
        rig.attachments.adopt();
        assertEquals("busy", rig.attachments.waiting().get("a/eth0"));
        assertEquals(2, rig.pool.size());
        pods.devices.failures.clear();
        rig.service.reconcile(rig.store.get("a/eth0"));
        assertEquals(Adjacency.pod(0), pods.route("10.244.1.2"));
        assertTrue(rig.attachments.waiting().isEmpty());
    }

    @Test
    void aNamespaceThatWentAway() throws Exception {
        final Process sleep = new ProcessBuilder("sleep", "60").start();
        final ObjectNode arguments = CniRig.arguments("ADD", "a", "").put("netns", "/proc/" + sleep.pid() + "/ns/net");
        assertTrue(rig.run(arguments).has("ips"), "connected");
        rig.service.reconcile(rig.store.get("a/eth0"));
        assertEquals(2, rig.pool.size());
        sleep.destroyForcibly().waitFor();
        rig.service.reconcile(rig.store.get("a/eth0"));
        assertEquals(0, rig.pool.size());
        assertNull(rig.pods.manager.pod("a/eth0"));
    }

    @Test
    void addressesInTheStateAreTexts() {
        rig.run("ADD", "a", "");
        assertEquals(IpText.address("10.244.1.2"), AttachmentJson.read(AttachmentJson.write(rig.store.get("a/eth0")))
                .leases().getFirst().address());
        assertEquals(rig.store.get("a/eth0"), AttachmentJson.read(AttachmentJson.write(rig.store.get("a/eth0"))));
    }

    private static void assertError(int code, String message, JsonNode answer) {
        assertEquals(code, answer.path("code").asInt(), answer::toString);
        assertTrue(answer.path("msg").asText().contains(message) || answer.path("details").asText().contains(message),
                answer::toString);
        assertTrue(answer.has("cniVersion"), answer::toString);
    }

    private static JsonNode names(JsonNode list, String key) {
        final var names = CniRig.JSON.createArrayNode();
        list.forEach(one -> names.add(one.path(key).asText()));
        return names;
    }

    private static JsonNode json(String text) throws IOException {
        return CniRig.JSON.readTree(text.replace('\'', '"').replace("NETNS", CniRig.netns("a")));
    }
}
