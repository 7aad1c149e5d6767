package dev.ringway.benchmarks;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.service.NatRewriter;
import dev.ringway.testing.Packets;
import dev.ringway.wire.Memory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** New addresses and ports for a whole packet, checksums by difference: the size does not matter. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NatBenchmark extends AsDaemon {
    private static final int LENGTH = 1400;

    @Param({"4", "6"})
    public int version;

    private final Packet p = new Packet();
    private int next;

    @Setup
    public void fill() {
        final byte[] bytes = (version == 4 ? Packets.tcp("10.0.0.1", "10.96.0.1", LENGTH)
                : Packets.tcp("fd00::1", "fd00:96::1", LENGTH)).bytes();
        final long at = NativeMemory.allocate(bytes.length);
        Memory.putBytes(at, bytes);
        PacketParser.parse(p, at, bytes.length, true);
    }

    @Benchmark
    public long destination() {
        NatRewriter.destination(p, (long) next++ << 32, next, next & 0xFFFF);
        return p.destinationHi;
    }

    @Benchmark
    public long both() {
        NatRewriter.destination(p, (long) next++ << 32, next, next & 0xFFFF);
        NatRewriter.source(p, (long) next++ << 32, next, next & 0xFFFF);
        return p.sourceHi;
    }
}
