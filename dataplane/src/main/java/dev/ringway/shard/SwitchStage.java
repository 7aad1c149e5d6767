package dev.ringway.shard;

import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.RxSlot;
import dev.ringway.packet.TxSlot;
import dev.ringway.ring.RxRing;
import dev.ringway.ring.TxRing;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.snapshot.SnapshotCell;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Takes what was read from the receive ring, batch by batch, sends each packet its way and publishes the output at
 * the end of the batch. Belongs to the switch thread.
 */
public final class SwitchStage {
    /** Bounds how long the first packet of a batch waits for the last. */
    private static final int MAX_BATCH = 64;

    private final RxRing receive;
    private final TxRing transmit;
    private final SnapshotCell snapshots;
    private final PathSet paths;
    private final DropCounters drops;
    private final LongSupplier clock;
    private final RoundTimes rounds = new RoundTimes();
    private final RxRing.Poller poller = RxRing.adapt(this::onPacket);
    private Snapshot snapshot;
    private long nowNs;
    private long last;
    private int count;
    private long overflows;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    SwitchStage(RxRing receive, TxRing transmit, SnapshotCell snapshots, PathSet paths, DropCounters drops,
            LongSupplier clock) {
        this.receive = receive;
        this.transmit = transmit;
        this.snapshots = snapshots;
        this.paths = paths;
        this.drops = drops;
        this.clock = clock;
    }

    /** Switches one batch; returns the number of packets taken, 0 if there was nothing or no room to send. */
    public int work() {
        if (!hasWork() || !transmit.hasFree(TxSlot.MAX_PER_RECEIVE)) {
            return 0;
        }
        snapshot = snapshots.get();
        nowNs = clock.getAsLong();
        count = 0;
        beginBatch();
        if (!receive.poll(poller)) {
            // There was only something to take note of.
            return 1;
        }
        paths.endOfBatch();
        transmit.publish(last);
        if (transmit.overflows() != overflows) {
            drops.add(DropReason.TRANSMIT_FULL, transmit.overflows() - overflows);
            overflows = transmit.overflows();
        }
        rounds.count(clock.getAsLong() - nowNs, count);
        return count;
    }

    /** How long batches take; any thread. */
    public RoundTimes rounds() {
        return rounds;
    }

    /** True if there is something to switch. */
    public boolean hasWork() {
        return receive.hasWork() || paths.hasNews();
    }

    /**
     * The newest exception that a packet has caused since the last call, or null; each is counted as
     * {@link DropReason#INTERNAL}. Any thread.
     */
    public Throwable takeFailure() {
        return failure.getAndSet(null);
    }

    private void beginBatch() {
        try {
            paths.beginBatch(snapshot, nowNs);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** A defect must cost one packet, not the node's network. */
    private void failed(RuntimeException e) {
        drops.count(DropReason.INTERNAL);
        failure.set(e);
    }

    private boolean onPacket(RxSlot slot, long sequence, boolean endOfBatch) {
        last = sequence;
        try {
            paths.accept(slot, sequence, snapshot, nowNs);
        } catch (RuntimeException e) {
            failed(e);
        }
        count++;
        return count < MAX_BATCH && transmit.hasFree(TxSlot.MAX_PER_RECEIVE);
    }
}
