package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowMemory;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpEndpoint;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.PodSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.files.FileSource;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.NodeView;
import dev.ringway.linux.Fd;
import dev.ringway.packet.Packet;
import dev.ringway.podnet.ControlOp;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendLoad;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import dev.ringway.service.ServiceCounters;
import dev.ringway.service.ServiceMeter;
import dev.ringway.testing.FakeDataplane;
import dev.ringway.tun.TunOffloads;
import dev.ringway.tun.TunPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * node1 of a cluster of two, as the operations see it: with the pods test/a 10.244.1.11 and test/b 10.244.1.12, the
 * Services of a file, and the flows that a test says, without packets.
 */
public final class ObserveRig implements AutoCloseable {
    public final FakeDataplane dataplane = new FakeDataplane(new ArrayList<>());
    public final SnapshotPublisher publisher;
    public final FileSource services;
    public final BackendLoad load = new BackendLoad(2, 30);
    public final ServiceMeter meter;
    public final FlowTable flows;
    public final int nowS = (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());

    private final FlowMemory memory;

    public ObserveRig(Path directory, String yaml) throws IOException {
        this(directory, yaml, 64);
    }

    ObserveRig(Path directory, String yaml, int mostFlows) throws IOException {
        final NodeSpec self = new NodeSpec("node1", IpText.address("172.30.0.1"),
                List.of(IpText.prefix("10.244.1.0/24"), IpText.prefix("fd00:244:1::/64")), 1, 0);
        final NodeSpec peer = new NodeSpec("node2", IpText.address("172.30.0.2"),
                List.of(IpText.prefix("10.244.2.0/24"), IpText.prefix("fd00:244:2::/64")), 2, 0);
        publisher = new SnapshotPublisher("node1", new ClusterSpec(List.of(IpText.prefix("10.244.0.0/16"),
                IpText.prefix("fd00:244::/32")), List.of(IpText.prefix("10.96.0.0/16")), List.of(self, peer)), 4789,
                1500, 1);
        publisher.setAddresses(List.of(self.address()));
        publisher.setHost(port(0, "host"));
        publisher.addPod(pod("test/a", "10.244.1.11"), port(1, "test/a"));
        publisher.addPod(pod("test/b", "10.244.1.12"), port(2, "test/b"));
        final Path file = Files.writeString(directory.resolve("services.yaml"), yaml);
        services = new FileSource(file, directory.resolve("state.json"), new NodeView("node1", "zone-a",
                List.of(self.address()), List.of(self.address()), IpText.address("10.244.1.0"),
                IpText.address("fd00:244:1::")), Balance.RANDOM);
        services.start(() -> { }, () -> { });
        final Compiled compiled = services.poll();
        if (compiled == null || !services.warnings().isEmpty()) {
            throw new IllegalArgumentException(services.warnings().toString());
        }
        publisher.setServices(compiled.table());
        dataplane.counters.add(new ServiceCounters());
        meter = new ServiceMeter(dataplane.counters.getFirst(), load);
        memory = FlowMemory.anonymous(mostFlows);
        flows = new FlowTable(memory, meter, nowS);
        dataplane.flows.add(flows);
    }

    /** A Service of the namespace test, with one unnamed port 80/TCP unless the rest says more. */
    public static String service(String name, String clusterIp, String rest) {
        return "---\nkind: Service\nmetadata: {name: " + name + ", namespace: test}\nspec: {clusterIP: " + clusterIp
                + (rest.contains("ports:") ? "" : ", ports: [{port: 80}]") + rest + "}\n";
    }

    /** Ready endpoints at port 8080, on the nodes that their addresses belong to. */
    public static String endpoints(String service, String... addresses) {
        final StringBuilder text = new StringBuilder("---\nkind: EndpointSlice\nmetadata: {name: " + service
                + "-1, namespace: test, labels: {kubernetes.io/service-name: " + service + "}}\naddressType: IPv4\n"
                + "ports: [{port: 8080}]\nendpoints:\n");
        for (String address : addresses) {
            text.append("- {addresses: [").append(address).append("], nodeName: node")
                    .append(address.startsWith("10.244.1.") ? 1 : 2).append("}\n");
        }
        return text.toString();
    }

    private static PodSpec pod(String name, String address) {
        return new PodSpec(name, Path.of("/x"), "eth0", List.of(IpText.address(address)));
    }

    private static TunPort port(int number, String name) {
        return new TunPort(number, name, "eth0", new Fd(-1), TunOffloads.ALL, 1450, name.equals("host"), 0, 1);
    }

    /** What is addressed so, for instance 10.96.0.1:80; for a ping without a port. */
    Frontend frontend(int protocol, String address) {
        final IpEndpoint at = IpEndpoint.parse(address);
        return publisher.current().services().lookup(at.address().version(), at.address().hi(), at.address().lo(),
                protocol, at.port());
    }

    /** The backend of a Service at this address. */
    Backend backend(Frontend frontend, String address) {
        final IpEndpoint at = IpEndpoint.parse(address);
        return frontend.port.find(at.address().hi(), at.address().lo(), at.port());
    }

    /** Opens a flow that the backend sees come from the client itself. */
    public long open(int protocol, String client, String address, String backend) {
        return open(protocol, client, address, backend, client);
    }

    public long open(int protocol, String client, String address, String backend, String seenAs) {
        final Frontend frontend = frontend(protocol, address);
        final Backend to = backend(frontend, backend);
        final long flow = flows.insert(key(protocol, client, address), key(protocol, backend, seenAs),
                to == null ? 0 : to.handle, frontend.port.id, nowS);
        meter.opened(flow, 0);
        return flow;
    }

    private static FlowKey key(int protocol, String source, String destination) {
        final IpEndpoint from = IpEndpoint.parse(source);
        final IpEndpoint to = IpEndpoint.parse(destination);
        final FlowKey key = new FlowKey();
        key.version = from.address().version();
        key.protocol = protocol;
        key.sourceHi = from.address().hi();
        key.sourceLo = from.address().lo();
        key.sourcePort = from.port();
        key.destinationHi = to.address().hi();
        key.destinationLo = to.address().lo();
        key.destinationPort = to.port();
        return key;
    }

    /** Counts a packet of a flow, of any kind. */
    public void pass(long flow, boolean reply, int bytes) {
        final Packet p = new Packet();
        p.fragment = Packet.LATER;
        p.length = bytes;
        flows.track(flow, reply, p, Flow.lastSeenS(flow));
    }

    /** The answer to arguments as people would write them, with ' in the place of ". */
    static JsonNode run(ControlOp op, String arguments) throws Exception {
        final ObjectNode parsed = arguments.isEmpty() ? JsonNodeFactory.instance.objectNode()
                : (ObjectNode) new JsonMapper().readTree(arguments.replace('\'', '"'));
        return new JsonMapper().readTree(op.run(parsed).toString());
    }

    @Override
    public void close() {
        services.close();
        memory.close();
    }
}
