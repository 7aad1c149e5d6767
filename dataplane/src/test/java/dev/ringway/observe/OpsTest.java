package dev.ringway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.PodSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.SourceState;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.linux.Fd;
import dev.ringway.packet.DropReason;
import dev.ringway.podnet.ControlOp;
import dev.ringway.podnet.HostNetwork;
import dev.ringway.podnet.HostPorts;
import dev.ringway.podnet.PodManager;
import dev.ringway.podnet.PortNumbers;
import dev.ringway.podnet.StaticPods;
import dev.ringway.shard.ThreadingMode;
import dev.ringway.testing.FakeDataplane;
import dev.ringway.tun.TunOffloads;
import dev.ringway.tun.TunPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the control socket tells, as the contract with its clients has it. */
class OpsTest {
    private final FakeDataplane dataplane = new FakeDataplane(new ArrayList<>());
    private final NodeSpec self = new NodeSpec("node1", IpText.address("172.30.0.1"),
            List.of(IpText.prefix("10.244.1.0/24")), 1, 0);
    private final NodeSpec peer = new NodeSpec("node2", IpText.address("172.30.0.2"),
            List.of(IpText.prefix("10.244.2.0/24")), 0x02_00_00_00_00_02L, 1400);
    private final SnapshotPublisher publisher = new SnapshotPublisher("node1",
            new ClusterSpec(List.of(IpText.prefix("10.244.0.0/16")), List.of(), List.of(self, peer)), 4789, 1500, 1);
    private final PodManager pods = new PodManager(dataplane, publisher, new PortNumbers(), 1450, true, 1);
    private final StaticPods staticPods = new StaticPods(pods);
    private final HostNetwork host =
            new HostNetwork(dataplane, publisher, new PortNumbers(), "ringway0", 1450, true, 1,
                    new HostPorts("ringway0"));
    private final Readiness readiness = new Readiness();
    private SourceState source;
    private final ServiceListing listing = new ServiceListing() {
        @Override
        public Found find(ServiceQuery query) {
            return NONE.find(query);
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }

        @Override
        public SourceState sourceState() {
            return source;
        }
    };

    @Test
    void status() throws Exception {
        staticPods.want(List.of(new PodSpec("a/x", Path.of("/nonexistent"), "eth0",
                List.of(IpText.address("10.244.1.10")))), 0);
        JsonNode status = run(status(new VxlanSettings(7)));
        assertEquals(false, status.path("ready").booleanValue());
        readiness.ready(412);
        status = run(status(new VxlanSettings(7)));
        assertEquals("node1", status.path("node").asText());
        assertEquals(true, status.path("ready").booleanValue());
        assertEquals(412, status.path("startMs").asInt());
        assertEquals(ProcessHandle.current().pid(), status.path("pid").asLong());
        assertTrue(status.path("uptimeMs").asLong() > 0, status::toString);
        assertEquals(1, status.path("generation").asInt());
        assertEquals(json("{'type':'vxlan','vni':7,'port':4789}"), status.path("encap"));
        assertEquals(json("{'interface':'eth0','address':'172.30.0.1','mtu':1500}"), status.path("underlay"));
        assertEquals(json("{'mode':'dedicated','shards':2}"), status.path("threading"));
        assertEquals(json("{'udpGso':'on'}"), status.path("offloads"));
        assertEquals(json("{'shard0.receiveDepth':3}"), status.path("gauges"));
        assertEquals(json("{'a/x':'network namespace /nonexistent does not exist'}"), status.path("waitingPods"));
        assertEquals(json("['10.244.1.0/24']"), status.path("podCidrs"));
        assertEquals(1450, status.path("mtu").asInt());
        assertEquals(0, status.path("pods").asInt(-1));
        assertEquals(1, status.path("peers").asInt());
    }

    @Test
    void statusOfGre() throws Exception {
        assertEquals(json("{'type':'gre','key':'none','port':4789}"),
                run(status(new GreSettings(false, 0))).path("encap"));
        assertEquals(json("{'type':'gre','key':4294967295,'port':4789}"),
                run(status(new GreSettings(true, -1))).path("encap"));
    }

    @Test
    void routes() throws Exception {
        publisher.setHost(port(0, "host"));
        publisher.addPod(new PodSpec("a/x", Path.of("/x"), "eth0", List.of(IpText.address("10.244.1.10"))),
                port(1, "a/x"));
        assertEquals(json("""
                [{'prefix':'0.0.0.0/0','via':'host'},
                 {'prefix':'10.244.0.0/16','via':'unreachable'},
                 {'prefix':'10.244.1.0/24','via':'unreachable'},
                 {'prefix':'10.244.1.1/32','via':'host'},
                 {'prefix':'10.244.1.10/32','via':'pod a/x'},
                 {'prefix':'10.244.2.0/24','via':'node node2'},
                 {'prefix':'::/0','via':'host'}]"""), run(new RoutesOp(publisher)));
    }

    @Test
    void peers() throws Exception {
        publisher.current().vteps().all().getFirst().counters(0).sent(3, 300);
        assertEquals(json("""
                [{'node':'node2','address':'172.30.0.2','mac':'02:00:00:00:00:02','podCidrs':['10.244.2.0/24'],
                  'pathMtu':1400,
                  'counters':{'rxPackets':0,'rxBytes':0,'txPackets':3,'txBytes':300,'drops':0}}]"""),
                run(new PeersOp(publisher)));
    }

    @Test
    void countersOutliveWhatTheyCounted() throws Exception {
        dataplane.drops.put(DropReason.NO_ROUTE, 5L);
        publisher.current().vteps().all().getFirst().counters(0).received(2, 200);
        publisher.setCluster(new ClusterSpec(List.of(IpText.prefix("10.244.0.0/16")), List.of(), List.of(self)));
        final JsonNode counters = run(new CountersOp(dataplane, publisher, host, pods));
        assertEquals(2, counters.path("packets").path("tunnel").path("rxPackets").asInt());
        assertEquals(0, counters.path("packets").path("host").path("rxPackets").asInt(-1));
        assertEquals(0, counters.path("packets").path("pods").path("txBytes").asInt(-1));
        assertEquals(DropReason.count(), counters.path("drops").size());
        assertEquals(5, counters.path("drops").path("NO_ROUTE").path("count").asInt());
        assertEquals(DropReason.NO_ROUTE.label(), counters.path("drops").path("NO_ROUTE").path("label").asText());
    }

    @Test
    void noPods() throws Exception {
        assertEquals(json("[]"), run(new PodsOp(pods)));
    }

    private StatusOp status(TunnelSettings tunnel) {
        return new StatusOp(new NodeInfo("1.0", "node1", "eth0", self.address(), 1500, tunnel, 4789, 1450,
                ThreadingMode.DEDICATED, 2), readiness, dataplane, publisher, host, pods, staticPods::waiting, listing);
    }

    @Test
    void statusOfServices() throws Exception {
        assertTrue(run(status(new VxlanSettings(7))).path("services").isMissingNode());
        source = new SourceState("/etc/services.yaml", true, 1_764_547_200_999L, false, 0, null);
        assertEquals(json("{'source':'/etc/services.yaml','inLine':true,'readAt':'2025-12-01T00:00:00Z','kept':false}"),
                run(status(new VxlanSettings(7))).path("services"));
        source = new SourceState("/etc/services.yaml", false, 0, true, 1_764_547_200_000L, "no such file");
        assertEquals(json("{'source':'/etc/services.yaml','inLine':false,'kept':true,"
                + "'refusedSince':'2025-12-01T00:00:00Z','problem':'no such file'}"),
                run(status(new VxlanSettings(7))).path("services"));
    }

    private static TunPort port(int number, String name) {
        return new TunPort(number, name, "eth0", new Fd(-1), TunOffloads.ALL, 1450, name.equals("host"), 0, 1);
    }

    /** As a client gets it: through text, so that kinds of numbers do not matter. */
    private static JsonNode run(ControlOp op) throws Exception {
        return new JsonMapper().readTree(op.run(JsonNodeFactory.instance.objectNode()).toString());
    }

    private static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text.replace('\'', '"'));
    }
}
