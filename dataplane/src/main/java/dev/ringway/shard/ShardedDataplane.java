package dev.ringway.shard;

import dev.ringway.conntrack.FlowTable;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.fib.IpAddress;
import dev.ringway.packet.DropReason;
import dev.ringway.service.Ejections;
import dev.ringway.service.ServiceCounters;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.snapshot.SnapshotCell;
import dev.ringway.tun.TunPort;
import dev.ringway.underlay.PacketIo;
import dev.ringway.underlay.UnderlayOffloads;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * All shards of a node. Every shard can write to every port; a port is read by the shard that owns it. Changes reach
 * the I/O threads as tasks between two rounds.
 */
public final class ShardedDataplane implements Dataplane {
    private final Rehearsal rehearsal;
    private final SnapshotCell snapshots;
    private final UnderlayOffloads offloads;
    private final List<Shard> shards;
    private final List<PacketIo> edges;
    private final List<ShardThreads> threads = new ArrayList<>();
    private final Siblings siblings;
    private final AutoCloseable resources;
    private final List<FlowTable> flows = new ArrayList<>();
    private final Object reading = new Object();
    private boolean started;
    private boolean closed;

    /**
     * @param codec     the tunnel's
     * @param edges     each shard's edge to the kernel
     * @param siblings  what the shards were made with
     * @param resources what to close after the threads have ended: sockets
     */
    public ShardedDataplane(DataplaneSettings settings, TunnelCodec codec, SnapshotCell snapshots,
            UnderlayOffloads offloads, List<Shard> shards, List<PacketIo> edges, Siblings siblings,
            AutoCloseable resources) {
        rehearsal = new Rehearsal(settings, codec, offloads, (shard, socket) -> edges.get(shard).sourcePort(socket));
        this.snapshots = snapshots;
        this.offloads = offloads;
        this.shards = shards;
        this.edges = edges;
        this.siblings = siblings;
        this.resources = resources;
        shards.forEach(shard -> flows.add(shard.flows()));
        for (int i = 0; i < shards.size(); i++) {
            threads.add(ShardThreads.compose(settings.mode(), settings.spin(), shards.get(i), edges.get(i),
                    siblings, i));
        }
    }

    @Override
    public void start() {
        threads.forEach(ShardThreads::start);
        started = true;
    }

    @Override
    public void publish(Snapshot snapshot) {
        snapshots.publish(snapshot);
    }

    @Override
    public void addPort(TunPort port) {
        final List<CompletableFuture<Void>> pending = new ArrayList<>();
        for (int i = 0; i < edges.size(); i++) {
            final PacketIo io = edges.get(i);
            final boolean read = i == port.shard();
            final CompletableFuture<Void> added = new CompletableFuture<>();
            run(io, added, () -> {
                io.addPort(port, read);
                added.complete(null);
            });
            pending.add(added);
        }
        pending.forEach(CompletableFuture::join);
    }

    @Override
    public void removePort(TunPort port) {
        final List<CompletableFuture<Void>> pending = new ArrayList<>();
        for (PacketIo io : edges) {
            final CompletableFuture<Void> removed = new CompletableFuture<>();
            run(io, removed, () -> io.removePort(port, () -> removed.complete(null)));
            pending.add(removed);
        }
        pending.forEach(CompletableFuture::join);
    }

    /** Runs a change on an I/O thread; if it fails, so does the caller that waits for it. */
    private static void run(PacketIo io, CompletableFuture<Void> outcome, Runnable change) {
        io.execute(() -> {
            try {
                change.run();
            } catch (RuntimeException e) {
                outcome.completeExceptionally(e);
            }
        });
    }

    @Override
    public int shardOf(IpAddress podAddress) {
        return Steering.shard(podAddress, shards.size());
    }

    @Override
    public long drops(DropReason reason) {
        long total = 0;
        for (Shard shard : shards) {
            total += shard.ioDrops().get(reason) + shard.switchDrops().get(reason);
        }
        return total;
    }

    @Override
    public Throwable takeFailure() {
        Throwable newest = null;
        for (Shard shard : shards) {
            final Throwable failure = shard.stage().takeFailure();
            newest = failure == null ? newest : failure;
        }
        return newest;
    }

    @Override
    public Map<String, String> offloads() {
        final Map<String, String> map = new LinkedHashMap<>();
        map.put("udpGso", offloads.gsoText());
        map.put("udpGro", offloads.groText());
        return map;
    }

    @Override
    public void readFlows(Consumer<List<FlowTable>> reader) {
        synchronized (reading) {
            reader.accept(closed ? List.of() : flows);
        }
    }

    @Override
    public List<ServiceCounters> serviceCounters() {
        final List<ServiceCounters> all = new ArrayList<>();
        shards.forEach(shard -> all.add(shard.serviceCounters()));
        return all;
    }

    @Override
    public List<Ejections> ejections() {
        final List<Ejections> all = new ArrayList<>();
        shards.forEach(shard -> all.add(shard.ejections()));
        return all;
    }

    @Override
    public List<RoundTimes> rounds() {
        final List<RoundTimes> all = new ArrayList<>();
        shards.forEach(shard -> all.add(shard.stage().rounds()));
        return all;
    }

    @Override
    public Map<String, Long> turns() {
        final Map<String, Long> turns = new LinkedHashMap<>();
        threads.forEach(shard -> shard.all().forEach(thread -> turns.put(thread.name(), thread.turns())));
        return turns;
    }

    @Override
    public void nudge() {
        threads.forEach(shard -> shard.all().forEach(AgentThread::nudge));
    }

    @Override
    public Rehearsal rehearsal() {
        return rehearsal;
    }

    @Override
    public Map<String, Long> gauges() {
        final Map<String, Long> map = new LinkedHashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            final Shard shard = shards.get(i);
            map.put("shard" + i + ".receiveDepth", (long) shard.receive().depth());
            map.put("shard" + i + ".receiveSlots", (long) shard.receive().capacity());
            map.put("shard" + i + ".transmitDepth", (long) shard.transmit().depth());
            map.put("shard" + i + ".transmitSlots", (long) shard.transmit().capacity());
            map.put("shard" + i + ".flows", (long) shard.flows().size());
            map.put("shard" + i + ".flowSlots", (long) shard.flows().capacity());
            map.put("shard" + i + ".flowsEvictedUnreplied", shard.flows().evictedUnreplied());
            map.put("shard" + i + ".flowsEvictedIdle", shard.flows().evictedIdle());
            map.put("shard" + i + ".flowsRefused", shard.flows().refused());
            map.put("shard" + i + ".ejectedBackends", (long) shard.ejections().size());
        }
        return map;
    }

    @Override
    public void close() {
        if (started) {
            threads.forEach(ShardThreads::close);
        }
        try {
            resources.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing the underlay's sockets", e);
        }
        synchronized (reading) {
            // Their memory goes with them.
            closed = true;
            shards.forEach(Shard::close);
        }
        siblings.close();
    }
}
