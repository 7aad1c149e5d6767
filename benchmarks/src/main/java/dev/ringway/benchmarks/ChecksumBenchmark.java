package dev.ringway.benchmarks;

import dev.ringway.wire.Checksum;
import dev.ringway.wire.Memory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The Internet checksum, and beside it the loop over 16-bit words that RFC 1071 begins with. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChecksumBenchmark extends AsDaemon {
    /** An IPv4 header, a small packet, a full segment, a super-packet. */
    @Param({"20", "64", "1448", "65000"})
    public int length;

    private final long data = NativeMemory.random(65536);

    @Benchmark
    public int sum() {
        return Checksum.finish(Checksum.sum(data, length, 0));
    }

    @Benchmark
    public int naive() {
        int sum = 0;
        int i = 0;
        for (; i + 1 < length; i += 2) {
            sum += Memory.getShortBe(data + i);
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        if (i < length) {
            sum += Memory.getByte(data + i) << 8;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return ~sum & 0xFFFF;
    }

    /** What counting down a TTL costs (RFC 1624). */
    @Benchmark
    public int update() {
        return Checksum.update(length, 0x4011, 0x3F11);
    }
}
