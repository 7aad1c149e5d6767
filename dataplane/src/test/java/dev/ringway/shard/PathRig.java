package dev.ringway.shard;

import dev.ringway.encap.GreSettings;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.linux.LinuxException;
import dev.ringway.packet.DropReason;
import dev.ringway.snapshot.SnapshotCell;
import dev.ringway.testing.Inbox;
import dev.ringway.testing.MemoryIo;
import dev.ringway.testing.Outbox;
import dev.ringway.testing.Received;
import dev.ringway.testing.Sent;
import dev.ringway.tun.TunPort;
import dev.ringway.underlay.UnderlayOffloads;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The shard of one node of the {@link Topology} over an in-memory edge, driven by hand. */
final class PathRig implements AutoCloseable {
    static final int SOURCE_PORTS = 16;
    static final int RING_SLOTS = 256;
    static final FlowSettings FLOWS = new FlowSettings(4096);
    static final TunnelSettings VXLAN = new VxlanSettings(1);
    static final TunnelSettings GRE = new GreSettings(false, 0);
    static final TunnelSettings KEYED_GRE = new GreSettings(true, 0xCAFE_0001);

    /** What rigs differ in. */
    record Setup(int node, TunnelSettings tunnel, int underlayVersion, boolean uniformDscp, boolean gso,
            boolean holdCompletions) {
        static final Setup DEFAULT = new Setup(1, VXLAN, 4, false, true, false);

        Setup node(int number) {
            return new Setup(number, tunnel, underlayVersion, uniformDscp, gso, holdCompletions);
        }

        Setup tunnel(TunnelSettings other) {
            return new Setup(node, other, underlayVersion, uniformDscp, gso, holdCompletions);
        }

        Setup underlay(int version) {
            return new Setup(node, tunnel, version, uniformDscp, gso, holdCompletions);
        }

        Setup uniform() {
            return new Setup(node, tunnel, underlayVersion, true, gso, holdCompletions);
        }

        Setup withoutGso() {
            return new Setup(node, tunnel, underlayVersion, uniformDscp, false, holdCompletions);
        }

        Setup held() {
            return new Setup(node, tunnel, underlayVersion, uniformDscp, gso, true);
        }

        DataplaneSettings settings(ThreadingMode mode) {
            return settings(mode, FLOWS, 1);
        }

        DataplaneSettings settings(ThreadingMode mode, FlowSettings flows, int shards) {
            return new DataplaneSettings(mode, shards, false, RING_SLOTS, SOURCE_PORTS, 0, 0, gso, true, true,
                    uniformDscp, underlayVersion, null, port(), tunnel, flows);
        }

        int port() {
            return tunnel instanceof VxlanSettings ? 4789 : 4754;
        }

        UnderlayOffloads offloads() {
            return new UnderlayOffloads(gso ? null : "by the test", null);
        }
    }

    final Setup setup;
    final Topology topology;
    final SnapshotCell snapshots;
    final UnderlayOffloads offloads;
    final Shard shard;
    final Inbox inbox = new Inbox();
    final Outbox outbox = new Outbox();
    final MemoryIo io;
    private final SharedAgent agent;

    PathRig() {
        this(Setup.DEFAULT);
    }

    PathRig(Setup setup) {
        this(setup, FLOWS);
    }

    PathRig(Setup setup, FlowSettings flows) {
        this(setup, flows, System::nanoTime);
    }

    /** With a clock of the test's, in nanoseconds. */
    PathRig(Setup setup, FlowSettings flows, LongSupplier clock) {
        this(setup, flows, new Topology(setup.node, setup.underlayVersion, setup.port()), Siblings.none(), 1, 0,
                clock);
    }

    /** One of several shards of the same node. */
    PathRig(Setup setup, FlowSettings flows, Topology topology, Siblings siblings, int shards, int number) {
        this(setup, flows, topology, siblings, shards, number, System::nanoTime);
    }

    PathRig(Setup setup, FlowSettings flows, Topology topology, Siblings siblings, int shards, int number,
            LongSupplier clock) {
        this.setup = setup;
        this.topology = topology;
        snapshots = new SnapshotCell(topology.snapshot());
        offloads = setup.offloads();
        try {
            shard = new Shard(setup.settings(ThreadingMode.SHARED, flows, shards),
                    TunnelCodec.of(setup.tunnel, Topology.mac(setup.node)), offloads, snapshots, siblings, number,
                    clock);
        } catch (LinuxException e) {
            throw new IllegalStateException(e);
        }
        io = new MemoryIo(shard, inbox, outbox, setup.holdCompletions);
        io.start();
        for (TunPort port : topology.ports()) {
            io.addPort(port, port.shard() == number);
        }
        agent = new SharedAgent(io, shard, false, number);
    }

    void fromPort(int port, byte[] packet) {
        inbox.add(Received.packet(port, packet));
    }

    void fromPort(int port, byte[] header, byte[] packet) {
        inbox.add(Received.superPacket(port, header, packet));
    }

    /** One datagram from another node of the topology. */
    void fromNode(int node, byte[] datagram) {
        fromNode(node, 0, datagram.length, datagram);
    }

    /** A GRO train from another node. */
    void fromNode(int node, int tos, int segmentSize, byte[] payload) {
        final var address = topology.underlay(node);
        inbox.add(Received.train(address.hi(), address.lo(), tos, segmentSize, payload));
    }

    /** Works until nothing is left to do and returns what was sent. */
    List<Sent> run() {
        int done;
        do {
            done = step();
        } while (done > 0);
        return outbox.take();
    }

    /** One duty cycle. */
    int step() {
        return agent.doWork();
    }

    /** Makes the topology as it is now the one that is switched by. */
    void publish() {
        snapshots.publish(topology.snapshot());
    }

    long drops(DropReason reason) {
        return shard.ioDrops().get(reason) + shard.switchDrops().get(reason);
    }

    /** All drops that happened, by reason. */
    Map<DropReason, Long> drops() {
        final Map<DropReason, Long> map = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            if (drops(reason) > 0) {
                map.put(reason, drops(reason));
            }
        }
        return map;
    }

    /** Receive buffers that are lent out. */
    int lentBuffers() {
        return shard.buffers().size() - shard.buffers().available();
    }

    @Override
    public void close() {
        shard.close();
    }
}
