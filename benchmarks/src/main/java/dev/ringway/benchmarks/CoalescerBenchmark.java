package dev.ringway.benchmarks;

import dev.ringway.offload.Coalescer;
import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.packet.TxSlot;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A train of 45 TCP segments parsed, verified and joined into one super-packet. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CoalescerBenchmark extends AsDaemon {
    private static final int TUNNEL = 22;

    private final TxSlot slot = new TxSlot(NativeMemory.allocate(TxSlot.STRIDE));
    private final Coalescer coalescer = new Coalescer(this::claim);
    private final Packet packet = new Packet();
    private final byte[] train = Samples.train(Samples.SEGMENTS);
    private final int stride = train.length / Samples.SEGMENTS;
    private final long data = Samples.place(new byte[10], train);

    private TxSlot claim() {
        slot.clear();
        return slot;
    }

    @Benchmark
    public int join() {
        for (int i = 0; i < Samples.SEGMENTS; i++) {
            PacketParser.parse(packet, data + (long) i * stride + TUNNEL, stride - TUNNEL, true);
            coalescer.add(packet, 1, true, true);
        }
        coalescer.endOfBatch();
        return slot.segments;
    }
}
