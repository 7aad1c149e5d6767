package dev.ringway.shard;

import dev.ringway.conntrack.AffinityTable;
import dev.ringway.conntrack.FlowMemory;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.linux.LinuxException;
import dev.ringway.linux.Mapping;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.TxSlot;
import dev.ringway.ring.RxRing;
import dev.ringway.ring.TxRing;
import dev.ringway.service.BackendLoad;
import dev.ringway.service.Ejections;
import dev.ringway.service.ServiceCounters;
import dev.ringway.service.ServiceMeter;
import dev.ringway.snapshot.SnapshotCell;
import dev.ringway.underlay.UnderlayOffloads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One shard's rings, memory and switch stage: everything but its edge to the kernel, so that tests and benchmarks run
 * the same code over in-memory edges.
 */
public final class Shard implements AutoCloseable {
    private static final int TX_SLOTS = 512;
    /** Reads of a burst that are under way beside a full ring, and the waiting read of each port. */
    private static final int SPARE_BUFFERS = 1024;
    /** Bytes of the buffers that are lent out first: some hundred of them carry all traffic but bursts. */
    private static final long HOT_BUFFERS = 8L << 20;

    private final Mapping bufferMemory;
    private final Mapping txMemory;
    private final Mapping heldMemory;
    private final Buffers buffers;
    private final FlowMemory flowMemory;
    private final AffinityTable affinities;
    private final FlowTable flows;
    private final ServiceCounters serviceCounters = new ServiceCounters();
    private final BackendLoad load;
    private final RxRing receive;
    private final TxRing transmit;
    private final DropCounters ioDrops = new DropCounters();
    private final DropCounters switchDrops = new DropCounters();
    private final Siblings.Post post;
    private final SwitchStage stage;

    public Shard(DataplaneSettings settings, TunnelCodec codec, UnderlayOffloads offloads, SnapshotCell snapshots,
            Siblings siblings, int number) throws LinuxException {
        this(settings, codec, offloads, snapshots, siblings, number, System::nanoTime);
    }

    /** @param clock in nanoseconds, also the seed of its choices, so that tests can have both again */
    Shard(DataplaneSettings settings, TunnelCodec codec, UnderlayOffloads offloads, SnapshotCell snapshots,
            Siblings siblings, int number, LongSupplier clock) throws LinuxException {
        final int count = settings.ringSlots() + SPARE_BUFFERS;
        bufferMemory = Mapping.allocate((long) count * Buffers.STRIDE, HOT_BUFFERS);
        txMemory = Mapping.allocate((TX_SLOTS + 1L) * TxSlot.STRIDE, TX_SLOTS * (long) TxSlot.STRIDE);
        heldMemory = Mapping.allocate(HeldFragments.BYTES);
        buffers = new Buffers(bufferMemory.address(), count);
        receive = new RxRing(settings.ringSlots(), buffers);
        transmit = new TxRing(TX_SLOTS, txMemory.address(), receive);
        flowMemory = openFlows(settings.flows(), number);
        affinities = openAffinities(settings.flows(), number);
        final int nowS = (int) TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong());
        load = new BackendLoad(settings.flows().failuresToEject(), settings.flows().retryS());
        final ServiceMeter meter = new ServiceMeter(serviceCounters, load);
        flows = new FlowTable(flowMemory, meter, nowS);
        final HeldFragments held = new HeldFragments(heldMemory.address(), receive::released, switchDrops);
        post = siblings.post(number);
        final PathSet paths = new PathSet(transmit, codec, offloads, settings,
                new ServiceStage(flows, affinities, meter, post, settings.flows().masqueradeAll(),
                        new XorShift(clock.getAsLong())), post, held, switchDrops, number);
        stage = new SwitchStage(receive, transmit, snapshots, paths, switchDrops, clock);
    }

    private static FlowMemory openFlows(FlowSettings settings, int number) throws LinuxException {
        if (settings.base() == null) {
            return FlowMemory.anonymous(settings.most());
        }
        final Path file = settings.file(number);
        try {
            return FlowMemory.open(file, settings.most());
        } catch (IOException e) {
            throw new LinuxException("flow table " + file + " (services.maxFlows): " + e.getMessage(), 0);
        }
    }

    private static AffinityTable openAffinities(FlowSettings settings, int number) throws LinuxException {
        if (settings.base() == null) {
            return new AffinityTable();
        }
        final Path file = settings.affinityFile(number);
        try {
            return AffinityTable.open(file);
        } catch (IOException e) {
            throw new LinuxException("session affinities " + file + ": " + e.getMessage(), 0);
        }
    }

    /** Flows to Services; others than the switch thread may only look at them. */
    public FlowTable flows() {
        return flows;
    }

    /** What has gone through each Service and backend; any thread. */
    public ServiceCounters serviceCounters() {
        return serviceCounters;
    }

    /** Backends that get no new flows now; any thread. */
    public Ejections ejections() {
        return load.ejections();
    }

    public Buffers buffers() {
        return buffers;
    }

    public RxRing receive() {
        return receive;
    }

    public TxRing transmit() {
        return transmit;
    }

    public SwitchStage stage() {
        return stage;
    }

    /** True if other shards have handed datagrams over; I/O thread. */
    boolean hasStrays() {
        return post.hasStrays();
    }

    /** Takes what they have handed over as if it had just been read; I/O thread. */
    int takeStrays() {
        return post.drain(receive, buffers) ? 1 : 0;
    }

    /** Drops counted by the I/O thread. */
    public DropCounters ioDrops() {
        return ioDrops;
    }

    /** Drops counted by the switch thread. */
    public DropCounters switchDrops() {
        return switchDrops;
    }

    @Override
    public void close() {
        bufferMemory.close();
        txMemory.close();
        heldMemory.close();
        flowMemory.close();
        affinities.close();
    }
}
