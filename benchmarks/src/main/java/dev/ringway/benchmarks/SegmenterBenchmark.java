package dev.ringway.benchmarks;

import dev.ringway.offload.Segmenter;
import dev.ringway.packet.Packet;
import dev.ringway.testing.PacketBuilder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A 64 KiB TCP super-packet split into its 46 segments: headers written, every checksum computed, nothing copied. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SegmenterBenchmark extends AsDaemon {
    @Param({"4", "6"})
    public int version;

    private final Segmenter segmenter = new Segmenter();
    private Packet packet;
    private long headers;

    @Setup
    public void prepare() {
        final PacketBuilder stream = version == 4 ? Samples.stream(Samples.HERE, Samples.THERE)
                : Samples.stream(Samples.HERE6, Samples.THERE6);
        final byte[] bytes = stream.unfinished();
        packet = Samples.parse(Samples.place(stream.superHeader(Samples.MSS), bytes), bytes.length);
        headers = NativeMemory.allocate(4096);
    }

    @Benchmark
    public int split() {
        segmenter.begin(packet);
        final int count = segmenter.count();
        for (int i = 0; i < count; i++) {
            segmenter.writeHeaders(headers, i);
        }
        return count;
    }
}
