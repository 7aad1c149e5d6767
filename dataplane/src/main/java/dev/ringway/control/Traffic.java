package dev.ringway.control;

import dev.ringway.fib.Vtep;
import dev.ringway.packet.TrafficCounters;
import dev.ringway.tun.TunPort;

/**
 * A port's or peer's traffic, summed over shards: rx is what came from it, tx what went to it.
 *
 * @param rxPackets packets as wire segments
 * @param rxBytes   their bytes
 * @param txPackets packets as wire segments
 * @param txBytes   their bytes
 * @param drops     packets dropped on its behalf
 */
public record Traffic(long rxPackets, long rxBytes, long txPackets, long txBytes, long drops) {
    public static final Traffic ZERO = new Traffic(0, 0, 0, 0, 0);

    public static Traffic of(TunPort port) {
        Traffic sum = ZERO;
        for (int shard = 0; shard < port.shards(); shard++) {
            sum = sum.plus(of(port.counters(shard)));
        }
        return sum;
    }

    public static Traffic of(Vtep vtep) {
        Traffic sum = ZERO;
        for (int shard = 0; shard < vtep.shards(); shard++) {
            sum = sum.plus(of(vtep.counters(shard)));
        }
        return sum;
    }

    public Traffic plus(Traffic other) {
        return new Traffic(rxPackets + other.rxPackets, rxBytes + other.rxBytes, txPackets + other.txPackets,
                txBytes + other.txBytes, drops + other.drops);
    }

    private static Traffic of(TrafficCounters counters) {
        return new Traffic(counters.rxPackets(), counters.rxBytes(), counters.txPackets(), counters.txBytes(),
                counters.drops());
    }
}
