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
        final int low = address.version() == 4 ? (int) (address.hi() >>> 32) : (int) address.lo();
        return Integer.remainderUnsigned(low, shards);
    }
}
