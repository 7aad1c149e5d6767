package dev.ringway.service;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;

/**
 * Remembers which flow the first fragment of a datagram belonged to, for those that follow and have no ports. Linux
 * sends them in order, so the first one comes first. A fixed number of datagrams; an older one gives way to a newer one
 * of the same hash. One shard's switch thread.
 */
public final class FragmentTracks {
    private static final int SLOTS = 1024;
    /** As long as a receiver waits for the rest (ipfrag_time). */
    private static final int HOLDS_S = 30;

    private final long[] sourceHi = new long[SLOTS];
    private final long[] sourceLo = new long[SLOTS];
    private final long[] destinationHi = new long[SLOTS];
    private final long[] destinationLo = new long[SLOTS];
    private final int[] ids = new int[SLOTS];
    private final int[] protocols = new int[SLOTS];
    private final int[] seenS = new int[SLOTS];
    private final long[] flows = new long[SLOTS];

    /** Notes the flow of a first fragment, before its addresses are changed. */
    public void note(Packet p, long flow, int nowS) {
        final int at = slot(p);
        sourceHi[at] = p.sourceHi;
        sourceLo[at] = p.sourceLo;
        destinationHi[at] = p.destinationHi;
        destinationLo[at] = p.destinationLo;
        ids[at] = id(p);
        protocols[at] = p.protocol;
        seenS[at] = nowS;
        flows[at] = flow;
    }

    /** The flow noted for the datagram that a later fragment belongs to, or 0. */
    public long find(Packet p, int nowS) {
        final int at = slot(p);
        return flows[at] != 0 && ids[at] == id(p) && protocols[at] == p.protocol && sourceHi[at] == p.sourceHi
                && sourceLo[at] == p.sourceLo && destinationHi[at] == p.destinationHi
                && destinationLo[at] == p.destinationLo && nowS - seenS[at] <= HOLDS_S ? flows[at] : 0;
    }

    private static int id(Packet p) {
        return p.version == 4 ? Memory.getShortBe(p.ip + Ipv4.ID)
                : Memory.getIntBe(p.ip + p.fragmentHeader + Ipv6.FRAGMENT_ID);
    }

    private static int slot(Packet p) {
        return Hashing.mix(id(p) * 31 + Long.hashCode(p.sourceHi * 31 + p.sourceLo)) & SLOTS - 1;
    }
}
