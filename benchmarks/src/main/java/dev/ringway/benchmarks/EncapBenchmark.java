package dev.ringway.benchmarks;

import dev.ringway.encap.Decapsulated;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.packet.DropReason;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The tunnel header of one packet, written and read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncapBenchmark extends AsDaemon {
    private static final int INNER = 92;

    @Param({"vxlan", "gre"})
    public String encap;

    private final Decapsulated result = new Decapsulated();
    private TunnelCodec codec;
    private long out;
    private long in;

    @Setup
    public void prepare() {
        codec = codec(Samples.OWN_MAC);
        out = NativeMemory.allocate(4096) + 512;
        in = NativeMemory.allocate(4096) + 512;
        codec(Samples.PEER_MAC).write(in - codec.headerLength(), 4, Samples.OWN_MAC);
    }

    private TunnelCodec codec(long mac) {
        return TunnelCodec.of(encap.equals("vxlan") ? new VxlanSettings(1) : new GreSettings(true, 1), mac);
    }

    @Benchmark
    public void encapsulate() {
        codec.write(out - codec.headerLength(), 4, Samples.PEER_MAC);
    }

    @Benchmark
    public DropReason decapsulate() {
        return codec.read(result, in - codec.headerLength(), codec.headerLength() + INNER);
    }
}
