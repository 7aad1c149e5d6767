package dev.ringway.benchmarks;

import dev.ringway.conntrack.Flow;
import dev.ringway.control.IpText;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Fib;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import dev.ringway.fib.Vtep;
import dev.ringway.fib.VtepTable;
import dev.ringway.linux.Fd;
import dev.ringway.linux.LinuxException;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.RxSlot;
import dev.ringway.packet.TxSlot;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import dev.ringway.service.Handle;
import dev.ringway.service.Kind;
import dev.ringway.service.ServicePort;
import dev.ringway.service.ServiceTable;
import dev.ringway.shard.DataplaneSettings;
import dev.ringway.shard.FlowSettings;
import dev.ringway.shard.Shard;
import dev.ringway.shard.Siblings;
import dev.ringway.shard.ThreadingMode;
import dev.ringway.snapshot.Self;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.snapshot.SnapshotCell;
import dev.ringway.testing.MemoryIo;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Tunnels;
import dev.ringway.tun.TunOffloads;
import dev.ringway.tun.TunPort;
import dev.ringway.underlay.UnderlayOffloads;
import dev.ringway.wire.Memory;
import dev.ringway.wire.VnetHdr;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A packet's whole way through a shard over in-memory edges, receive ring to transmit ring and completions, in batches
 * of 32 reads: everything but the system calls. Copying the packet's head into the buffer stands for the read; of a
 * super-packet the payload lies in the buffer already.
 *
 * <p>Those of a Service, which has eight backends on the other node: packets of a flow, its answers, and SYNs of which
 * each is a new flow's, in a table that is full, so that for each a flow that nobody has answered is given up.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PathBenchmark extends AsDaemon implements MemoryIo.Source, MemoryIo.Sink {
    private static final int BATCH = 32;
    /** What a packet's way changes lies within these bytes of a read, in front of each segment of a train. */
    private static final int HEAD = 128;
    private static final int BACKENDS = 8;
    /** Fewer than a client has ports, so that each comes as a new one. */
    private static final int FLOWS = 1 << 15;
    private static final int SOURCE_PORT = 20;

    /** What is switched, and from where to where. */
    public enum Way {
        EGRESS_64B, EGRESS_64K, INGRESS_64B, INGRESS_TRAIN, LOCAL_64B, LOCAL_64K, EGRESS_SERVICE_HIT,
        EGRESS_SERVICE_NEW_FLOW, INGRESS_SERVICE_REPLY;

        boolean isIngress() {
            return this == INGRESS_64B || this == INGRESS_TRAIN || this == INGRESS_SERVICE_REPLY;
        }

        boolean isOfService() {
            return ordinal() >= EGRESS_SERVICE_HIT.ordinal();
        }
    }

    @Param
    public Way way;

    private Shard shard;
    private MemoryIo io;
    private int left;
    private long bytes;
    /** What is read now; another way than the one that is measured only while that is made ready. */
    private Way now;
    private int clientPort;
    private byte[] header = new byte[VnetHdr.LENGTH];
    private int length;
    private int segment;
    private long template;
    private final long peer = IpText.address("172.30.0.2").hi();

    @Setup
    public void prepare() throws LinuxException {
        final TunPort[] ports = {port(0), port(1)};
        final Vtep vtep = new Vtep(0, "node2", 4, peer, 0, Samples.PEER_MAC, NativeMemory.allocate(32), 16, 1500,
                OutsideClients.MASQUERADE, 1);
        final Fib fib = new Fib(Map.of(IpText.prefix("10.244.0.0/16"), Adjacency.UNREACHABLE,
                IpText.prefix("10.244.2.0/24"), Adjacency.tunnel(vtep),
                IpText.prefix(Samples.HERE + "/32"), Adjacency.pod(0),
                IpText.prefix(Samples.NEIGHBOR + "/32"), Adjacency.pod(1)));
        final IpAddress gateway = IpText.address("10.244.1.1");
        final Self self = new Self(Samples.OWN_MAC, gateway, null, IpText.address("10.244.1.0"), null,
                new IpAddress[] {IpText.address("172.30.0.1")},
                new Prefix[] {IpText.prefix("10.244.1.0/24")}, OutsideClients.MASQUERADE, true);
        final TunnelSettings vxlan = new VxlanSettings(1);
        final DataplaneSettings settings = new DataplaneSettings(ThreadingMode.SHARED, 1, false, 512, 16, 0, 0, true,
                true, true, false, 4, IpText.address("172.30.0.1"), 4789, vxlan, new FlowSettings(FLOWS));
        shard = new Shard(settings, TunnelCodec.of(vxlan, Samples.OWN_MAC), new UnderlayOffloads(null, null),
                new SnapshotCell(new Snapshot(1, fib, new VtepTable(List.of(vtep)), ports, self,
                        way.isOfService() ? service() : ServiceTable.EMPTY)),
                Siblings.none(), 0);
        io = new MemoryIo(shard, this, this, false);
        io.start();
        io.addPort(ports[0], true);
        io.addPort(ports[1], true);
        if (way == Way.INGRESS_SERVICE_REPLY) {
            sample(Way.EGRESS_SERVICE_HIT);
            read();
        }
        sample(way);
        read();
        if (way.isOfService() != shard.flows().size() > 0 || shard.transmit().hasWork()) {
            throw new IllegalStateException(way + " does not go where it should");
        }
    }

    private ServiceTable service() {
        final int protocol = way == Way.EGRESS_SERVICE_NEW_FLOW ? PacketBuilder.TCP : PacketBuilder.UDP;
        final int number = way == Way.EGRESS_SERVICE_NEW_FLOW ? Samples.SYN_TO : Samples.SMALL_TO;
        final ServiceTable.Builder table = ServiceTable.EMPTY.change();
        final Backend[] backends = new Backend[BACKENDS];
        for (int i = 0; i < BACKENDS; i++) {
            final IpAddress address = IpText.address("10.244.2." + (10 + i));
            backends[i] = new Backend(Handle.of(i + 1, 1), 4, address.hi(), address.lo(), 8080, 1, false);
            table.put(backends[i], ServiceTable.SERVING);
        }
        final ServicePort port = new ServicePort(1, "bench/service", BackendSet.of(backends, false), BackendSet.EMPTY,
                true, false, false, 0, Balance.RANDOM);
        return table.put(Frontend.of(IpText.address(Samples.SERVICE), protocol, number, port, Kind.CLUSTER_IP, null))
                .build();
    }

    /** From the backend that the only flow has. */
    private PacketBuilder reply() {
        final long flow = shard.flows().entry(0);
        final String backend = IpText.text(new IpAddress(4, Flow.backendHi(flow), Flow.backendLo(flow)));
        return Samples.small(backend, Samples.HERE).ports(8080, Samples.SMALL_FROM);
    }

    private static TunPort port(int number) {
        return new TunPort(number, "pod" + number, "eth0", new Fd(-1), TunOffloads.ALL, 1450, false, 0, 1);
    }

    private void sample(Way wanted) {
        now = wanted;
        final PacketBuilder packet = switch (now) {
            case EGRESS_64B -> Samples.small(Samples.HERE, Samples.THERE);
            case EGRESS_64K -> Samples.stream(Samples.HERE, Samples.THERE);
            case INGRESS_64B, INGRESS_TRAIN -> Samples.small(Samples.THERE, Samples.HERE);
            case LOCAL_64B -> Samples.small(Samples.HERE, Samples.NEIGHBOR);
            case LOCAL_64K -> Samples.stream(Samples.HERE, Samples.NEIGHBOR);
            case EGRESS_SERVICE_HIT -> Samples.small(Samples.HERE, Samples.SERVICE);
            case EGRESS_SERVICE_NEW_FLOW -> Samples.syn(Samples.HERE, Samples.SERVICE);
            case INGRESS_SERVICE_REPLY -> reply();
        };
        final byte[] content = switch (now) {
            case INGRESS_64B, INGRESS_SERVICE_REPLY -> Tunnels.vxlan(Samples.OWN_MAC, Samples.PEER_MAC, packet.bytes());
            case INGRESS_TRAIN -> Samples.train(Samples.SEGMENTS);
            default -> packet.unfinished();
        };
        header = switch (now) {
            case EGRESS_64B, LOCAL_64B, EGRESS_SERVICE_HIT, EGRESS_SERVICE_NEW_FLOW -> packet.unfinishedHeader();
            case EGRESS_64K, LOCAL_64K -> packet.superHeader(Samples.MSS);
            default -> header;
        };
        length = content.length;
        segment = now == Way.INGRESS_TRAIN ? content.length / Samples.SEGMENTS : content.length;
        template = Samples.place(header, content);
        // All buffers that a batch may be read into hold the payload from now on.
        for (int i = 0; i < shard.buffers().size(); i++) {
            Memory.putBytes(shard.buffers().address(i) + Buffers.DATA, content);
        }
    }

    @Override
    public boolean isEmpty() {
        return left == 0;
    }

    @Override
    public void read(RxSlot slot, long buffer) {
        left--;
        final long at = buffer + Buffers.DATA;
        Memory.copySmall(template - VnetHdr.LENGTH, at - VnetHdr.LENGTH, VnetHdr.LENGTH);
        for (int i = 0; i < length; i += segment) {
            Memory.copySmall(template + i, at + i, Math.min(HEAD, length - i));
        }
        if (now == Way.EGRESS_SERVICE_NEW_FLOW) {
            // The checksum is the device's to finish, so that the port is all that changes.
            Memory.putShortBe(at + SOURCE_PORT, clientPort++ & 0xFFFF);
        }
        slot.data = at;
        slot.length = length;
        slot.port = now.isIngress() ? RxSlot.UNDERLAY : 0;
        slot.segmentSize = segment;
        slot.tos = 0;
        slot.sourceHi = peer;
        slot.sourceLo = 0;
    }

    @Override
    public void sent(TxSlot slot, int headerLength) {
        bytes += slot.bytes;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long read() {
        left = BATCH;
        do {
            io.poll(false);
        } while (shard.stage().work() > 0 || left > 0 || shard.transmit().hasWork());
        return bytes;
    }
}
