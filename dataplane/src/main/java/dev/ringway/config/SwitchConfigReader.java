package dev.ringway.config;

import dev.ringway.control.NodeSpec;
import dev.ringway.control.PodSpec;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.shard.ThreadingMode;
import java.nio.file.Path;
import java.util.List;

/** The top of the file: reads each section in turn, then checks what is said in several places against each other. */
final class SwitchConfigReader {
    /** RFC 791 and RFC 8200: the smallest MTU a link may have. */
    private static final int LEAST_MTU4 = 68;
    private static final int LEAST_MTU6 = 1280;
    private static final int MOST_MTU = 65_535;
    private static final int MOST_SHARDS = 64;
    private static final int LEAST_SLOTS = 64;
    private static final int MOST_SLOTS = 16_384;
    private static final int MOST_SOURCE_PORTS = 64;
    private static final int LEAST_BUFFER = 65_536;
    private static final int MOST_BUFFER = 1 << 30;

    private final Problems problems;

    private SwitchConfigReader(Problems problems) {
        this.problems = problems;
    }

    static SwitchConfig read(Path file, ConfigTree tree) throws ConfigException {
        final Problems problems = Problems.ofKeys(file, tree.lines());
        final SwitchConfig config;
        try (Section root = new Section(tree.root(), KeyPath.root(0), problems)) {
            config = new SwitchConfigReader(problems).read(root);
        }
        problems.throwIfAny();
        return config;
    }

    private SwitchConfig read(Section root) {
        final Value nodeKey = root.value("node");
        final ClusterReader cluster = new ClusterReader(root.section("cluster"), problems);
        final String node = cluster.isWhole() || !nodeKey.isAuto()
                ? nodeKey.parsed("this node's name, one of cluster.nodes", Names::node) : NodeName.find(nodeKey);
        cluster.checkNode(nodeKey, node);
        final NodeSpec self = cluster.node(node);

        final String underlay;
        try (Section section = root.section("underlay")) {
            final Value name = section.value("interface");
            underlay = name.isAuto() ? null : name.parsed("", Names::networkInterface);
        }
        final EncapConfig encap = EncapReader.read(root.section("encap"));
        final boolean ipv6Pods = cluster.hasIpv6Pods();
        if (ipv6Pods) {
            checkNodeMtus(cluster, encap.tunnel());
        }
        final int mtu = root.value("mtu").integerOrAuto(ipv6Pods ? LEAST_MTU6 : LEAST_MTU4, MOST_MTU,
                " bytes" + (ipv6Pods ? " (IPv6 pods need " + LEAST_MTU6 + ", RFC 8200)" : ""));
        final HostConfig host = host(root.section("host"), underlay);
        final List<PodSpec> pods = PodsReader.read(root.value("pods"), self, problems);
        final CniConfig cni = CniReader.read(root.section("cni"), self, pods);
        return new SwitchConfig(node, cluster.spec(), SourceReader.read(root, cluster.source(), cni.stateDir()),
                underlay, encap, mtu, host, pods, threading(root.section("threading")), slots(root.section("rings")),
                sockets(root.section("sockets")), tunOffload(root.section("offload")),
                controlSocket(root.section("control")), cni,
                ServicesConfigReader.read(root.section("services"), cluster.isWhole(), cni.stateDir()),
                MetricsReader.read(root.section("metrics")), jsonLog(root.section("log")),
                root.value("cleanup").choice("remove", "keep").equals("remove"));
    }

    /** A path too small for the least packet an IPv6 pod may send can carry none that needs it. */
    private void checkNodeMtus(ClusterReader cluster, TunnelSettings tunnel) {
        for (Located<NodeSpec> node : cluster.nodes()) {
            final NodeSpec spec = node.value();
            final int least = LEAST_MTU6 + tunnel.overhead(spec.address().version());
            if (spec.mtu() != 0 && spec.mtu() < least) {
                problems.add(node.path() + ".mtu", "must be at least " + least + " bytes, not " + spec.mtu() + ": "
                        + LEAST_MTU6 + " for IPv6 pods and the tunnel's headers");
            }
        }
    }

    private HostConfig host(Section section, String underlay) {
        try (section) {
            final Value name = section.value("interface");
            final String device = name.isAbsent() ? "ringway0" : name.parsed("", Names::networkInterface);
            if (device != null && device.equals(underlay)) {
                name.refuse("'" + device + "' is the underlay's interface; the switch makes one of its own");
            }
            return new HostConfig(device, section.value("masquerade").flag(true));
        }
    }

    private static ThreadingConfig threading(Section section) {
        try (section) {
            final String mode = section.value("mode").choice("shared", "dedicated");
            return new ThreadingConfig(mode.equals("shared") ? ThreadingMode.SHARED : ThreadingMode.DEDICATED,
                    section.value("shards").integer(1, 1, MOST_SHARDS, ""),
                    section.value("idle").choice("block", "spin").equals("spin"));
        }
    }

    private static int slots(Section section) {
        try (section) {
            final Value value = section.value("slots");
            final int slots = value.integer(512, LEAST_SLOTS, MOST_SLOTS, ", a power of two");
            if (Integer.bitCount(slots) != 1) {
                value.refuse("must be a power of two, not " + slots + "; next: " + Integer.highestOneBit(slots) + ", "
                        + 2 * Integer.highestOneBit(slots));
            }
            return slots;
        }
    }

    private static SocketsConfig sockets(Section section) {
        try (section) {
            return new SocketsConfig(section.value("sourcePorts").integer(16, 1, MOST_SOURCE_PORTS, ""),
                    section.value("receiveBuffer").integer(8 << 20, LEAST_BUFFER, MOST_BUFFER, " bytes"),
                    section.value("sendBuffer").integer(8 << 20, LEAST_BUFFER, MOST_BUFFER, " bytes"),
                    section.value("gso").choice("auto", "off").equals("auto"),
                    section.value("gro").choice("auto", "off").equals("auto"));
        }
    }

    private static boolean tunOffload(Section section) {
        try (section) {
            return section.value("tun").choice("auto", "off").equals("auto");
        }
    }

    private static boolean jsonLog(Section section) {
        try (section) {
            return section.value("format").choice("text", "json").equals("json");
        }
    }

    private static Path controlSocket(Section section) {
        try (section) {
            final Value socket = section.value("socket");
            return socket.isAbsent() ? Path.of("/run/ringway/ringway.sock") : socket.parsed("", Names::socket);
        }
    }
}
