package dev.ringway.podnet;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.PodSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.testing.FakeDataplane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A pod manager between fakes that write into one list of events, so that their order can be seen. */
public final class PodRig {
    static final Path SOME_FILE = Path.of("/proc/self/ns/net");

    public final List<String> events = new ArrayList<>();
    public final FakeDevices devices = new FakeDevices(events);
    public final FakeDataplane dataplane = new FakeDataplane(events);
    final NodeSpec self = new NodeSpec("node1", IpText.address("172.30.0.1"),
            List.of(IpText.prefix("10.244.1.0/24"), IpText.prefix("fd00:244:1::/64")), 1, 0);
    final ClusterSpec cluster =
            new ClusterSpec(List.of(IpText.prefix("10.244.0.0/16"), IpText.prefix("fd00:244::/32")), List.of(),
                    List.of(self));
    public final SnapshotPublisher publisher = new SnapshotPublisher("node1", cluster, 4789, 1500, 1);
    public final PodManager manager = new PodManager(devices, dataplane, publisher, new PortNumbers(), 1450, 1);

    /** Scripts that nftables was given. */
    public final List<String> scripts = new ArrayList<>();
    /** Ports of the node, whose rules nobody sees. */
    public final HostPorts hostPorts = new HostPorts("rw-none", scripts::add);

    public PodRig() {
        publisher.connect(dataplane::publish);
    }

    /** A pod whose namespace's file exists. */
    static PodSpec pod(String name, String... addresses) {
        return pod(name, Path.of("/proc/self/ns/net"), addresses);
    }

    static PodSpec pod(String name, Path netns, String... addresses) {
        final List<IpAddress> list = new ArrayList<>();
        for (String address : addresses) {
            list.add(IpText.address(address));
        }
        return new PodSpec(name, netns, "if" + name.substring(name.indexOf('/') + 1), list);
    }

    /** What has happened since the last call. */
    public List<String> drain() {
        final List<String> drained = List.copyOf(events);
        events.clear();
        return drained;
    }

    public Adjacency route(String address) {
        final IpAddress ip = IpText.address(address);
        return publisher.current().fib().lookup(ip.version(), ip.hi(), ip.lo());
    }
}
