package dev.ringway.shard;

import dev.ringway.fib.IpAddress;

/**
 * Which shard a destination belongs to: the low 32 bits of its address, modulo the number of shards. The classic BPF
 * program on the underlay's sockets computes the same, so that a pod's packets of both directions meet on one thread.
 */
public final class Steering {
    private Steering() {
    }

    public static int shard(IpAddress address, int shards) {
        return shard(address.version(), address.hi(), address.lo(), shards);
    }

    static int shard(int version, long hi, long lo, int shards) {
        return Integer.remainderUnsigned(version == 4 ? (int) (hi >>> 32) : (int) lo, shards);
    }
}
