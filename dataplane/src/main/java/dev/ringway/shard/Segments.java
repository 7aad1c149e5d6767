package dev.ringway.shard;

import dev.ringway.packet.Packet;

/** How many packets on a wire one packet or super-packet stands for. */
final class Segments {
    private Segments() {
    }

    static int of(Packet p) {
        return p.isSuper() ? (p.length - p.headers + p.gsoSize - 1) / p.gsoSize : 1;
    }
}
