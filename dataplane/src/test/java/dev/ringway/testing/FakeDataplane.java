package dev.ringway.testing;

import dev.ringway.conntrack.FlowTable;
import dev.ringway.fib.IpAddress;
import dev.ringway.packet.DropReason;
import dev.ringway.service.Ejections;
import dev.ringway.service.ServiceCounters;
import dev.ringway.shard.Dataplane;
import dev.ringway.shard.Rehearsal;
import dev.ringway.shard.RoundTimes;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A packet path without packets: writes down what the control side asks of it, in words. */
public final class FakeDataplane implements Dataplane {
    public final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    public final List<ServiceCounters> counters = new ArrayList<>();
    public final List<FlowTable> flows = new ArrayList<>();
    /** What happens when they are about to be read. */
    public Runnable beforeFlows = () -> { };
    public final List<Ejections> ejections = new ArrayList<>();
    /** What made-up packets go through. */
    public Rehearsal rehearsal;
    /** Threads and how often they have turned. */
    public final Map<String, Long> turns = new HashMap<>();
    /** Those that do not turn when they are nudged. */
    public final Set<String> stuck = new HashSet<>();
    /** Thrown by the next {@link #addPort}. */
    public RuntimeException refusal;

    private final List<String> events;

    /** @param events where to write down, perhaps together with others */
    public FakeDataplane(List<String> events) {
        this.events = events;
    }

    @Override
    public void start() {
        events.add("start");
    }

    @Override
    public void publish(Snapshot snapshot) {
        events.add("publish " + snapshot.generation());
    }

    @Override
    public void addPort(TunPort port) {
        if (refusal != null) {
            final RuntimeException once = refusal;
            refusal = null;
            throw once;
        }
        events.add("add port " + port.number() + " " + port.name());
    }

    @Override
    public void removePort(TunPort port) {
        events.add("remove port " + port.number() + " " + port.name());
    }

    @Override
    public int shardOf(IpAddress podAddress) {
        return 0;
    }

    @Override
    public long drops(DropReason reason) {
        return drops.getOrDefault(reason, 0L);
    }

    @Override
    public Throwable takeFailure() {
        return null;
    }

    @Override
    public Map<String, String> offloads() {
        return Map.of("udpGso", "on");
    }

    @Override
    public void readFlows(Consumer<List<FlowTable>> reader) {
        beforeFlows.run();
        reader.accept(flows);
    }

    @Override
    public List<ServiceCounters> serviceCounters() {
        return List.copyOf(counters);
    }

    @Override
    public List<Ejections> ejections() {
        return List.copyOf(ejections);
    }

    @Override
    public List<RoundTimes> rounds() {
        return List.of();
    }

    @Override
    public Map<String, Long> turns() {
        return Map.copyOf(turns);
    }

    @Override
    public void nudge() {
        events.add("nudge");
        turns.replaceAll((thread, count) -> stuck.contains(thread) ? count : count + 1);
    }

    @Override
    public Rehearsal rehearsal() {
        return rehearsal;
    }

    @Override
    public Map<String, Long> gauges() {
        return Map.of("shard0.receiveDepth", 3L);
    }

    @Override
    public void close() {
        events.add("close");
    }
}
